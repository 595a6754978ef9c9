"""A briefing of one area: sentences computed from the figures, each with the number of its source; map; key figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final

import pandas as pd

from data.indicators import Indicator
from pages.exports import mapping
from pages.exports.content import nature_short, view_of
from pages.exports.model import Table
from pages.exports.offered import THEMES
from pages.exports.picture import Picture
from pages.parts import comparing, data, edition_choice, profile, provenance, standings, state, undelivered
from pages.parts.profile import Entry, Fellows
from pages.parts.scene import scene, shown
from pages.parts.state import View
from pages.parts.words import area_name, lang, moment_text, number, period_text, signed, t, unit_name

ALSO: Final = 3  # further figures of a theme that are told after its first
MAP_SHAPE: Final = 2.0  # width ÷ height: two pages have room for a wide map


@dataclass(frozen=True)
class Section:
    """A heading and its sentences; each ends with the numbers of its sources in brackets."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Briefing:
    """All of a briefing, in the reader's language; `sources` stand in the order of their numbers, from 1."""

    lang: str
    title: str
    under: str
    sections: tuple[Section, ...]
    map: Picture
    map_title: str
    table: Table
    sources: tuple[str, ...]
    foot: str


@dataclass
class _Sources:
    """Numbers sources as they are first named."""

    found: list[str] = field(default_factory=list)

    def mark(self, indicators: Sequence[Indicator]) -> str:
        """The numbers of these indicators' sources, in brackets."""
        numbers = []
        for indicator in indicators:
            words = provenance.sources(indicator.source)
            if words not in self.found:
                self.found.append(words)
            numbers.append(self.found.index(words) + 1)
        return f"[{ranges(numbers)}]" if numbers else ""


def ranges(numbers: Sequence[int]) -> str:
    """Numbers in short: 1, 3–7."""
    runs: list[list[int]] = []
    for each in sorted(set(numbers)):
        if runs and each == runs[-1][-1] + 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def briefing_of(params: dict[str, str], language: str) -> Briefing:
    """The briefing of the area, period and comparison of an address's parameters."""
    view, _ = view_of("overview", params, language)
    with state.viewing(view):
        return _briefing(view)


def _briefing(view: View) -> Briefing:
    row, around = data.area(view.area), profile.fellows(view.area)
    sources = _Sources()
    key = [data.indicators()[name] for name in standings.KEY if profile.reaches(data.indicators()[name], around.level)]
    entries = profile.entries(key, around, view.period)
    sections = [Section(t("briefing.overall"), _overall(view, row, around, entries, sources))]
    sections += [each for each in (_theme(view, name, around, sources) for name in THEMES) if each.sentences]
    indicator = data.indicators()[view.indicator]
    drawn = scene(view, indicator, shown(view, indicator)).state
    caption = t("briefing.named", name=indicator.words("name", lang()), in_brackets=period_text(view.period))
    caption += sources.mark([indicator])
    manifest = data.manifest()
    return Briefing(
        lang=view.lang,
        title=t("briefing.title", area=area_name(row)),
        under=" · ".join(filter(None, (provenance.spanned(view.period), nature_short(), t("footer.schematic")))),
        sections=tuple(sections),
        map=mapping.picture(drawn, MAP_SHAPE),
        map_title=caption,
        table=_table(view, around, entries, sources),
        sources=tuple(sources.found),
        foot=" · ".join(
            (
                edition_choice.named(manifest),
                t("footer.version", version=manifest.version),
                t("exports.loaded", time=moment_text(manifest.built_at)),
            )
        ),
    )


def _overall(view: View, row: Any, around: Fellows, entries: Sequence[Entry], sources: _Sources) -> tuple[str, ...]:
    """How large it is, how many indicators stand better or worse, what stands out."""
    size = data.indicators()["population"]
    told = [e.indicator for e in entries if e.value is not None]
    said = [
        f"{standings.size(row).strip()}{sources.mark([size])}",
        f"{standings.verdicts(view, around, entries).strip()}{sources.mark(told)}" if told else "",
        _highlight(entries, around, sources),
    ]
    return tuple(each for each in said if each and not each.startswith("["))


def _highlight(entries: Sequence[Entry], around: Fellows, sources: _Sources) -> str:
    said = standings.highlights(around, entries)
    found = [e.indicator for e in entries if e.indicator.words("name", lang()).lower() in said.lower()]
    return f"{said[:1].upper()}{said[1:]}{sources.mark(found)}" if said else ""


def _theme(view: View, name: str, around: Fellows, sources: _Sources) -> Section:
    """The theme's first indicator in a whole sentence, then others in a row."""
    page: Any = import_module(f"pages.{name}")
    known = data.indicators()
    reached = [known[x] for x in dict.fromkeys((*page.THEME.headline, *page.THEME.figures))]
    chosen = [each for each in reached if profile.reaches(each, around.level)]
    if not chosen:
        return Section(t(f"nav.{name}"), ())
    first = chosen[0]
    sentence = comparing.sentence(first, view.area, view.period, view.compare, view.level).text
    said = [f"{sentence.strip()}{sources.mark([first])}"]
    entries = [e for e in profile.entries(chosen[1 : 1 + ALSO], around, view.period) if e.value is not None]
    if entries:
        listed = t("list.comma").join(_figure(entry, sources) for entry in entries)
        said.append(t("briefing.also", figures=listed))
    return Section(t(f"nav.{name}"), tuple(said))


def _figure(entry: Entry, sources: _Sources) -> str:
    """A name, its value, the change on last year, the number of its source; a share of few is told as their number."""
    view = state.current_view()
    value = comparing.spoken(entry.indicator, entry.value, entry.parts)
    value += undelivered.within(entry.indicator.source, view.area, view.period)
    change = ""
    if entry.before and not comparing.is_few(entry.indicator, entry.parts[1]):
        change = t("briefing.change", change=signed(entry.before.difference, entry.indicator.decimals))
    name = entry.indicator.words("short", lang())
    return t("briefing.figure", name=name, value=value, change=change) + sources.mark([entry.indicator])


def _table(view: View, around: Fellows, entries: Sequence[Entry], sources: _Sources) -> Table:
    """Key figures: value, change, parent, rank, source."""
    parent = area_name(data.area(around.parent)) if around.parent else ""
    rows = [
        {
            t("area.indicator"): t(
                "briefing.named", name=e.indicator.words("name", lang()), in_brackets=unit_name(e.indicator.unit)
            ),
            period_text(view.period): t("meaning.withheld") if e.withheld else number(e.value, e.indicator.decimals),
            t("area.change"): signed(e.before.difference, e.indicator.decimals) if e.before else number(None),
            **({parent: number(e.parent, e.indicator.decimals)} if parent else {}),
            t("area.rank"): t("area.rank_of", rank=e.place.rank, of=e.place.of) if e.place else number(None),
            t("downloads.source"): sources.mark([e.indicator]),
        }
        for e in entries
        if e.value is not None or e.withheld
    ]
    return Table("key", t("area.indicators"), pd.DataFrame(rows), "", "")
