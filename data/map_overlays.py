"""The map's overlays as scripts, from the published extracts: what borders lie on, a walk's ground, grids, groups."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from geo.map_overlays import encode_borders, encode_ground, encode_units

OVERLAY_ROLES: Final = {
    "edges": "overlay-edges", "reach_walk": "overlay-reach", "grids": "overlay-grids", "groups": "overlay-groups",
}  # fmt: skip
"""Layer of the map -> the beginning of its file's name."""


def overlay_scripts(paths: Mapping[str, Path]) -> dict[str, str]:
    """Role -> script that leaves the overlay's geometry on `window`; only those whose tables are there.

    `paths`: blocks, edges, network, places, reach and three_in_one (.parquet).
    """
    return _of_blocks(paths) | _of_units(paths["three_in_one"])


UNITS: Final = {"grids": "grid", "groups": "residents_group"}
"""Layer of the map -> kind of unit it shows."""


def _of_units(path: Path) -> dict[str, str]:
    """Only the layers whose units have polygons."""
    if not path.is_file():
        return {}
    units = gpd.read_parquet(path)
    drawn = units[~units.geometry.isna()]
    kinds = {layer: drawn[drawn["kind"] == kind] for layer, kind in UNITS.items()}
    return {OVERLAY_ROLES[k]: _script(k, encode_units(rows)) for k, rows in kinds.items() if len(rows)}


def _of_blocks(paths: Mapping[str, Path]) -> dict[str, str]:
    if not paths["blocks"].is_file():
        return {}
    blocks = gpd.read_parquet(paths["blocks"])
    found = {}
    if paths["edges"].is_file():
        code = blocks.set_index("block_id")["neighbourhood"]
        text = encode_borders(gpd.read_parquet(paths["edges"]), code, _english(paths))
        found[OVERLAY_ROLES["edges"]] = _script("edges", text)
    if paths["reach"].is_file():
        reach = pd.read_parquet(paths["reach"], columns=["block_id", "walk_since"]).dropna()
        near = blocks[blocks["block_id"].isin(reach["block_id"])]
        found[OVERLAY_ROLES["reach_walk"]] = _script("reach_walk", encode_ground(near))
    return found


def _english(paths: Mapping[str, Path]) -> pd.Series:
    """Chinese name of a line or landmark -> its English name."""
    names = [pd.read_parquet(paths[name], columns=["name_zh", "name_en"]) for name in ("network", "places")]
    return pd.concat(names).dropna().drop_duplicates("name_zh").set_index("name_zh")["name_en"]


def _script(layer: str, text: str) -> str:
    return f"(window.LINLI_OVERLAYS=window.LINLI_OVERLAYS||{{}}).{layer}={text};\n"
