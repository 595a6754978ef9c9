"""What nobody delivered, in words: which tables, by whom they are delivered, what to do; how much of an area is in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from html import escape

import streamlit as st

from data.contract import load_contract
from data.indicators import Indicator
from pages.parts import data, state, tables
from pages.parts.delivered import NotDelivered
from pages.parts.words import area_name, levels_name, number, period_text, t

NAMED = 3
"""So many offices that have delivered are named; more are counted."""


def lacking(wanted: Iterable[str], code: str, period: str) -> tuple[str, ...]:
    """The tables of `wanted` that were not delivered for an area and period."""
    known = data.deliveries()
    return () if known is None else known.lacking(_records(wanted), code, *data.days(period))


def incomplete(wanted: Iterable[str]) -> bool:
    """Whether some subdistrict has never delivered a row of one of the tables, though others have."""
    known, every = data.deliveries(), _records(wanted)
    if known is None or never(every):
        return False
    return any(not known.has(table, o, date.min, date.max) for table in every for o in known.offices(state.DISTRICT))


def word(wanted: Iterable[str], code: str, period: str) -> str:
    """That a figure there is none of was not delivered, in a word; "" where that is not why."""
    return t("figures.undelivered") if lacking(wanted, code, period) else ""


def never(wanted: Iterable[str]) -> tuple[str, ...]:
    """The tables of `wanted` of which nobody has ever delivered a row."""
    known = data.deliveries()
    return () if known is None else tuple(table for table in _records(wanted) if not known.spans[table])


def _records(wanted: Iterable[str]) -> tuple[str, ...]:
    return tuple(table for table in dict.fromkeys(wanted) if table in load_contract().records)


def refuse(wanted: Iterable[str], code: str, period: str) -> None:
    """Raise NotDelivered where one of the tables was not delivered for an area and period."""
    if missing := lacking(wanted, code, period):
        raise NotDelivered(missing, code, not never(missing))


# ── part of an area ──


def part(wanted: Iterable[str], code: str, period: str) -> tuple[tuple[str, ...], int] | None:
    """Offices of the area that delivered all of the tables, and of how many; None where all or none did."""
    known = data.deliveries()
    if known is None:
        return None
    inside, every = known.all_in(_records(wanted), code, *data.days(period)), known.offices(code)
    return (inside, len(every)) if 0 < len(inside) < len(every) else None


def partly(indicators: Iterable[Indicator], codes: Iterable[str], period: str) -> list[tuple[Indicator, str]]:
    """Rates and shares of areas of which only some subdistricts delivered what they are made of."""
    known = data.deliveries()
    whole = [code for code in codes if known is not None and code in known.whole]
    return [(x, code) for code in whole for x in indicators if x.denominator and part(x.source, code, period)]


def within(wanted: Iterable[str], code: str, period: str) -> str:
    """How many subdistricts a figure is made of, in brackets inside a sentence; "" where it is all of them."""
    found = part(wanted, code, period)
    return t("undelivered.within", **_counts(*found)) if found else ""


def note(wanted: Iterable[str], code: str, period: str) -> str:
    """Of which tables only some subdistricts of the area have delivered, and which; "" where all have."""
    same: dict[tuple[tuple[str, ...], int], list[str]] = {}
    for table in _records(wanted):
        if found := part([table], code, period):
            same.setdefault(found, []).append(table)
    return t("undelivered.gap").join(_part(together, *found) for found, together in same.items())


def _part(wanted: list[str], inside: tuple[str, ...], of: int) -> str:
    names = t("undelivered.between").join(area_name(data.area(each)) for each in inside)
    key = "undelivered.part_named" if len(inside) <= NAMED else "undelivered.part"
    return t(key, tables=listed(wanted), names=names, **_counts(inside, of))


def _counts(inside: tuple[str, ...], of: int) -> dict[str, str]:
    return {"count": number(len(inside)), "of": levels_name("subdistrict", of)}


# ── nothing of it ──


def listed(wanted: Iterable[str]) -> str:
    """Tables by name, as they stand in a sentence."""
    return t("undelivered.between").join(t("undelivered.quoted", table=t(f"table.{name}.name")) for name in wanted)


def sentence(error: NotDelivered) -> str:
    """Which tables are lacking; for which area and period where others have delivered."""
    if not error.ever:
        return t("undelivered.sentence", tables=listed(error.tables))
    period = period_text(state.current_view().period)
    return t("undelivered.here", tables=listed(error.tables), area=area_name(data.area(error.area)), period=period)


def lines(wanted: Iterable[str], code: str, period: str) -> list[str]:
    """Sentences above what is made of these tables: which nobody has delivered, which only some subdistricts have."""
    every = _records(wanted)
    missing = lacking(every, code, period)
    said = t("theme_page.undelivered", tables=listed(missing)) if missing else ""
    return [each for each in (said, note(every, code, period)) if each]


def otherwise(wanted: Iterable[str], code: str, period: str, said: str) -> str:
    """What an empty place says: which tables are lacking, or `said` where none is."""
    missing = lacking(wanted, code, period)
    return t("undelivered.sentence", tables=listed(missing)) if missing else said


def next_step(wanted: Iterable[str]) -> str:
    """Who delivers the tables, and that it stands here once they have."""
    sources = dict.fromkeys(load_contract().records[table].source for table in wanted)
    offices = t("undelivered.between").join(t(f"source.{source}") for source in sources)
    return t("undelivered.next", offices=offices, page=t("nav.deliveries"))


def tell(error: NotDelivered, about: str = "") -> None:
    """Draw the empty state: what is lacking, who delivers it, the way to the page; `about` is what would stand here."""
    link = tables.anchor(state.link("deliveries"), t("undelivered.link", page=t("nav.deliveries")))
    lines = [f"<strong>{escape(sentence(error))}</strong>", f"{escape(next_step(error.tables))} {link}"]
    inner = "".join(f"<p>{line}</p>" for line in lines)
    inner += f'<p class="ll-about">{escape(t("undelivered.about", about=about))}</p>' if about else ""
    st.html(f'<div class="ll-empty" role="status">{inner}</div>')
