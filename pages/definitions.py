"""Definitions and reconciliation: every published figure, the report's own conflicts, and every indicator."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

import queries.catalogue
from data.indicators import Indicator
from pages.parts import data, downloads, frame, reconciled, state, tables
from pages.parts.failures import guard, nothing
from pages.parts.reconciled import figure, section, written
from pages.parts.state import View
from pages.parts.words import lang, level_name, number, quantity, t, unit_name

WORKERS = 1407
NEIGHBOURHOODS = 1074
PARTS = ("published", "conflicts", "assumptions", "merger", "indicators")


# ── published figures ──


def published(view: View) -> None:
    """Every figure the report publishes with its meaning and how it was checked."""
    figures = data.ask(queries.catalogue.published)
    demonstration = data.manifest().demonstration
    totals = figures["check"] == "total"
    met = figures["met"].fillna(False).astype(bool) & totals
    known = pd.Series(
        [not (reconciled.undelivered(row) or reconciled.partial(row)) for row in tables.rows_of(figures)],
        index=figures.index,
    )
    lead = t("definitions.lead", count=len(figures), totals=int(totals.sum()), constants=int((~totals).sum()))
    kind = "definitions.lead_demonstration" if demonstration else "definitions.lead_real"
    then = t(kind) if demonstration else t(kind, met=int(met.sum()), missed=int((totals & ~met & known).sum()))
    st.html(tables.paragraph(lead + _gap() + then, "ll-lead"))
    st.html(_contents())
    st.html(tables.heading(t("definitions.published"), "published"))
    groups = [
        tables.Group(t(f"theme_of.{theme}"), tables.rows_of(part))
        for theme, part in figures.groupby("theme", sort=False)
    ]
    st.html(tables.table(groups, _columns(demonstration), t("definitions.published"), wide=True))
    _files(figures, demonstration)


def _contents() -> str:
    items = "".join(f'<li><a href="#{p}">{escape(t(f"definitions.{p}"))}</a></li>' for p in PARTS)
    return f'<nav class="ll-contents" aria-label="{escape(t("definitions.contents"))}"><ul>{items}</ul></nav>'


def _columns(demonstration: bool) -> list[tables.Column]:
    language = lang()
    columns = [
        tables.Column(t("definitions.figure"), lambda r: escape(r[f"name_{language}"])),
        tables.Column(t("definitions.published_value"), lambda r: escape(figure(r)), numeric=True),
        tables.Column(t("definitions.ours"), lambda r: escape(ours(r, demonstration)), numeric=not demonstration),
    ]
    if not demonstration:
        columns.append(tables.Column(t("definitions.difference"), lambda r: difference(r), numeric=True))
    return [
        *columns,
        tables.Column(t("definitions.meaning"), lambda r: escape(r[f"meaning_{language}"])),
        tables.Column(t("definitions.section"), lambda r: escape(section(r))),
        tables.Column(t("definitions.period"), lambda r: escape(r["period_zh"] if language == "zh" else r["period"])),
        tables.Column(t("definitions.check"), lambda r: escape(t(f"definitions.check_{r['check']}"))),
    ]


def ours(row: tables.Row, demonstration: bool) -> str:
    """What our records say: with demonstration data that it was made to match; of constants that they are stated."""
    if row["check"] != "total":
        return t("definitions.stated")
    if demonstration:
        return t("definitions.generated")
    if reconciled.undelivered(row):
        return t("figures.undelivered")
    return written(row["ours"], row["unit"]) if pd.notna(row["ours"]) else number(None)


def difference(row: tables.Row) -> str:
    """Ours less the published figure, signed; marked where the two do not agree."""
    if row["check"] != "total" or pd.isna(row["ours"]) or reconciled.undelivered(row):
        return number(None)
    gap = float(row["ours"]) - float(row["value"])
    sign = "+" if gap > 0 else "−" if gap < 0 else "±"
    words = escape(sign + written(abs(gap), row["unit"]))
    return words if bool(row["met"]) else f'<span class="ll-worse">{words} · {escape(t("definitions.not_met"))}</span>'


def _files(figures: pd.DataFrame, demonstration: bool) -> None:
    language = lang()
    out = pd.DataFrame(
        {
            t("definitions.figure"): figures[f"name_{language}"],
            t("definitions.bound"): [t(f"definitions.bound_{bound}") for bound in figures["bound"]],
            t("definitions.published_value"): figures["value"],
            t("definitions.unit"): [t(f"published_unit.{unit}") for unit in figures["unit"]],
            t("definitions.ours"): [ours(row, demonstration) for row in tables.rows_of(figures)],
            t("definitions.meaning"): figures[f"meaning_{language}"],
            t("definitions.section"): [section(row) for row in tables.rows_of(figures)],
            t("definitions.period"): figures["period_zh" if language == "zh" else "period"],
            t("definitions.check"): [t(f"definitions.check_{check}") for check in figures["check"]],
        }
    )
    about = downloads.about(
        t("definitions.file"),
        definition=t("definitions.file_definition"),
        source=t("definitions.file_source"),
        period="2018–2020",
    )
    downloads.buttons(
        lambda: out, len(out), about, downloads.file_name(t("app.name"), t("definitions.file")), "definitions"
    )


# ── where the report disagrees with itself, and what we assume ──


def conflicts(view: View) -> None:
    """The posting rules against each other and what is in post; certificate against examination."""
    st.html(tables.heading(t("definitions.conflicts"), "conflicts") + tables.paragraph(t("definitions.conflicts_text")))
    st.html(tables.heading(t("definitions.conflict_posting"), level=3))
    st.html(tables.paragraph(t("definitions.conflict_posting_text")))
    posted = _posted(view)
    rules = [
        ("a", number(WORKERS / 3), number(100 / 3, 1)),
        ("b", f"{number(NEIGHBOURHOODS / 3)}–{number(NEIGHBOURHOODS / 2)}", _shares()),
        ("c", number(NEIGHBOURHOODS), number(100 * NEIGHBOURHOODS / WORKERS, 1)),
        ("actual", number(posted), number(None if posted is None else 100 * posted / WORKERS, 1)),
    ]
    rows = [{"rule": rule, "needs": needs, "share": share} for rule, needs, share in rules]
    columns = [
        tables.Column(
            t("definitions.conflict_posting_rule"),
            lambda r: escape(t(f"definitions.conflict_posting_{r['rule']}", period=view.period[-4:])),
        ),
        tables.Column(t("definitions.conflict_posting_needs"), lambda r: r["needs"], t("measured_in.people"), True),
        tables.Column(t("definitions.conflict_posting_share"), lambda r: r["share"], "%", True),
    ]
    st.html(tables.table([tables.Group("", rows)], columns, t("definitions.conflict_posting"), narrow=True))
    st.html(tables.heading(t("definitions.conflict_certificate"), level=3))
    st.html(tables.paragraph(t("definitions.conflict_certificate_text")))


def _shares() -> str:
    return f"{number(100 * NEIGHBOURHOODS / 3 / WORKERS, 1)}–{number(100 * NEIGHBOURHOODS / 2 / WORKERS, 1)}"


def _posted(view: View) -> float | None:
    """Workers posted to neighbourhoods in the district, in the period's last year."""
    found = data.measure_values(["workers_posted"], [state.DISTRICT], view.period)["value"].dropna()
    return float(found.iloc[0]) if len(found) else None


def assumptions() -> None:
    """What the report does not say and we had to assume; and how series read across the merger."""
    pairs = [
        (t(f"definitions.assumption_{name}"), escape(t(f"definitions.assumption_{name}_text")))
        for name in ("households", "size", "collective", "boundaries")
    ]
    st.html(tables.heading(t("definitions.assumptions"), "assumptions") + tables.facts(pairs))
    st.html(tables.heading(t("definitions.merger"), "merger") + tables.paragraph(t("definitions.merger_text")))


# ── indicators ──


def indicators(view: View) -> None:
    """All indicators' definitions, narrowed by the words the reader looks for."""
    every = data.indicators()
    st.html(tables.heading(t("definitions.indicators"), "indicators"))
    key = state.seed("definitions.find", view.get("find"))
    st.text_input(t("definitions.search"), key=key, on_change=_find, args=(key,), max_chars=40, width=420)
    text = view.get("find").strip().lower()
    found = [each for each in every.values() if text in searched(each)]
    if not found:
        nothing(t("definitions.none_found", text=view.get("find")), t("definitions.none_found_next"))
        return
    words = t("definitions.indicators_found", count=len(found), all=len(every))
    st.html(tables.paragraph(words if text else t("definitions.indicators_text", count=len(every)), "ll-note-text"))
    st.html("".join(_indicator(each, opened=len(found) <= 3) for each in found))


def _find(key: str) -> None:
    state.go(find=state.chosen(key) or None)


def searched(indicator: Indicator) -> str:
    """All words an indicator answers to, in small letters."""
    parts = [indicator.words(part, language) for part in ("name", "short", "definition") for language in ("zh", "en")]
    return " ".join([*parts, indicator.id, t(f"theme_of.{indicator.theme}")]).lower()


def _indicator(indicator: Indicator, opened: bool) -> str:
    language = lang()
    target = t("definitions.no_target")
    if indicator.target is not None:
        value = quantity(indicator.target, indicator.unit, _decimals(indicator.target, indicator.decimals))
        target = t("definitions.target_from", value=value, source=indicator.words("target_source", language))
    pairs = [
        (t("definitions.numerator"), escape(indicator.words("numerator", language))),
        (t("definitions.denominator"), escape(indicator.words("denominator", language))),
        (t("definitions.unit"), escape(unit_name(indicator.unit))),
        (t("definitions.direction"), escape(t(f"definitions.direction_{indicator.direction}"))),
        (t("definitions.finest"), escape(level_name(indicator.finest))),
        (t("definitions.source"), _sources(indicator)),
        (t("definitions.target"), escape(target)),
        (t("definitions.caveat"), escape(indicator.words("caveat", language))),
        ("", tables.anchor(state.link("overview", indicator=indicator.id), t("definitions.on_map"))),
    ]
    head = (
        f"<strong>{escape(indicator.words('name', language))}</strong> "
        f'<span class="ll-unit">{escape(t(f"theme_of.{indicator.theme}"))}</span> '
        f"<span>{escape(indicator.words('definition', language))}</span>"
    )
    opening = f'<details class="ll-definition" id="{indicator.id}"{" open" if opened else ""}>'
    return f"{opening}<summary>{head}</summary>{tables.facts(pairs)}</details>"


def _decimals(value: float, usual: int) -> int:
    return 0 if float(value).is_integer() else usual


def _sources(indicator: Indicator) -> str:
    names = [tables.anchor(state.link("dictionary", open=name), t(f"table.{name}.name")) for name in indicator.source]
    return t("list.comma").join(names)


def _gap() -> str:
    return "" if lang() == "zh" else " "


def main() -> None:
    """Draw the page part by part; a part that fails says so and the others stand."""
    view = frame.page("definitions")
    with guard("published figures"):
        published(view)
    with guard("conflicts"):
        conflicts(view)
    with guard("assumptions"):
        assumptions()
    with guard("definitions of indicators"):
        indicators(view)


if __name__ == "__main__":
    main()
