"""What the reader looks at: the View, read from the address and written back to it; the session is named only here."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, replace
from typing import Any
from urllib.parse import unquote, urlencode, urljoin, urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from queries.errors import PeriodInvalid
from queries.periods import Period

DISTRICT = "320613"
LANGUAGES = ("zh", "en")
THEMES = ("light", "dark", "projector")
COMPARISONS = ("last_year", "district", "peers", "target", "none")
LEVELS = ("subdistrict", "community", "neighbourhood")
LAYERS = (
    "roads",
    "rivers",
    "names",
    "landmarks",
    "offices",
    "borders",
    "subdistrict",
    "community",
    "neighbourhood",
    "zone",
    "former_district",
    "grids",
    "groups",
)
MOST_HIGHLIGHTS = 50
DEFAULT_INDICATOR = "attendances_per_1000"
DEFAULT_PERIOD = "2020"
OF_THE_TIME = "then"
"""In place of an edition: the one that was in force at the end of the period."""
OWN_EDITION = frozenset({"workbench", "editions", "present", "stories", "deliveries", "delivery_quality", "help"})
"""Pages that say themselves which editions they show: a choice of edition goes along with the reader, unheeded."""
_EDITION = re.compile(r"\d{4}-\d{2}(-\d{1,3})?")

_NEXT_LEVEL = {
    "district": "subdistrict",
    "former_district": "subdistrict",
    "zone": "community",
    "subdistrict": "community",
}


@dataclass(frozen=True)
class Notice:
    """A sentence the frame owes the reader: a key of the words and the values it names."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """Which codes exist: `levels` gives each area code its level; `indicators` and `editions` are ids. Empty: not known
    yet.
    """

    levels: Mapping[str, str] = field(default_factory=dict)
    indicators: Collection[str] = ()
    editions: Collection[str] = ()


@dataclass(frozen=True)
class View:
    """All that decides what a page shows, in language-neutral codes; `extra` holds keys of one page (table=…).

    `edition` "" is the one in force, OF_THE_TIME that of the period, else an edition's id.
    """

    page: str = "overview"
    area: str = DISTRICT
    area_level: str = "district"
    indicator: str = DEFAULT_INDICATOR
    level: str = "subdistrict"
    period: str = DEFAULT_PERIOD
    compare: str = "last_year"
    lang: str = "zh"
    theme: str = "light"
    layers: tuple[str, ...] = ("roads", "rivers", "names", "landmarks", "borders")
    edition: str = ""
    highlights: tuple[str, ...] = ()  # areas marked on the map, by code
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def dark(self) -> bool:
        """Whether the theme stands on a dark ground; the projector's is light, since projectors wash out dark ones."""
        return self.theme == "dark"

    def get(self, name: str, default: str = "") -> str:
        """The page's own parameter of that name."""
        return dict(self.extra).get(name, default)


_DEFAULT = View()
_FIELDS = {item.name for item in fields(View)} - {"page", "area_level", "extra"}


def level_of(code: str) -> str:
    """Level of an area by the length of its code: 6, 9 (7th digit 4: a zone), 12 or 15 digits."""
    if len(code) == 9:
        return "zone" if code[6] == "4" else "subdistrict"
    return {12: "community", 15: "neighbourhood"}.get(len(code), "district" if code == DISTRICT else "former_district")


def next_level(level: str) -> str:
    """The level a reader expects to see inside an area of `level`."""
    return _NEXT_LEVEL.get(level, "neighbourhood")


def levels_inside(level: str) -> tuple[str, ...]:
    """Levels that can be shown inside an area of `level`, coarse to fine."""
    return LEVELS[LEVELS.index(next_level(level)) :]


def is_period(text: str) -> bool:
    """Whether `text` is a period: 2020, 2020-05, 2018..2020, 2020-01..2020-06."""
    try:
        Period.parse(text)
    except PeriodInvalid:
        return False
    return True


def parse(params: Mapping[str, str], known: Known, page: str = "overview") -> tuple[View, list[Notice]]:
    """The View that `params` describe; a value that doesn't exist is replaced by the default and leaves a notice."""
    notices: list[Notice] = []

    def pick(key: str, valid: bool, default: str) -> str:
        if key not in params or valid:
            return params.get(key, default)
        notices.append(Notice(f"notice.unknown_{key}", {"value": params[key][:40]}))
        return default

    def among(key: str, choices: Collection[str], default: str) -> str:
        return pick(key, params.get(key) in choices, default)

    given_area = _beside(params.get("area", DISTRICT), known, notices)
    params = {**params, "area": given_area}
    area = pick("area", given_area in known.levels if known.levels else given_area.isdecimal(), DISTRICT)
    area_level = known.levels.get(area, level_of(area))
    indicators = known.indicators or {params.get("indicator", DEFAULT_INDICATOR)}
    given_layers = tuple(filter(None, params["layers"].split(","))) if "layers" in params else _DEFAULT.layers
    if unknown := [name for name in given_layers if name not in LAYERS and name != "none"]:
        notices.append(Notice("notice.unknown_layers", {"value": ",".join(unknown)[:40]}))
    given_marks = tuple(dict.fromkeys(filter(None, params.get("highlights", "").split(","))))[:MOST_HIGHLIGHTS]
    if strange := [code for code in given_marks if not (code in known.levels if known.levels else code.isdecimal())]:
        notices.append(Notice("notice.unknown_highlights", {"value": ",".join(strange)[:40]}))
    view = View(
        page=page,
        area=area,
        area_level=area_level,
        indicator=among("indicator", indicators, DEFAULT_INDICATOR),
        level=among("level", levels_inside(area_level), next_level(area_level)),
        period=pick("period", is_period(params.get("period", "")), DEFAULT_PERIOD),
        compare=among("compare", COMPARISONS, _DEFAULT.compare),
        lang=among("lang", LANGUAGES, _DEFAULT.lang),
        theme=among("theme", THEMES, _DEFAULT.theme),
        layers=tuple(name for name in LAYERS if name in given_layers),
        edition=pick("edition", is_edition(params.get("edition", ""), known), ""),
        highlights=tuple(code for code in given_marks if code not in strange),
        extra=tuple((key, value) for key, value in params.items() if key not in _FIELDS),
    )
    return view, notices


def is_edition(text: str, known: Known) -> bool:
    """Whether `text` names an edition that can be shown."""
    return text == OF_THE_TIME or (bool(_EDITION.fullmatch(text)) and text in (known.editions or {text}))


def _beside(area: str, known: Known, notices: list[Notice]) -> str:
    """A neighbourhood that the edition shown does not have gives way to its community."""
    if area in known.levels or area[:12] not in known.levels or len(area) != 15 or not area.isdecimal():
        return area
    notices.append(Notice("notice.not_in_edition", {"value": area}))
    return area[:12]


def to_params(view: View) -> dict[str, str]:
    """Query parameters that `parse` turns back into `view`.

    Area, indicator, level, period and comparison are always said; language, theme, edition, layers and highlights only
    if not the default.
    """
    params = {name: str(getattr(view, name)) for name in ("area", "indicator", "level", "period", "compare")}
    params |= {
        name: str(getattr(view, name))
        for name in ("lang", "theme", "edition")
        if getattr(view, name) != getattr(_DEFAULT, name)
    }
    if view.layers != _DEFAULT.layers:
        params["layers"] = ",".join(view.layers) or "none"
    if view.highlights:
        params["highlights"] = ",".join(view.highlights)
    return params | dict(view.extra)


def changed(view: View, page: str | None = None, **changes: Any) -> View:
    """`view` with `changes`; keys that are no field go to `extra` (None removes one).

    Another page starts without the old page's extras, but for who is at work (`as`, `role`). Another area shows its own
    next level, unless the reader had chosen a finer one that still fits.
    """
    page = page or view.page
    extra = {key: value for key, value in view.extra if page == view.page or key in ("as", "role")}
    extra |= {key: str(value) for key, value in changes.items() if key not in _FIELDS and value is not None}
    dropped = {key for key, value in changes.items() if value is None}
    own = {key: value for key, value in changes.items() if key in _FIELDS and value is not None}
    if own.get("area", view.area) != view.area:
        own["area_level"] = own_level = level_of(str(own["area"]))
        kept = view.level != next_level(view.area_level) and view.level in levels_inside(own_level)
        own.setdefault("level", view.level if kept else next_level(own_level))
    return replace(view, page=page, extra=tuple((k, v) for k, v in extra.items() if k not in dropped), **own)


def own_key(name: str) -> str:
    """The address's key for a page's own parameter `name`, which must not be one of the View's."""
    return f"of_{name}" if name in _FIELDS else name


def address(view: View) -> str:
    """Relative address of `view`: works under any base path, since all pages stand beside each other.

    A page's address is the name of its file: before the first visitor Streamlit knows pages by their files only.
    """
    return f"{'./' if view.page in {'overview', 'missing'} else view.page}?{urlencode(to_params(view), safe=',:')}"


# ── the session's own view ──


def whole_address(view: View) -> str:
    """Absolute address of `view`, to send to somebody."""
    return urljoin(str(st.context.url or ""), address(view))


def asked_page() -> str:
    """The last part of the address in the browser, which names the page; "" for the first page."""
    return unquote(urlsplit(str(st.context.url or "")).path).rstrip("/").rpartition("/")[2]


_looking_at: ContextVar[View | None] = ContextVar("looking_at", default=None)


@contextmanager
def viewing(view: View) -> Iterator[None]:
    """Inside, `view` is what is looked at, whatever the address: exports and tests need no session for it."""
    token = _looking_at.set(view)
    try:
        yield
    finally:
        _looking_at.reset(token)


def current_view() -> View:
    """The View of this run, from the address."""
    return _parsed()[0]


def notices() -> list[Notice]:
    """What in the address could not be followed."""
    return _parsed()[1]


def current_language() -> str:
    """Language of this run: `zh` unless the address says otherwise."""
    if view := _looking_at.get():
        return view.lang
    given = st.query_params.get("lang", "zh")
    return given if given in LANGUAGES else "zh"


def current_edition() -> str:
    """The edition this run is asked to show, as View.edition; "" where the page chooses for itself.

    Outside a session nobody asks: what is made there later is told its edition beforehand (`data.pinned`).
    """
    if view := _looking_at.get():
        asked, page = view.edition, view.page
    elif get_script_run_ctx(suppress_warning=True) is None:
        return ""
    else:
        asked, page = st.query_params.get("edition", ""), recall("page", "overview")
    return asked if page not in OWN_EDITION and is_edition(asked, Known()) else ""


def _parsed() -> tuple[View, list[Notice]]:
    if view := _looking_at.get():
        return view, []
    return parse(st.query_params.to_dict(), recall("known", Known()), recall("page", "overview"))


def learn(known: Known) -> None:
    """Tell the session which codes exist; the frame does it at the start of each run."""
    keep("known", known)


def link(page: str | None = None, **changes: Any) -> str:
    """Relative address of this View with `changes`, for an `href`: `link("records", table="case")`."""
    return address(changed(current_view(), page, **changes))


def go(page: str | None = None, *, rerun: bool = False, **changes: Any) -> None:
    """Show this View with `changes`: one new entry in the browser's history.

    In a widget's callback call it plainly: Streamlit reruns by itself, and the frame then turns to another page if one
    was named. In the body of a page say `rerun=True`.
    """
    view = changed(current_view(), page, **changes)
    if rerun and view.page != recall("page", "overview"):
        st.switch_page(f"pages/{view.page}.py", query_params=to_params(view))
    if view.page != recall("page", "overview"):
        keep("next_page", view.page)
    st.query_params.from_dict(to_params(view))
    if rerun:
        st.rerun()


def turn_to(page: str) -> None:
    """The frame knows which page is about to begin."""
    keep("page", page)


def mark(code: str) -> None:
    """Let an area stand out on the map, or no longer; one more than can be kept takes the place of the oldest."""
    now = current_view().highlights
    go(highlights=tuple(c for c in now if c != code) if code in now else (*now, code)[-MOST_HIGHLIGHTS:])


def enter(page: str) -> None:
    """A page begins: remember which, and go on to another one if a callback asked for it."""
    keep("page", page)
    _arrive()
    if wanted := st.session_state.pop(_own("next_page"), None):
        st.switch_page(f"pages/{wanted}.py", query_params=st.query_params.to_dict())


def follow_choice(key: str, choice: str, follow: Callable[[str], None]) -> None:
    """In the body of a page: `follow` what was chosen in the widget `key`, once ("" is nothing chosen).

    A run can be broken off on the way, when the browser asks for something else; then the address has not changed, and
    the next run follows. Only where it has is the choice done with, so that going back does not lead there again.
    """
    if choice == recall(key, ""):
        return
    if not choice:
        keep(key, "")
        return
    keep("on_the_way", (key, choice, st.query_params.to_dict()))
    follow(choice)


def _arrive() -> None:
    key, choice, left = st.session_state.pop(_own("on_the_way"), ("", "", {}))
    if key and st.query_params.to_dict() != left:
        keep(key, choice)


def seed(key: str, value: Any) -> str:
    """Give the widget `key` its value from the View, before it is drawn; returns the key."""
    st.session_state[key] = value
    return key


def chosen(key: str) -> Any:
    """What the reader set in the widget `key`."""
    return st.session_state.get(key)


def follow(name: str, key: str) -> None:
    """A widget's callback: write the choice of widget `key` into the View as `name`."""
    if (value := chosen(key)) is not None:
        go(**{name: value})


def recall(key: str, default: Any) -> Any:
    """Something kept for this session that is not part of the View (whether a panel is open)."""
    return default if _looking_at.get() else st.session_state.get(_own(key), default)


def keep(key: str, value: Any) -> None:
    """Keep something for this session; what is looked at without one keeps nothing."""
    if not _looking_at.get():
        st.session_state[_own(key)] = value


def _own(key: str) -> str:
    return f"linli:{key}"
