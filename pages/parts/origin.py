"""Where a record came from: load, file, sheet and row of the delivery that brought it."""

from __future__ import annotations

from data.contract import load_contract
from data.imports.applying import origins
from data.manifest import data_root
from pages.parts.words import t

RECORD_OF = {"event_total": "event"}
"""Extracts that are a record table with something added."""


def origin(table: str, key: str, value: str) -> str:
    """The delivery that brought the record of this key, in words; "" for tables that are not delivered."""
    name = RECORD_OF.get(table, table)
    if name not in load_contract().records:
        return ""
    found = origins(data_root(), name, {key: [value]}).to_pylist()
    if not found:
        return ""
    row = found[0]
    if not row["from_load"]:
        return t("records.origin_demonstration")
    place = {"file": row["from_file"], "sheet": row["from_sheet"] or "", "row": row["from_row"]}
    return t("records.origin_load", load=row["from_load"], **place)
