"""Where the next service offices would help most, for the area in view: asked once, remembered per data version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import streamlit as st

import queries.reach_charts
from data.manifest import data_root, extracts_dir
from geo import crs
from geo.map_overlays import rings_of
from geo.reach import Pairs, pairs_within, walking_graph
from geo.siting import Sites, best_sites
from pages.parts import data, edition, state

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Proposal:
    """New sites for an area: `found` (rows of blocks), `table` (order, neighbourhood, lon, lat, gain, share after) and
    the ground they add as the map draws it.
    """

    found: Sites
    households: int
    table: pd.DataFrame
    ground: str

    @property
    def before(self) -> float:
        """Share of the area's households within reach today."""
        return self.found.before / self.households if self.households else 0.0

    @property
    def after(self) -> float:
        """Share of them with the new sites."""
        return self.found.after / self.households if self.households else 0.0


def propose(area: str, count: int, end: date, progress: Progress) -> Proposal:
    """The best `count` places in `area` for new offices, beside those open at `end`.

    `progress` hears what is being done and the share done. Raises SiteCountError.
    """
    version = data.manifest().version
    progress("streets", 0.1)
    pairs = _pairs(version)
    progress("sites", 0.7)
    made = _proposal(version, area, count, end, pairs)
    progress("done", 1.0)
    return made


@st.cache_resource(max_entries=2, show_spinner=False)
def _pairs(version: str) -> Pairs:
    """Which block is within a walk of which, in the order of the blocks."""
    lines = crs.to_metric(gpd.read_parquet(extracts_dir(data_root()) / version / "network.parquet"))
    blocks = data.ask(queries.reach_charts.reach_blocks, state.DISTRICT, date.max)
    homes = gpd.GeoSeries(gpd.points_from_xy(blocks["home_lon"], blocks["home_lat"]), crs=crs.STORED).to_crs(lines.crs)
    rows = np.arange(len(blocks))
    return pairs_within(walking_graph(lines, homes.to_numpy()), rows, rows)


@st.cache_data(max_entries=200, show_spinner=False)
def _proposal(version: str, area: str, count: int, end: date, _pairs: Pairs) -> Proposal:
    blocks = edition.edition().blocks.sort_values("block_id")
    rows = data.ask(queries.reach_charts.reach_blocks, area, end)
    inside, covered = rows["inside"].to_numpy(dtype=bool), rows["covered"].to_numpy(dtype=bool)
    households = np.where(inside, rows["households"], 0).astype(float)
    own = inside[_pairs.source] & inside[_pairs.target]
    near = Pairs(_pairs.source[own], _pairs.target[own], _pairs.metres[own])
    found = best_sites(near, households, covered, count)
    added = np.unique(near.target[np.isin(near.source, found.chosen)])
    fresh = blocks.iloc[added[~covered[added]]]
    total = int(households.sum())
    return Proposal(found, total, _table(rows, found, total), rings_of(fresh))


def _table(blocks: pd.DataFrame, found: Sites, households: int) -> pd.DataFrame:
    chosen = blocks.iloc[list(found.chosen)]
    reached = found.before + np.cumsum(found.gains)
    return pd.DataFrame(
        {
            "order": range(1, len(chosen) + 1),
            "neighbourhood": chosen["neighbourhood"].to_numpy(),
            "lon": chosen["home_lon"].round(6).to_numpy(),
            "lat": chosen["home_lat"].round(6).to_numpy(),
            "gain": np.array(found.gains).round().astype(int),
            "share": 100 * reached / households if households else np.nan * reached,
        }
    )
