"""A chart card: finding, figure that drills, the same figures as a table with files, and what stands behind them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import charts, data, delivered, downloads, state, tables, trends, undelivered
from pages.parts.charts_forms import Made
from pages.parts.delivered import NotDelivered
from pages.parts.failures import guard, nothing
from pages.parts.origin import html_of, record_table
from pages.parts.state import View
from pages.parts.words import area_name, lang, number, period_text, t
from queries.shown import shown

FACES = ("chart", "table", "about")


@dataclass(frozen=True)
class Question:
    """One query of queries/ and its arguments after `db`."""

    query: Callable[..., pd.DataFrame]
    arguments: tuple[Any, ...]

    def answer(self) -> pd.DataFrame:
        """The rows, cached."""
        return data.ask(self.query, *self.arguments)

    @property
    def tables(self) -> tuple[str, ...]:
        """The record tables it is answered from."""
        return delivered.tables_of_question(self.query, self.arguments)

    def sql(self) -> str:
        """The text that was run, with the values asked for in it."""
        given = inspect.signature(self.query).bind(None, *self.arguments)
        given.apply_defaults()
        return shown(self.query.__name__, given.arguments)


@dataclass(frozen=True)
class Card:
    """One chart of a theme page.

    `questions` are asked and their rows given to `draw(view, *rows)`, which returns title, figure and table, or None
    where there is nothing to draw. `definition` is a key of the words. `records` names the table behind it, with
    `filters`. `drill(key)` follows a click on a point whose `customdata[0]` is key; `shown` leaves the card out.
    """

    key: str
    questions: Callable[[View], tuple[Question, ...]]
    draw: Callable[..., Made | None]
    definition: str
    records: str
    filters: Mapping[str, str] = field(default_factory=dict)
    drill: Callable[[str], None] | None = None
    shown: Callable[[View], bool] = lambda _: True
    wide: bool = False

    def made(self, view: View) -> Made | None:
        """The chart, None where there is nothing to draw. Raises NotDelivered where nothing was delivered for it."""
        undelivered.refuse(self.tables(view), view.area, view.period)
        return self.draw(view, *(question.answer() for question in self.questions(view)))

    def tables(self, view: View) -> tuple[str, ...]:
        """The record tables behind it: the one its records are listed of, and those its questions read."""
        own = (record_table(self.records),) if record_table(self.records) else ()
        return tuple(dict.fromkeys((*own, *(table for each in self.questions(view) for table in each.tables))))

    def meaning(self, view: View) -> str:
        """Its definition, and of which tables only some subdistricts have delivered."""
        return t("exports.gap").join(filter(None, (t(self.definition), self.note(view))))

    def note(self, view: View) -> str:
        """Of which of its tables only some subdistricts have delivered, "" where all have."""
        return undelivered.note(self.tables(view), view.area, view.period)


def drill_area(key: str) -> None:
    """Into the area whose code the point carries; its key may have more parts after a |."""
    code = key.partition("|")[0]
    if code in data.areas().index:
        state.go(area=code, rerun=True)


def drill_records(table: str, column: str, **more: str) -> Callable[[str], None]:
    """To the records of `table` whose `column` is the key of the point clicked."""

    def follow(key: str) -> None:
        state.go("records", rerun=True, table=table, **{state.own_key(column): key}, **more)

    return follow


@st.fragment
def chart_card(card: Card, view: View) -> None:
    """Draw the card; choosing another of its faces runs this card only."""
    with st.container(key=f"card_{card.key}", border=True), guard(f"{view.page} {card.key}"):
        try:
            made = card.made(view)
        except NotDelivered as lacking:
            undelivered.tell(lacking, t(card.definition))
            return
        if made is None:
            nothing(t("theme_page.nothing", area=area_name(data.area(view.area)), period=period_text(view.period)))
            return
        face = _face(card, made.title)
        if face == "table":
            _table(card, view, made)
        elif face == "about":
            _about(card, view, card.questions(view), made.title)
        else:
            _chart(card, view, made)
        if said := card.note(view):
            st.html(tables.paragraph(said, "ll-note-text"))


def _face(card: Card, title: str) -> str:
    key = f"face_{card.key}"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        chosen = st.segmented_control(
            t("theme_page.face", title=title),
            FACES,
            default="chart",
            format_func=lambda face: t(f"theme_page.face_{face}"),
            key=key,
            label_visibility="collapsed",
        )
        st.html(tables.anchor(_records(card), t("theme_page.records"), t("theme_page.records_of", title=title)))
    return chosen or "chart"


def _records(card: Card) -> str:
    return state.link("records", table=card.records, **{state.own_key(k): v for k, v in card.filters.items()})


def _chart(card: Card, view: View, made: Made) -> None:
    """The figure under its title in HTML, which wraps as wide as the card.

    The figure's own title is for the saved image: it is hidden on the page, and its room taken back. Words written
    into the figure let clicks through to what they name.
    """
    room = charts.title_height(made.figure.layout.title.text or "", trends.theme_of(view)) - 10
    st.html(
        f"{tables.heading(made.title, level=3)}<style>.st-key-plot_{card.key} .g-gtitle {{ display: none }}"
        f".st-key-plot_{card.key} .annotation * {{ pointer-events: none !important }}"
        f".st-key-plot_{card.key} {{ margin-top: -{max(room, 0)}px }}</style>"
    )
    with st.container(key=f"plot_{card.key}"):
        _figure(card, view, made)


def _figure(card: Card, view: View, made: Made) -> None:
    key = f"chart_{card.key}_{view.area}_{view.period}"
    settings = charts.config(lang(), f"{card.key}-{view.area}-{view.period}", trends.image_of(view))
    if card.drill is None:
        st.plotly_chart(made.figure, theme=None, config=settings, key=key, alt=made.title)
        return
    event = st.plotly_chart(
        made.figure, theme=None, config=settings, key=key, alt=made.title, on_select="rerun", selection_mode="points"
    )
    state.follow_choice(key, _clicked(event), card.drill)


def _clicked(event: Any) -> str:
    """Key of the point chosen, "" where none is."""
    points = event["selection"]["points"] if event else []
    if not points or not points[0].get("customdata"):
        return ""
    given = points[0]["customdata"]
    return str(given[0] if isinstance(given, list | tuple) else given.get("0", ""))


def _table(card: Card, view: View, made: Made) -> None:
    st.html(tables.heading(made.title, level=3))
    st.dataframe(made.table, hide_index=True, key=f"table_{card.key}", alt=made.title)
    about = downloads.about(
        made.title,
        definition=card.meaning(view),
        source=t(f"table.{card.records}.name"),
        period=period_text(view.period),
    )
    file = downloads.file_name(t("app.name"), t(f"nav.{view.page}"), card.key, view.area, view.period)
    downloads.buttons(lambda: made.table, len(made.table), about, file, f"files_{card.key}")


def _about(card: Card, view: View, asked: tuple[Question, ...], title: str) -> None:
    """Definition, source, files, period, edition and loading time, and the queries behind the chart."""
    about = downloads.about(
        title, definition=card.meaning(view), source=t(f"table.{card.records}.name"), period=period_text(view.period)
    )
    facts = [(label, escape(said)) for label, said in about.rows]
    if table := record_table(card.records):
        facts.insert(3, (t("meaning.fed_by"), html_of([table], view.area, view.period)))
    st.html(tables.heading(title, level=3) + tables.facts(facts))
    for place, question in enumerate(asked, start=1):
        with st.expander(
            t("theme_page.sql", number=number(place), of=number(len(asked)), name=question.query.__name__)
        ):
            st.code(question.sql(), language="sql")
