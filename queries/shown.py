"""A query as a reader sees it: its text with the values that were asked for in the place of its parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from queries.errors import ParametersWrong
from queries.guards import GUARDS
from queries.run import statement
from queries.suppression import threshold

PARAMETER = re.compile(r"\$(\w+)(?:::\w+(?:\[\])?)?")


def shown(query: str, parameters: Mapping[str, object]) -> str:
    """The text of a query with its parameters written out; for reading, and still one SELECT that DuckDB parses.

    Where small counts are withheld from the answer a comment says so. Raises ParametersWrong when one is not given.
    """
    asked = statement(query)
    if missing := sorted(asked.parameters - parameters.keys()):
        raise ParametersWrong(
            f"query {query} cannot be shown",
            reason=f"it misses {missing}",
            next_step=f"Give {sorted(asked.parameters)}",
        )
    lines = [_filled(line, parameters) for line in asked.text.splitlines()]
    if query in GUARDS and threshold() > 1:
        lines.insert(1, f"-- Counts below {threshold()} and what would give them away are taken out of its answer")
    return "\n".join(lines) + "\n"


def _filled(line: str, parameters: Mapping[str, object]) -> str:
    """A line with its parameters written out, a comment at its beginning or end included."""
    return PARAMETER.sub(lambda found: literal(parameters[found.group(1)]), line)


def literal(value: object) -> str:
    """A value as SQL writes it.

    >>> literal(["a", "b'c"])
    "['a', 'b''c']"
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f"date '{value:%Y-%m-%d}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, Sequence):
        return f"[{', '.join(literal(each) for each in value)}]"
    return str(value)
