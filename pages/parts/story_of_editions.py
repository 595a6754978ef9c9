"""“Explaining a boundary change”: a story made from two editions by comparing them, ready to be presented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from data.manifest import data_root, edition_dir
from data.stories import Scene, Story
from geo.editions_compare import Comparison
from geo.quality import Quality
from pages.parts import data, editions_base, state, story_shelf
from pages.parts.words import area_name, lang, levels_name, number, t

MOST_COMMUNITIES = 6
MOST_NAMED = 4
"""As many neighbourhoods as one sentence on the glass can name; the notes name all."""
INDICATOR = "households_per_neighbourhood"
CHANGES = {"changed": "changed", "new": "new_ones", "ended": "ended", "renamed": "renamed"}


@dataclass(frozen=True)
class Compared:
    """Two editions by name, and what is between them."""

    old: str
    new: str
    between: Comparison


def published() -> list[str]:
    """Editions whose blocks are kept, the earliest first."""
    folder = edition_dir(data_root(), "x").parent
    return sorted(path.parent.name for path in folder.glob("*/blocks.parquet") if not path.parent.name.startswith("."))


def compare(old: str, new: str) -> Compared:
    """Compare two published editions; takes about a second. Raises TableError if blocks are not there, or Unknown."""
    before, after = editions_base.side(old), editions_base.side(new)
    return Compared(old, new, editions_base.compared(before, after))


def story_of_editions(old: str, new: str) -> Story:
    """Keep a story that explains the change from edition `old` to `new`, in the reader's language."""
    found = compare(old, new)
    title = t("change.title", old=old, new=new)
    return story_shelf.new_story(title, lang(), tuple(scenes_of(found)))


def scenes_of(found: Compared) -> list[Scene]:
    """The whole district, the communities with most households concerned, and the quality before and after."""
    table = found.between.neighbourhoods
    if table.empty:
        return [_whole(found, table)]
    concerned = _concerned(table)
    return [_whole(found, table), *(_community(str(code), table) for code in concerned), _quality(found)]


def _concerned(table: pd.DataFrame) -> Sequence[str]:
    """Communities by the households that came or went, the most first."""
    moved = (table["gained"] + table["lost"]).groupby(table["code"].str[:12]).sum()
    return list(moved.sort_values(ascending=False, kind="stable").head(MOST_COMMUNITIES).index)


def _whole(found: Compared, table: pd.DataFrame) -> Scene:
    homes = int(table["gained"].sum())
    communities = table["code"].str[:12].nunique()
    counts = [
        t(f"change.{word}", count=levels_name("neighbourhood", int(count)))
        for kind, word in CHANGES.items()
        if (count := (table["change"] == kind).sum())
    ]
    title = t(
        "change.whole" if len(table) else "change.same", old=found.old, new=found.new, homes=number(homes),
        communities=levels_name("community", communities),
    )  # fmt: skip
    notes = "\n".join([*counts, t("change.whole_note")])
    return _scene(state.DISTRICT, "neighbourhood", title, _sentence(counts), notes, tuple(table["code"]))


def _community(code: str, table: pd.DataFrame) -> Scene:
    inside = table[table["code"].str.startswith(code)]
    homes = int(inside["gained"].sum())
    title = t(
        "change.community" if homes else "change.community_lines", name=_name(code),
        count=levels_name("neighbourhood", len(inside)), homes=number(homes),
    )  # fmt: skip
    lines = [_line(row) for row in inside.to_dict("records")]
    most = inside.assign(by=inside["gained"] + inside["lost"]).nlargest(MOST_NAMED, "by").sort_index()
    named = [_line(row) for row in most.to_dict("records")]
    return _scene(code, "neighbourhood", title, _sentence(named), "\n".join(lines), tuple(inside["code"]))


def _sentence(parts: Sequence[str]) -> str:
    """What is listed in the notes, in one sentence for the glass."""
    return t("change.sentence", parts=t("change.apart").join(parts)) if parts else ""


def _line(row: dict[object, object]) -> str:
    """One neighbourhood: what became of it, with households before and after."""
    before, after = int(str(row["households_before"])), int(str(row["households_after"]))
    kind = str(row["change"])
    name = str(row["name_after"] or row["name_before"] or "") or _name(str(row["code"]))
    return t(f"change.line_{kind}", name=name, before=number(before), after=number(after))


def _quality(found: Compared) -> Scene:
    before, after = found.between.quality_before, found.between.quality_after
    rows = [
        t(f"change.quality_{name}", before=_share(old), after=_share(new))
        for name, old, new in _measures(before, after)
        if old is not None and new is not None
    ]
    title = t("change.quality", before=_share(before.within_20), after=_share(after.within_20))
    said = _sentence(rows[1:])  # the first is the title
    if after.moved_share is not None:
        rows.append(t("change.quality_moved", moved=_share(after.moved_share)))
    return _scene(state.DISTRICT, "neighbourhood", title, said, "\n".join(rows), ())


def _measures(before: Quality, after: Quality) -> list[tuple[str, float | None, float | None]]:
    names = ("within_20", "within_12", "barrier_following", "compounds_whole")
    return [(name, getattr(before, name), getattr(after, name)) for name in names]


def _share(value: float | None) -> str:
    return "—" if value is None else f"{number(100 * value, 1)}%"


def _scene(area: str, level: str, title: str, said: str, notes: str, highlights: tuple[str, ...]) -> Scene:
    params = {"area": area, "indicator": INDICATOR, "level": level, "period": state.DEFAULT_PERIOD, "compare": "none"}
    shown = highlights if len(highlights) <= 50 else ()
    return Scene("boundaries", params, title[:200], notes[:20_000], 60, ("ranked",), shown, finding=said[:400])


def _name(code: str) -> str:
    areas = data.areas()
    return area_name(areas.loc[code]) if code in areas.index else code
