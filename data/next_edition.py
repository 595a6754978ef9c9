"""The tables of a new edition, from a plan on a former one: its blocks, borders, areas with names, and four sides."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pypinyin import Style, lazy_pinyin

from data.demo_geography import Geography
from data.demo_names import neighbourhood_names
from data.manifest import geography_dir
from data.publish import Edition, Progress, make_edition
from geo import crs
from geo.plans import Plan

NO_TARGETS = pd.DataFrame(columns=["community", "kind", "target"])
NAMES = ["name_zh", "name_en", "pinyin", "initials"]


def next_edition(root: Path, base: Path, plan: Plan, progress: Progress) -> Edition:
    """Put a plan on the edition in folder `base` into the tables of an edition.

    Neighbourhoods keep their names unless the plan gives others; those without any are named by community and serial.
    Raises EditionBroken.
    """
    former = pd.read_parquet(base / "areas.parquet", columns=["code", *NAMES])
    return make_edition(
        _geography(root, base, plan), plan.assignment, progress, lambda codes: named(codes, former, plan.names)
    )


def named(codes: pd.Series, former: pd.DataFrame, given: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """code, name_zh, name_en, pinyin, initials of neighbourhoods: as given, else as before, else by serial."""
    table = neighbourhood_names(codes).set_index("code")
    known = former[former["code"].isin(table.index)].set_index("code")
    table.loc[known.index, NAMES] = known[NAMES]
    for code in table.index.intersection(list(given)):
        chinese, english = given[code]
        if chinese:
            table.loc[code, NAMES] = [chinese, english or spoken(chinese).title(), spoken(chinese), initials(chinese)]
    return table.reset_index()


def spoken(name: str) -> str:
    """A Chinese name in pinyin, without tones or spaces."""
    return "".join(lazy_pinyin(name)).lower()


def initials(name: str) -> str:
    """The first letters of a Chinese name's syllables."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()


def _geography(root: Path, base: Path, plan: Plan) -> Geography:
    """The plan's ground as the tables that an edition is made from; what an edition does not need stays empty."""
    blocks, edges = plan.ground.blocks_table(), plan.ground.edges_table()
    whole = shapely.coverage_union_all(np.array(list(plan.base.ground.shape.values()), dtype=object))
    outline = gpd.GeoDataFrame({"name": ["outline"]}, geometry=[whole], crs=blocks.crs)
    lines = gpd.read_parquet(base / "network.parquet").to_crs(blocks.crs).rename(columns={"name_zh": "name"})
    marks = gpd.read_parquet(base / "landmarks.parquet").to_crs(blocks.crs).drop(columns="neighbourhood")
    point, block = shapely.STRtree(blocks.geometry.to_numpy()).query(marks.geometry.to_numpy(), predicate="intersects")
    home = pd.Series(blocks["block_id"].to_numpy()[block], index=point)
    targets = geography_dir(root) / "targets.parquet"
    return Geography(
        outline=outline,
        lines=lines,
        blocks=blocks,
        edges=edges,
        targets=pd.read_parquet(targets) if targets.is_file() else NO_TARGETS,
        buildings=gpd.GeoDataFrame(geometry=[], crs=crs.METRIC),
        compounds=pd.DataFrame(),
        village_groups=pd.DataFrame(),
        landmarks=marks.assign(block_id=home[~home.index.duplicated()].reindex(range(len(marks))).to_numpy()),
    )
