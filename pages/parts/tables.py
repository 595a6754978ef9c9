"""Tables and lists as HTML: real header cells, right-aligned tabular numbers with units in the header, plain links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One column: `cell` makes the HTML of a row's cell (escape what is data), `unit` stands small in the header.

    `sort` is the address that sorts by this column, `order` ascending or descending where the table is sorted by it.
    """

    head: str
    cell: Callable[[Row], str]
    unit: str = ""
    numeric: bool = False
    sort: str = ""
    order: str = ""
    note: str = ""


@dataclass(frozen=True)
class Group:
    """Rows under one heading; a table without headings is one group called ""."""

    name: str
    rows: Sequence[Row]


def table(
    groups: Iterable[Group], columns: Sequence[Column], caption: str, *, wide: bool = False, narrow: bool = False
) -> str:
    """The table in a frame of its own that scrolls sideways on a phone; the first column is each row's header.

    `caption` is read out to those who hear the page; `wide` lets cells break lines (long texts),
    `narrow` keeps a table of few columns no wider than a text.
    """
    heads = "".join(_head(column) for column in columns)
    bodies = "".join(_body(group, columns) for group in groups)
    kind = "ll-table" + (" ll-table-wide" if wide else "") + (" ll-table-narrow" if narrow else "")
    return (
        f'<div class="ll-scroll" role="region" tabindex="0" aria-label="{escape(caption)}"><table class="{kind}">'
        f'<caption class="ll-sr">{escape(caption)}</caption><thead><tr>{heads}</tr></thead>{bodies}</table></div>'
    )


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as dictionaries by column name."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """A description list of (label, HTML) pairs; pairs without content are left out."""
    items = "".join(f"<div><dt>{escape(label)}</dt><dd>{content}</dd></div>" for label, content in pairs if content)
    return f'<dl class="ll-facts">{items}</dl>'


def anchor(address: str, content: str, label: str = "") -> str:
    """A link; `label` is what is read out where the content alone would not say where it leads."""
    spoken = f' aria-label="{escape(label)}"' if label else ""
    return f'<a href="{escape(address)}"{spoken}>{escape(content)}</a>'


def heading(text: str, id: str = "", level: int = 2) -> str:
    """A section's heading, with an id that links can name."""
    named = f' id="{escape(id)}"' if id else ""
    return f'<h{level} class="ll-h{level}"{named}>{escape(text)}</h{level}>'


def paragraph(text: str, kind: str = "ll-text") -> str:
    """A paragraph of plain words."""
    return f'<p class="{kind}">{escape(text)}</p>'


def _head(column: Column) -> str:
    words = escape(column.head)
    if column.sort:
        words = f'<a href="{escape(column.sort)}">{words}</a>'
    unit = f'<span class="ll-unit">{escape(column.unit)}</span>' if column.unit else ""
    kind = ' class="ll-number"' if column.numeric else ""
    order = f' aria-sort="{column.order}"' if column.order else ""
    title = f' title="{escape(column.note)}"' if column.note else ""
    return f'<th scope="col"{kind}{order}{title}>{words}{unit}</th>'


def _body(group: Group, columns: Sequence[Column]) -> str:
    head = f'<tr><th scope="rowgroup" colspan="{len(columns)}">{escape(group.name)}</th></tr>' if group.name else ""
    return f"<tbody>{head}{''.join(_row(row, columns) for row in group.rows)}</tbody>"


def _row(row: Row, columns: Sequence[Column]) -> str:
    cells = []
    for place, column in enumerate(columns):
        kind = ' class="ll-number"' if column.numeric else ""
        content = column.cell(row)
        cells.append(f'<th scope="row"{kind}>{content}</th>' if place == 0 else f"<td{kind}>{content}</td>")
    return f"<tr>{''.join(cells)}</tr>"
