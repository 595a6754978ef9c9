"""A chessboard district for tests: the real communities, 1,074 square neighbourhoods of six blocks each, no roads."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

REFERENCE = Path(__file__).parents[1] / "data" / "reference"
NEIGHBOURHOODS, RURAL = 1074, 115
ORIGIN, CELL, BLOCK = (540_000.0, 3_540_000.0), 1_300.0, 140.0


def write_geography(folder: Path) -> None:
    """Write blocks, edges, buildings and assignment (EPSG:4490) into `folder`, as the demonstration does."""
    folder.mkdir(parents=True, exist_ok=True)
    blocks = _blocks()
    _buildings(blocks).to_crs(4490).to_parquet(folder / "buildings.parquet")
    _edges(blocks).to_parquet(folder / "edges.parquet")
    blocks[["block_id", "neighbourhood"]].to_parquet(folder / "assignment.parquet")
    blocks.drop(columns="neighbourhood").to_crs(4490).to_parquet(folder / "blocks.parquet")


def communities() -> pd.DataFrame:
    """Return the 166 communities with how many neighbourhoods each gets and of which kind."""
    table = pd.read_csv(REFERENCE / "communities.csv", dtype=str).query("in_2020_edition == '1'").reset_index(drop=True)
    rural = table["rural"].eq("1").to_numpy()
    count = np.where(rural, RURAL // rural.sum(), (NEIGHBOURHOODS - RURAL) // (~rural).sum())
    for chosen, total in ((rural, RURAL), (~rural, NEIGHBOURHOODS - RURAL)):
        count[np.flatnonzero(chosen)[: total - count[chosen].sum()]] += 1
    return table.assign(neighbourhoods=count, kind=np.where(rural, "rural", "urban"))


def _blocks() -> gpd.GeoDataFrame:
    places = communities()
    table = places.loc[places.index.repeat(places["neighbourhoods"])].reset_index(names="place")
    serial = table.groupby("code").cumcount()
    table["neighbourhood"] = table["code"] + (serial + 1).astype(str).str.zfill(3)
    table["x"] = ORIGIN[0] + CELL * (table["place"] % 13) + 420 * (serial % 3)
    table["y"] = ORIGIN[1] + CELL * (table["place"] // 13) + 280 * (serial // 3)
    table = table.loc[table.index.repeat(6)].reset_index(drop=True)
    part = table.groupby("neighbourhood").cumcount()
    x, y = table["x"] + BLOCK * (part % 3), table["y"] + BLOCK * (part // 3)
    rng = np.random.default_rng(1)
    households = np.where(table["kind"] == "rural", 25, 50) + rng.integers(-3, 4, len(table))
    campus = rng.random(len(table)) < 0.02
    return gpd.GeoDataFrame(
        {
            "block_id": np.arange(len(table)),
            "neighbourhood": table["neighbourhood"],
            "subdistrict": table["subdistrict_code"],
            "community": table["code"],
            "kind": table["kind"],
            "households": households,
            "people": np.round(households * 2.9).astype(int),
            "collective": np.where(campus, rng.integers(800, 2200, len(table)), 0),
            "buildings": np.where(table["kind"] == "rural", households, 1),
        },
        geometry=shapely.box(x, y, x + BLOCK, y + BLOCK),
        crs=4549,
    )


def _buildings(blocks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    each = blocks.loc[blocks.index.repeat(blocks["buildings"])]
    rng = np.random.default_rng(2)
    centre = each.geometry.centroid
    points = shapely.points(centre.x + rng.uniform(-60, 60, len(each)), centre.y + rng.uniform(-60, 60, len(each)))
    return gpd.GeoDataFrame(
        {
            "building_id": np.arange(len(each)),
            "block_id": each["block_id"].to_numpy(),
            "households": (each["households"] // each["buildings"]).to_numpy(),
            "people": (each["people"] // each["buildings"]).to_numpy(),
        },
        geometry=points,
        crs=4549,
    )


def _edges(blocks: gpd.GeoDataFrame) -> pd.DataFrame:
    """Every pair of blocks with a common side."""
    shapes = blocks.geometry.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="touches")
    left, right = left[left < right], right[left < right]
    length = shapely.length(shapely.intersection(shapes[left], shapes[right]))
    table = pd.DataFrame({"left": left, "right": right, "length_m": length, "contact": True})
    return table[table["length_m"] > 1].reset_index(drop=True)
