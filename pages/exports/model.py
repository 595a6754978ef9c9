"""What an export is made of: scenes with title, finding, map, charts, tables, notes and where it all comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd
import plotly.graph_objects as go

from geo.layers import MapState
from pages.exports.picture import Picture

Rows = tuple[tuple[str, str], ...]
"""(label, words) in the reader's language, in the order they are written."""


@dataclass(frozen=True)
class Chart:
    """A chart with what it says, the same figures as a table, and what they mean."""

    key: str
    title: str
    figure: go.Figure
    table: pd.DataFrame
    definition: str
    source: str


@dataclass(frozen=True)
class Table:
    """A table with headings in the reader's language; withheld figures stand in it as a word."""

    key: str
    title: str
    frame: pd.DataFrame
    definition: str
    source: str


@dataclass(frozen=True)
class Content:
    """One scene: all that a slide, a page or a sheet says of it.

    `finding` is one sentence, `more` what may follow it. `shown` is the state of the map as on the screen, `map` the
    picture drawn of it at the end, `ranked` the same as a table. `about` says nature,
    definition, source, period, edition, version, loading time and address; `terms` are (name, definition).
    """

    page: str
    title: str
    finding: str
    source_line: str
    about: Rows
    more: str = ""
    shown: MapState | None = None
    map: Picture | None = None
    ranked: Table | None = None
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    terms: Rows = ()
    notes: str = ""
    seconds: int = 0

    @property
    def all_tables(self) -> tuple[Table, ...]:
        """The map's table, those of the charts, then the others."""
        charts = tuple(Table(c.key, c.title, c.table, c.definition, c.source) for c in self.charts)
        every = (*((self.ranked,) if self.ranked else ()), *charts, *self.tables)
        return tuple({table.key: table for table in reversed(every)}.values())[::-1]


@dataclass(frozen=True)
class Document:
    """Scenes in order under one title; `nature` says whether the data are a demonstration, `made_on` the day."""

    title: str
    lang: str
    nature: str
    made_on: str
    contents: tuple[Content, ...] = field(default_factory=tuple)

    @property
    def common(self) -> Rows:
        """What all scenes say of their data alike, said once: nature, edition, version, loading time."""
        every = [content.about for content in self.contents]
        return tuple(row for row in every[0] if len(every) > 1 and all(row in each for each in every)) if every else ()

    @property
    def terms(self) -> Rows:
        """All definitions, each once, in the order they first occur."""
        return tuple(dict(pair for content in self.contents for pair in content.terms).items())
