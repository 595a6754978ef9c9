"""What the workbench stands on: the edition a draft begins from as a plan, and what its map is given once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from data.manifest import data_root, geography_dir
from geo.editing_map import Surroundings, editing_ground
from geo.plans import Plan
from geo.plans_ground import Ground
from geo.tables import extracts_folder, read_layer
from pages.parts import data, edition


@dataclass(frozen=True)
class Base:
    """The published edition: its first plan, all its blocks, and what stands around them, in metres."""

    edition: str
    plan: Plan
    blocks: gpd.GeoDataFrame
    around: Surroundings

    @property
    def communities(self) -> Collection[str]:
        """Codes of all communities."""
        return self.plan.homes.keys()


def base() -> Base:
    """The published edition, read once a data version. Raises TableError when it is not there or not whole."""
    return _base(data.manifest().version)


@st.cache_resource(max_entries=2, show_spinner=False)
def _base(version: str) -> Base:
    published = edition.edition()
    folder = extracts_folder() / version
    places = read_layer(folder / "places.parquet")
    buildings = _buildings()
    ground = Ground(
        published.blocks, published.edges, offices=places[places["kind"] == "service_office"], buildings=buildings
    )
    around = Surroundings(read_layer(folder / "network.parquet"), buildings, places)
    return Base(data.manifest().edition, Plan.start(ground, published.assignment), published.blocks, around)


def _buildings() -> gpd.GeoDataFrame:
    """Residential buildings where the district keeps them; blocks tell their counts without."""
    path = geography_dir(data_root()) / "buildings.parquet"
    if path.is_file():
        return read_layer(path)
    empty = {"households": pd.Series(dtype=int), "people": pd.Series(dtype=int)}
    return gpd.GeoDataFrame(empty, geometry=[], crs=edition.edition().blocks.crs)


def ground_of(plan: Plan, communities: tuple[str, ...]) -> dict[str, Any]:
    """What the map is given once of the open communities; another one only where blocks were split or transferred."""
    return _ground(base().edition, id(plan.ground), communities, plan)[1]


@st.cache_resource(max_entries=24, show_spinner=False)
def _ground(edition: str, ground: int, communities: tuple[str, ...], _plan: Plan) -> tuple[Ground, dict[str, Any]]:
    """The ground is kept beside what is sent of it, so that its id stays its own."""
    own = sorted(block for code in communities for block in _plan.ground.members[code])
    whole = base()
    others = whole.blocks[~whole.blocks["community"].astype(str).isin(communities)]
    blocks, edges = _plan.ground.blocks_table(own), _plan.ground.edges_table(own)
    return _plan.ground, editing_ground(blocks, edges, others, whole.around)


def names() -> dict[str, tuple[str, str]]:
    """Code -> (Chinese, English name) of every published area, read once a data version."""
    return _names(data.manifest().version)


@st.cache_resource(max_entries=2, show_spinner=False)
def _names(_version: str) -> dict[str, tuple[str, str]]:
    areas = data.areas()
    pairs = zip(areas["code"].astype(str), areas["name_zh"], areas["name_en"], strict=True)
    return {code: (str(zh), str(en)) for code, zh, en in pairs}
