"""What a delivery would change, before it comes into force: counts by table, and old and new of what is corrected."""

from __future__ import annotations

from html import escape

from data.contract import load_contract
from data.imports.changes import LISTED, Changes, Correction
from data.wording import column_label, table_label, value_label
from pages.parts import tables
from pages.parts.words import NOTHING, lang, number, t


def told(changes: Changes) -> str:
    """Both tables; nothing where no row is known to come."""
    if not changes.counts:
        return ""
    title = t("deliveries.changes")
    rows = [
        {"table": table_label(name, lang()), "added": added, "changed": changed, "same": same}
        for name, (added, changed, same) in changes.counts.items()
    ]
    columns = [
        tables.Column(t("deliveries.table"), lambda r: escape(r["table"])),
        *(count_column(name) for name in ("added", "changed", "same")),
    ]
    html = tables.heading(title, level=3) + tables.table([tables.Group("", rows)], columns, title, narrow=True)
    return html + _corrections(changes.corrections)


def count_column(name: str) -> tables.Column:
    """A column of counts: added, changed, same or removed."""
    return tables.Column(t(f"deliveries.{name}"), lambda r: number(r[name]), numeric=True)


def _corrections(corrections: tuple[Correction, ...]) -> str:
    if not corrections:
        return ""
    title = t("deliveries.corrections")
    columns = [
        tables.Column(t("deliveries.key"), lambda r: escape(r["each"].key)),
        tables.Column(t("deliveries.table"), lambda r: escape(table_label(r["each"].table, lang()))),
        tables.Column(
            t("deliveries.column"), lambda r: escape(column_label(r["each"].table, r["each"].column, lang()))
        ),
        tables.Column(t("deliveries.old"), lambda r: escape(_said(r["each"], r["each"].old))),
        tables.Column(t("deliveries.new"), lambda r: escape(_said(r["each"], r["each"].new))),
        tables.Column(t("deliveries.place"), lambda r: escape(_place(r["each"]))),
    ]
    shown = tables.table([tables.Group("", [{"each": each} for each in corrections])], columns, title)
    more = tables.paragraph(t("deliveries.corrections_first", count=LISTED)) if len(corrections) == LISTED else ""
    return tables.heading(title, level=3) + shown + more


def _said(each: Correction, value: str | None) -> str:
    """A value as people read it."""
    if value is None:
        return NOTHING
    kind = load_contract().records[each.table].columns[each.column].type
    if kind == "bool":
        return t("deliveries.yes" if value == "True" else "deliveries.no")
    return value_label(each.column, value, lang()) if kind == "enum" else value


def _place(each: Correction) -> str:
    return t("deliveries.row_of", file=each.file, sheet=each.sheet, row=each.row).replace("  ", " ")
