"""Doors to editions and drafts alike: what there is, each as a plan with names, two of them compared, one under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from data.editions import in_force
from data.manifest import data_root, edition_dir
from data.publishing import Publication, Publishing, start_publishing
from geo.editions_compare import Comparison, compare_editions, quality_of
from geo.plans import Plan
from geo.quality import Quality
from geo.store import Store
from geo.store_records import Draft, Edition, State, Step
from pages.parts import data, map_view, workbench_drafts
from pages.parts.words import lang, t

OPEN = (State.DRAFT, State.RETURNED, State.SUBMITTED, State.APPROVED)
"""States in which a draft still has something before it."""

Names = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Side:
    """An edition or a draft as it stands: `head` is the entry a draft has reached; names are (Chinese, English)."""

    id: str
    title: str
    head: int
    plan: Plan
    names: Names

    def name(self, code: str) -> str:
        """A neighbourhood's name in the reader's language; that of its community and its serial where it has none."""
        given = self.names.get(code)
        if given:
            return given[lang() == "en"] or given[0]
        short = self.names.get(code[:12], (code[:12], code[:12]))[lang() == "en"]
        return f"{short.removesuffix('社区').removesuffix(' Community')}-{code[12:].lstrip('0').zfill(2)}"


@dataclass(frozen=True)
class Item:
    """A line of the list: an edition, or a draft with its steps so far."""

    edition: Edition | None = None
    draft: Draft | None = None
    steps: tuple[Step, ...] = ()

    @property
    def id(self) -> str:
        """The id in the address."""
        return self.edition.id if self.edition else self.draft.id if self.draft else ""


def store() -> Store:
    """The edition store. Raises DatabaseUnreachable or DatabaseNewer."""
    return workbench_drafts.store()


def edition_title(edition: Edition) -> str:
    """边界版本 2021-01（名称）; the name only where it says more than the id."""
    if edition.name in ("", edition.id):
        return t("editions.edition", id=edition.id)
    return t("editions.edition_named", id=edition.id, name=edition.name)


def items() -> list[Item]:
    """Drafts under way, then editions, then drafts that were laid aside; each the newest first.

    What a draft became stands with its edition.
    """
    kept = store()
    drafts = kept.drafts()
    under_way = [draft for draft in drafts if draft.state in OPEN]
    aside = [draft for draft in drafts if draft.state is State.SHELVED]
    published = [Item(edition=e, steps=_steps(kept, e.draft)) for e in reversed(kept.editions())]
    return [*(_item(kept, d) for d in under_way), *published, *(_item(kept, d) for d in aside)]


def _item(kept: Store, draft: Draft) -> Item:
    return Item(draft=draft, steps=_steps(kept, draft.id))


def _steps(kept: Store, draft: str | None) -> tuple[Step, ...]:
    return tuple(kept.steps(draft)) if draft else ()


def draft_of(item: Item) -> Draft | None:
    """The draft that became an edition; None for the first one."""
    return store().draft(item.edition.draft) if item.edition and item.edition.draft else None


def place_of(draft: str) -> str | None:
    """The community that a draft changes first, to be opened in the workbench; None where it changes nothing yet."""
    kept = store()
    base, plan = workbench_drafts.plan_of(kept.draft(draft).base), kept.plan(draft)
    return next((code for code in sorted(plan.homes) if plan.homes[code] is not base.homes.get(code)), None)


def current() -> str:
    """The edition in force today by the store."""
    return in_force(store().editions())


def standing(edition: Edition, today: date) -> str:
    """A key: whether an edition is in force, will be, or was."""
    if edition.id == current():
        return "in_force"
    return "to_come" if edition.effective_on > today else "former"


# ── as plans ──


def side(id: str) -> Side:
    """An edition or a draft by its id. Raises Unknown, PlanRefused, TableError."""
    kept = store()
    known = {edition.id: edition for edition in kept.editions()}
    if id in known:
        plan = workbench_drafts.plan_of(id)
        return Side(id, edition_title(known[id]), 0, plan, {**published_names(id), **kept.names(id)})
    draft = kept.draft(id)
    plan = kept.plan(id)
    names = {**published_names(draft.base), **kept.names(draft.base), **plan.names}
    return Side(id, t("editions.draft_named", name=draft.name), draft.head, plan, names)


def published_names(edition: str) -> Names:
    """Code -> names of all areas of an edition. Empty where its tables are gone."""
    path = edition_dir(data_root(), edition) / "areas.parquet"
    return _names(str(path), path.stat().st_mtime_ns) if path.is_file() else {}


@st.cache_resource(max_entries=6, show_spinner=False)
def _names(path: str, stamp: int) -> Names:
    areas = pd.read_parquet(path, columns=["code", "name_zh", "name_en"])
    return {str(row.code): (str(row.name_zh), str(row.name_en)) for row in areas.itertuples()}


def compared(before: Side, after: Side) -> Comparison:
    """What is between two sides; kept by where they stand."""
    return _compared((str(data_root()), data.manifest().version), _key(before), _key(after), before, after)


def _key(given: Side) -> tuple[str, int, str]:
    return given.id, given.head, lang()


@st.cache_resource(max_entries=8, show_spinner=False)
def _compared(
    place: tuple[str, str], start: tuple[str, int, str], end: tuple[str, int, str], _before: Side, _after: Side
) -> Comparison:
    before = {code: _before.name(code) for code in _before.plan.codes}
    after = {code: _after.name(code) for code in _after.plan.codes}
    return compare_editions(_before.plan, _after.plan, names_before=before, names_after=after)


def quality(given: Side) -> Quality:
    """The measures of an edition that has none before it; kept."""
    return _quality((str(data_root()), data.manifest().version), _key(given), given)


@st.cache_resource(max_entries=8, show_spinner=False)
def _quality(place: tuple[str, str], of: tuple[str, int, str], _given: Side) -> Quality:
    return quality_of(_given.plan)


# ── publications under way: one a server, seen by all who look ──


@st.cache_resource(show_spinner=False)
def _under_way(root: str) -> dict[str, Publishing]:
    return {}


def under_way(draft: str) -> Publishing | None:
    """The publication of a draft that this server has begun."""
    return _under_way(str(data_root())).get(draft)


def publish(wanted: Publication) -> None:
    """Begin to publish in a process of its own; one that is under way goes on instead."""
    found = _under_way(str(data_root()))
    if wanted.draft not in found or found[wanted.draft].done:
        found[wanted.draft] = start_publishing(data_root(), wanted, map_view.STATIC)


def settled(draft: str) -> str:
    """The id of the edition that a publication made, which is then forgotten. Raises PublishingFailed."""
    return _under_way(str(data_root())).pop(draft).result()
