"""Every error the queries raise.

QueriesError                 what went wrong, why, what to do next
├── ExtractsError            the files under data/extracts cannot be used
│   ├── ExtractsMissing      no manifest, no version folder, or a table's file is not there
│   ├── ExtractCorrupt       the manifest or a Parquet file cannot be read
│   └── SchemaMismatch       a table lacks a column a query needs, or has it with another type
├── QueryFailed              DuckDB refused or could not finish one query
├── DatabaseClosed           the data version was replaced and its connection is closed
├── ParametersWrong          a call gives a query other parameters than its text names
├── UnknownTable             records were asked of a table that is not listed, or by a filter it does not have
└── PeriodInvalid            a period's text is not 2020, 2020-05, 2018..2020 or 2020-01..2020-06
"""

from __future__ import annotations


class QueriesError(Exception):
    """An error that says what, why and what to do next; `table` is "" where no table is concerned."""

    def __init__(self, what: str, *, reason: str, next_step: str, table: str = "") -> None:
        super().__init__(f"{what}: {reason}. {next_step}")
        self.what = what
        self.table = table
        self.reason = reason
        self.next_step = next_step


class ExtractsError(QueriesError):
    """The extracts on disk cannot be used."""


class ExtractsMissing(ExtractsError):
    """The manifest, the version folder or one table's file is not there."""


class ExtractCorrupt(ExtractsError):
    """The manifest or a Parquet file is there but cannot be read."""


class SchemaMismatch(ExtractsError):
    """A table does not have the columns a query needs; `query` names the query, `column` the column if it is known."""

    def __init__(
        self, what: str, *, reason: str, next_step: str, table: str = "", query: str = "", column: str = ""
    ) -> None:
        super().__init__(what, reason=reason, next_step=next_step, table=table)
        self.query = query
        self.column = column


class QueryFailed(QueriesError):
    """DuckDB refused one query, or a file changed under it."""


class DatabaseClosed(QueriesError):
    """The connection of this data version is closed; open the current version."""


class ParametersWrong(QueriesError):
    """The parameters given are not those the statement names."""


class UnknownTable(QueriesError):
    """No records are listed for this table, or the table has no such filter."""


class PeriodInvalid(QueriesError):
    """The text is not a period."""
