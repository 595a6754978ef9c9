"""Cached doors to the published boundary edition: its tables, its measures, its four boundaries, and it as files."""

from __future__ import annotations

import tempfile
import time
import zipfile
from collections.abc import Collection
from io import BytesIO
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import streamlit as st

from data.manifest import data_root, extracts_dir
from geo.commands import check_published
from geo.formats_write import write
from geo.four_boundaries import Side, four_boundaries
from geo.quality import Quality, deviation, polsby_popper
from geo.quality import severed as severed_by
from geo.tables import Published, read_published
from geo.zoning import neighbourhoods
from pages.parts import data

DIGITS = {"neighbourhood": 15, "community": 12, "subdistrict": 9, "district": 6}
FORMATS = {"gpkg": "application/geopackage+sqlite3", "geojson": "application/geo+json", "shp": "application/zip"}


def edition() -> Published:
    """The published edition in metres. Raises TableError when it is not there or not whole."""
    return _edition(data.manifest().version)


@st.cache_resource(max_entries=3, show_spinner=False)
def _edition(version: str) -> Published:
    return read_published(version)


def outlines(level: str) -> gpd.GeoDataFrame:
    """The areas of a level (code, geometry in EPSG:4490), simplified together to about 40 m for small drawings."""
    return _outlines(data.manifest().version, level)


@st.cache_resource(max_entries=8, show_spinner=False)
def _outlines(version: str, level: str) -> gpd.GeoDataFrame:
    path = extracts_dir(data_root()) / version / "boundaries.parquet"
    layer = gpd.read_parquet(path, columns=["code", "level", "geometry"])
    chosen = layer[layer["level"] == level].set_index("code")
    return chosen.set_geometry(shapely.coverage_simplify(chosen.geometry.to_numpy(), 0.0004), crs=layer.crs)


def part(code: str) -> Published:
    """The edition inside one area of any level."""
    whole = edition()
    if code == "320613":
        return whole
    hoods = set(data.children(code, "neighbourhood")["code"]) or {code}
    inside = whole.blocks["neighbourhood"].isin(hoods)
    levels = {"neighbourhood": hoods, "community": {hood[:12] for hood in hoods}}
    shape = whole.boundaries[whole.boundaries["code"] == code].assign(level="district")
    keep = [
        whole.boundaries[whole.boundaries["level"].eq(k) & whole.boundaries["code"].isin(v)] for k, v in levels.items()
    ]
    ids = whole.blocks.loc[inside, "block_id"]
    touched = whole.edges["left"].isin(ids) | whole.edges["right"].isin(ids)
    return Published(whole.blocks[inside], whole.edges[touched], pd.concat([*keep, shape], ignore_index=True))


def quality(code: str) -> Quality:
    """The measures of the edition inside one area; gaps and overlaps are those inside it."""
    return _quality(data.manifest().version, code)


@st.cache_data(max_entries=200, show_spinner=False)
def _quality(version: str, code: str) -> Quality:
    return check_published(part(code), time.perf_counter())


def severed(code: str) -> pd.DataFrame:
    """Neighbourhoods of the area that a river or arterial runs through, see `geo.quality.severed`."""
    return _severed(data.manifest().version, code)


@st.cache_data(max_entries=50, show_spinner=False)
def _severed(version: str, code: str) -> pd.DataFrame:
    inside = part(code)
    return severed_by(inside.edges, inside.assignment)


def hoods(code: str) -> pd.DataFrame:
    """One row per neighbourhood of the area, by code: kind, target, households, buildings, off (share of the target by
    which households differ from it, signed), roundness (Polsby–Popper).
    """
    return _hoods(data.manifest().version, code)


@st.cache_data(max_entries=200, show_spinner=False)
def _hoods(version: str, code: str) -> pd.DataFrame:
    inside = part(code)
    layer = neighbourhoods(inside.blocks, inside.assignment)
    sign = np.sign(layer["households"] - layer["target"])
    table = layer.assign(off=deviation(layer) * sign, roundness=polsby_popper(layer.geometry.to_numpy()))
    return pd.DataFrame(table.drop(columns="geometry")).set_index("code", drop=False)


def sides(level: str, codes: Collection[str]) -> dict[str, dict[str, Side]]:
    """Code -> side -> what bounds it, for these areas of a nested level."""
    return _sides(data.manifest().version, level, tuple(sorted(codes)))


@st.cache_resource(max_entries=200, show_spinner=False)
def _sides(version: str, level: str, codes: tuple[str, ...]) -> dict[str, dict[str, Side]]:
    whole = edition()
    return four_boundaries(whole.edges, whole.assignment.str[: DIGITS[level]], whole.blocks, codes)


def as_file(code: str, kind: str, nature: str) -> bytes:
    """The boundaries of the area and of all areas in it as a file of `kind` (one of FORMATS), EPSG:4490; every row says
    its edition and `nature` (demonstration boundaries). Raises TableError.
    """
    whole = edition().boundaries
    own = data.areas()
    inside = {code, *(c for level in ("subdistrict", "community", "neighbourhood") for c in _inside(code, level))}
    layer = whole[whole["code"].isin(inside)].merge(
        own[["code", "households", "people"]].reset_index(drop=True), on="code"
    )
    return _file(layer.assign(edition=data.manifest().edition, nature=nature), kind)


def _inside(code: str, level: str) -> list[str]:
    return [str(found) for found in data.children(code, level)["code"]]


def _file(layer: gpd.GeoDataFrame, kind: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"linli.{kind}"
        write(layer, path)
        if kind != "shp":
            return path.read_bytes()
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for each in sorted(Path(folder).iterdir()):
                archive.write(each, each.name)
        return out.getvalue()
