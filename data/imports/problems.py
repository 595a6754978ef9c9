"""What can be wrong with a delivery, said once and put into words later.

DataError
└── ImportRefused     nothing can be done with what was given; `kind` names its words (refused.<kind>)
    ├── FileRefused   one file is not read at all
    └── LoadRefused   a load cannot be applied, undone or found

What is wrong inside a readable file is no exception but a Finding (finding.<kind>): one kind of problem in one column
of one sheet, with all its rows, so that a thousand equal mistakes are one sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from data.contract import DataError
from data.wording import column_label, table_label, text

Severity = Literal["error", "warning", "note"]
SHOWN = 3
"""How many values a sentence quotes."""
LONGEST = 40


class ImportRefused(DataError):
    """Raised when nothing can be done with what was given; `kind` and `values` find the words."""

    def __init__(self, kind: str, **values: object) -> None:
        self.kind, self.values = kind, values
        super().__init__(self.sentence("zh"))

    def sentence(self, language: str) -> str:
        """What is wrong and why."""
        return text(f"refused.{self.kind}.what", language, **self._filled(language))

    def next_step(self, language: str) -> str:
        """What to do about it."""
        return text(f"refused.{self.kind}.fix", language, **self._filled(language))

    def _filled(self, language: str) -> dict[str, Any]:
        """The values, those that are tables or columns by their labels."""
        return {k: _worded(v, "", language) if isinstance(v, Mapping) else v for k, v in self.values.items()}


class FileRefused(ImportRefused):
    """Raised when a file is not read at all; `file` is the name people know it by."""

    def __init__(self, kind: str, file: str, **values: object) -> None:
        self.file = file
        super().__init__(kind, file=file, **values)


class LoadRefused(ImportRefused):
    """Raised when a load cannot be applied, undone or found."""


@dataclass(frozen=True)
class Finding:
    """One kind of problem in one column of one sheet.

    `rows` are row numbers as a spreadsheet shows them (none: the whole sheet); `place` is the column's place in the
    sheet, from 0; `values` fill the words; `shown` quotes a few values, those of people masked.
    """

    kind: str
    severity: Severity
    file: str
    sheet: str = ""
    table: str = ""
    column: str = ""
    place: int = -1
    rows: tuple[int, ...] = ()
    shown: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """Names this problem when its acceptance is written down: kind, file, sheet, column."""
        return ":".join((self.kind, self.file, self.sheet, self.column))

    @property
    def count(self) -> int:
        """How many rows it concerns, at least one."""
        return max(len(self.rows), 1)

    def what(self, language: str) -> str:
        """What is wrong, in words."""
        return text(f"finding.{self.kind}.what", language, **self._filled(language))

    def fix(self, language: str) -> str:
        """What to do about it, in words."""
        return text(f"finding.{self.kind}.fix", language, **self._filled(language))

    def _filled(self, language: str) -> dict[str, Any]:
        quoted = "、".join(f"“{value}”" for value in self.shown)
        label = column_label(self.table, self.column, language) if self.column else ""
        labels = {
            "column": label, "table": table_label(self.table, language), "count": f"{self.count:,}",
            "shown": quoted, "file": self.file, "sheet": self.sheet,
        }  # fmt: skip
        return labels | {name: _worded(value, self.table, language) for name, value in self.values.items()}

    def as_dict(self) -> dict[str, Any]:
        """For JSON; `from_dict` reads it back."""
        return asdict(self) | {"rows": list(self.rows), "shown": list(self.shown)}


def from_dict(stored: Mapping[str, Any]) -> Finding:
    """A finding as it was kept in JSON."""
    return Finding(**{**stored, "rows": tuple(stored["rows"]), "shown": tuple(stored["shown"])})


def _worded(value: Any, table: str, language: str) -> Any:
    """Numbers with separators, `columns` and `tables` by their labels, what is said in each language in this one."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, Mapping):
        if language in value:
            return value[language]
        if "columns" in value:
            return "、".join(column_label(value.get("table", table), name, language) for name in value["columns"])
        return "、".join(table_label(name, language) for name in value["tables"])
    return value


def quoted(values: Sequence[object]) -> tuple[str, ...]:
    """A few values, short enough for a sentence."""
    texts = dict.fromkeys(str(value).strip().replace("\n", " ") for value in values[: SHOWN * 4])
    texts = dict.fromkeys(each.removesuffix(" 00:00:00") for each in texts)
    return tuple(f"{each[:LONGEST]}…" if len(each) > LONGEST else each for each in list(texts)[:SHOWN])
