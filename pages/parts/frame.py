"""What stands around every page: header, the way from the district to here, notices and footer."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date
from html import escape
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import pandas as pd
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from data.contract import DataError
from data.indicators import load_indicators
from data.manifest import data_root, editions_built
from pages.parts import access, data, edition_choice, export_control, failures, registry, scene_keeper, state
from pages.parts.failures import guard
from pages.parts.state import View
from pages.parts.words import area_name, date_text, lang, levels_name, t
from queries.errors import QueriesError

log = logging.getLogger("linli")
HERE = Path(__file__).resolve().parent
GUIDE_OF = {
    **dict.fromkeys(("workbench", "boundaries", "reach"), "planner"),
    **dict.fromkeys(("stories", "present"), "presenter"),
    **dict.fromkeys(("deliveries", "delivery_quality"), "clerk"),
}  # fmt: skip
ICON = HERE / "assets" / "mark.svg"

_shell = st.components.v2.component("linli_shell", js=(HERE / "shell.js").read_text(encoding="utf-8"))


def begin(name: str) -> None:
    """Before the page `name`: the style, the script of the frame, and which codes exist in the edition it shows."""
    state.turn_to(name)
    data.begin_day()
    state.keep("begun", True)
    run = state.recall("run", 0) + 1
    state.keep("run", run)
    st.html(HERE / "style.css")
    view = state.current_view()
    theme = "projector" if view.theme == "light" and view.get("present") else view.theme
    words = {
        "back": t("talk.back_to"),
        "key": t("talk.back_key"),
        "gone": t("app.gone"),
        "gone_next": t("app.gone_next"),
        "list_most": t("app.list_most"),
        "list_none": t("app.list_none"),
        "list_all": t("app.list_all"),
        "list_matches": t("app.list_matches"),
    }
    _shell(
        key="linli_shell",
        data={
            "page": name, "run": run,  # with each run the script hears which page the server has begun to draw
            "lang": "zh-CN" if view.lang == "zh" else "en", "theme": theme, "dark": view.dark,
            "words": words, "missing": not registry.known(state.asked_page()),
        },
    )  # fmt: skip
    failures.begin()
    try:
        access.require_loopback()
    except access.BeyondLoopback as error:
        log.warning("%s", error)
        failures.show(failures.explain(error))
        st.stop()
    try:
        areas = data.areas()
        editions = frozenset(made.edition for made in editions_built(data_root()))
        levels = dict(zip(areas["code"], areas["level"], strict=True))
        known = state.Known(levels, frozenset(load_indicators()), editions)
    except (DataError, QueriesError):  # each part that needs the data will say so in its place
        known = state.Known()
    state.learn(known)


def page(name: str) -> View:
    """A page begins with this: draws header, breadcrumb and notices, and says what the reader wants to see."""
    view = bare_page(name)
    state.keep("framed", True)
    st.html(header(view))
    st.html(f'<h1 id="content" class="ll-sr" tabindex="-1">{escape(heading(view))}</h1>')
    way = edition = ""
    with guard("breadcrumb"):
        way = breadcrumb(view, data.areas())
        edition = edition_choice.menu(view)
    with st.container(key="where", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<div class="ll-where">{way}{edition}{subnavigation(view)}</div>')
        if scene_keeper.can_keep(name) and not data.other_edition():
            with guard("keep scene"):
                scene_keeper.control(view)
        if export_control.can_export(name):
            with guard("export"):
                export_control.page_exports(view)
    scene_keeper.said()
    with guard("edition"):
        if said := edition_choice.line(view):
            st.html(said)
    if view.highlights and scene_keeper.can_keep(name):
        with guard("highlights"):
            scene_keeper.marked(view)
    for notice in state.notices():
        words = escape(t(notice.key, **notice.values))
        st.html(f'<div class="ll-notice" role="status" aria-label="{escape(t("notice.label"))}">{words}</div>')
    return view


def bare_page(name: str) -> View:
    """A page that draws nothing around itself begins with this, all others with `page`."""
    if not state.recall("begun", False):
        # Since there is a folder called pages, Streamlit runs a page's file alone, without the frame, when a fresh
        # process is first asked for that page's address; it stops at the first st.navigation. So: through app.py.
        PagesManager.uses_pages_directory = False
        st.rerun()
    state.keep("begun", False)
    state.enter(name)
    state.keep("framed", False)
    return state.current_view()


def heading(view: View) -> str:
    """The page's name for those who hear it."""
    return f"{t('nav.' + view.page)} · {t('app.name')}"


# ── header ──


def header(view: View) -> str:
    """Wordmark, navigation, search, language and theme, as one landmark."""
    return (
        f'<a class="ll-skip" href="#content">{escape(t("app.skip"))}</a>'
        '<header class="ll-header">'
        f'<a class="ll-mark" href="{escape(state.link("overview", area=state.DISTRICT))}">{escape(t("app.name"))}</a>'
        f"{_navigation(view)}{_search(view)}"
        f'<div class="ll-switches">{_languages(view)}{_themes(view)}{_help(view)}</div>'
        f"{_badge()}"
        "</header>"
    )


def _badge() -> str:
    """The mark of demonstration data; it is shown too while nobody can say whose data they are."""
    try:
        demonstration = data.manifest().demonstration
    except DataError:
        demonstration = True
    return f'<span class="ll-badge">{escape(t("badge.demonstration"))}</span>' if demonstration else ""


def _navigation(view: View) -> str:
    """The groups of pages; each leads to its first page."""
    items = "".join(
        f'<li><a href="{escape(state.link(entries[0].name))}"{_current(view.page in {e.name for e in entries})}>'
        f"{escape(t(f'nav_group.{group}'))}</a></li>"
        for group, entries in registry.groups().items()
    )
    return f'<nav class="ll-nav" aria-label="{escape(t("nav.label"))}"><ul>{items}</ul></nav>'


def subnavigation(view: View) -> str:
    """The pages of the group in view, beside the way here; nothing for a group of one page."""
    entries = next((found for found in registry.groups().values() if view.page in {e.name for e in found}), [])
    if len(entries) < 2:
        return ""
    items = "".join(_entry(view, entry) for entry in entries)
    return f'<nav class="ll-sub" aria-label="{escape(t("nav.pages"))}"><ul>{items}</ul></nav>'


def _entry(view: View, entry: registry.Entry) -> str:
    here = ' aria-current="page"' if entry.name == view.page else ""
    return f'<li><a href="{escape(state.link(entry.name))}"{here}>{escape(t(f"nav.{entry.name}"))}</a></li>'


def _search(view: View) -> str:
    target = urlsplit(state.link("search", q=None))
    kept = "".join(
        f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">' for key, value in parse_qsl(target.query)
    )
    asked = escape(view.get("q")) if view.page == "search" else ""
    return (
        f'<form class="ll-search" role="search" method="get" action="{escape(target.path)}">{kept}'
        f'<input type="search" name="q" value="{asked}" maxlength="40" autocomplete="off" required'
        f' aria-label="{escape(t("header.search_label"))}" placeholder="{escape(t("header.search_placeholder"))}">'
        f'<button type="submit">{escape(t("header.search_submit"))}</button></form>'
    )


def _languages(view: View) -> str:
    return _switch(
        t("header.language"),
        (
            (t(f"header.{code}"), t(f"header.{code}_long"), {"lang": code}, code == view.lang)
            for code in state.LANGUAGES
        ),
    )


def _help(view: View) -> str:
    """The way to the guide of whoever uses this page."""
    address = state.link("help", guide=GUIDE_OF.get(view.page, "leader"))
    here = _current(view.page == "help")
    return f'<a class="ll-help" href="{escape(address)}" title="{escape(t("nav.help"))}"{here}>?</a>'


def _themes(view: View) -> str:
    return _switch(
        t("header.theme"),
        ((t(f"theme.{name}"), t(f"theme.{name}"), {"theme": name}, name == view.theme) for name in state.THEMES),
    )


def _switch(label: str, choices: Iterable[tuple[str, str, dict[str, str], bool]]) -> str:
    links = "".join(
        f'<a href="{escape(state.link(**change))}" aria-label="{escape(spoken)}"{_current(now)}>{escape(shown)}</a>'
        for shown, spoken, change, now in choices
    )
    return f'<div class="ll-switch" role="group" aria-label="{escape(label)}">{links}</div>'


def _current(now: bool) -> str:
    return ' aria-current="true"' if now else ""


# ── the way here ──


def breadcrumb(view: View, areas: pd.DataFrame) -> str:
    """From the district to the area in view; each step is a link up and opens its siblings."""
    steps: list[str] = []
    code: Any = view.area
    while code in areas.index:
        steps.append(code)
        code = areas.at[code, "parent"]
    items = "".join(_step(view, step, areas) for step in reversed(steps))
    return f'<nav class="ll-way" aria-label="{escape(t("breadcrumb.label"))}"><ol>{items}</ol></nav>'


def _step(view: View, code: str, areas: pd.DataFrame) -> str:
    row = cast("pd.Series[Any]", areas.loc[code])
    here = ' aria-current="location"' if code == view.area else ""
    name = f'<a href="{escape(state.link(area=code))}"{here}>{escape(area_name(row))}</a>'
    return f"<li>{name}{_siblings(code, row, areas)}</li>"


def _siblings(code: str, row: pd.Series[Any], areas: pd.DataFrame) -> str:
    if code == state.DISTRICT:
        overlays = areas[areas["level"].isin(["former_district", "zone"])]
        return _menu(code, overlays, t("breadcrumb.overlays"), t("breadcrumb.overlays")) if len(overlays) else ""
    beside = areas[(areas["parent"] == row["parent"]) & (areas["level"] == row["level"])]
    if len(beside) < 2:
        return ""
    title = t("breadcrumb.siblings_of", parent=area_name(areas.loc[row["parent"]]), levels=levels_name(row["level"]))
    return _menu(code, beside, title, t("breadcrumb.siblings", name=area_name(row)))


def _menu(code: str, beside: pd.DataFrame, title: str, label: str) -> str:
    links = "".join(
        f'<li><a href="{escape(state.link(area=str(other)))}"{_current(other == code)}>'
        f"{escape(area_name(found))}</a></li>"
        for other, found in beside.iterrows()
    )
    return (
        f'<details class="ll-menu"><summary aria-label="{escape(label)}" title="{escape(label)}"></summary>'
        f"<div><p>{escape(title)}</p><ul>{links}</ul></div></details>"
    )


# ── footer ──


def footer() -> None:
    """Edition, date of the data and the mark of demonstration data, at the end of every page with a frame."""
    if not state.recall("framed", True):
        return
    with guard("footer"):
        manifest = data.manifest()
        parts = [
            t("badge.demonstration") if manifest.demonstration else "",
            t("footer.ground") if not manifest.demonstration and data.demonstration_ground() else "",
            t("footer.schematic"),
            edition_choice.named(manifest),
            t("footer.data_until", date=date_text(date.fromisoformat(manifest.data_until))),
            t("footer.version", version=manifest.version),
        ]
        items = "".join(f"<span>{escape(part)}</span>" for part in parts if part)
        st.html(f'<footer class="ll-footer" lang="{lang()}" aria-label="{escape(t("footer.label"))}">{items}</footer>')
