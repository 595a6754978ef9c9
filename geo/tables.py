"""Reading and writing blocks, edges and neighbourhoods: the published edition, or files that GDAL reads."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import crs, formats, formats_write
from geo.blocks import block_segments
from geo.formats import TableError as TableError

NEIGHBOURHOOD_COLUMNS = ("code", "community", "kind", "target", "households", "buildings")


@dataclass(frozen=True)
class Published:
    """The published edition, in metres: blocks (with neighbourhood), edges, and boundaries (code, level, geometry)."""

    blocks: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    boundaries: gpd.GeoDataFrame

    @property
    def assignment(self) -> pd.Series:
        """The edition as a table: block_id -> neighbourhood."""
        edition: pd.Series = self.blocks.set_index("block_id")["neighbourhood"]
        return edition

    def level(self, name: str) -> gpd.GeoDataFrame:
        """Boundaries of one level: district, subdistrict, community, neighbourhood or zone."""
        return self.boundaries[self.boundaries["level"] == name].reset_index(drop=True)


def extracts_folder() -> Path:
    """Where built extracts and their manifest stand: in $LINLI_DATA, else in the project's own data folder."""
    return Path(os.environ.get("LINLI_DATA") or Path(__file__).resolve().parents[1] / "data") / "extracts"


def read_published(version: str = "") -> Published:
    """The edition of a version of the extracts, "" being the one their manifest names.

    Raises TableError if it is not there or not whole.
    """
    extracts = extracts_folder()
    then = "Build it with `python -m data prepare`"
    try:
        version = version or str(json.loads((extracts / "manifest.json").read_text("utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TableError(
            "The published edition", f"there is none to read ({type(error).__name__})", f"{then}."
        ) from error
    folder = extracts / version
    tables = [read_layer(folder / f"{name}.parquet", then) for name in ("blocks", "edges", "boundaries")]
    require(
        "The published blocks", tables[0], ("block_id", "neighbourhood", "community", "kind", "households", "buildings")
    )
    require("The published boundaries", tables[2], ("code", "level"))
    tables[1]["bank"] = on_bank(tables[1], folder / "network.parquet")
    return Published(*tables)


def on_bank(edges: pd.DataFrame, network: Path) -> pd.Series:
    """Whether each edge lies on the bank of a river, not on its middle; no, where the network is not at hand."""
    if not network.exists() or "line_id" not in edges.columns:
        return pd.Series(False, index=edges.index)
    lines: pd.DataFrame = pd.read_parquet(network, columns=["line_id", "class"])
    bank: pd.Series = edges["line_id"].isin(lines.loc[lines["class"] == "bank", "line_id"])
    return bank


def read_layer(path: Path, then: str = "Check the name of the file and its contents") -> gpd.GeoDataFrame:
    """A layer of any readable format, in metres: EPSG:4549, or the system that fits where that doesn't.

    Raises TableError with a sentence.
    """
    layer = formats.read(path, then=then)
    return crs.to_local(layer, f"The file {path.name}")


def require(what: str, table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    """Raise TableError if a column is missing."""
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise TableError(what, f"there is no column {', '.join(missing)}", "Add it, or give another file.")


def require_areas(blocks: gpd.GeoDataFrame, what: str) -> None:
    """Raise TableError unless all shapes are areas that do not cross themselves."""
    shapes = blocks.geometry.to_numpy()
    if (shapely.get_dimensions(shapes) != 2).any():
        raise TableError(what, "some are no areas", "Cut blocks from lines with `python -m geo blocks`.")
    crossing = ~shapely.is_valid(shapes)
    if crossing.any():
        reason = shapely.is_valid_reason(shapes[crossing][0])
        raise TableError(what, f"{int(crossing.sum())} of them cross themselves (the first: {reason})", "Redraw them.")


def edges_file(blocks: Path) -> Path:
    """Where the edges of a file of blocks are kept: blocks.parquet -> blocks.edges.parquet."""
    return blocks.with_name(f"{blocks.stem}.edges.parquet")


def read_blocks(path: Path) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Blocks of a file and their edges: from the file beside it, else from the shapes, without barriers."""
    blocks = read_layer(path)
    require_areas(blocks, f"The blocks of {path.name}")
    if "block_id" not in blocks.columns:
        blocks.insert(0, "block_id", np.arange(len(blocks)))
    if "community" in blocks.columns:
        blocks["community"] = blocks["community"].astype(str)
    beside = edges_file(path)
    if not beside.exists() and path.name == "blocks.parquet":
        beside = path.with_name("edges.parquet")
    return blocks, (read_layer(beside) if beside.exists() else bare_edges(blocks))


def bare_edges(blocks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Edges between blocks from their shapes alone: barrier and name None, contact wherever two share a border."""
    segments = block_segments(blocks.geometry.to_numpy())
    ids = blocks["block_id"].to_numpy()
    pieces = shapely.linestrings(segments.coordinates.reshape(-1, 2, 2))
    table = pd.DataFrame({"i": segments.left, "j": segments.right})
    group = table.groupby(["i", "j"], sort=True).ngroup().to_numpy()
    order = np.argsort(group, kind="stable")
    lines = shapely.line_merge(shapely.multilinestrings(pieces[order], indices=group[order]))
    pairs = table.iloc[order].drop_duplicates().to_numpy()
    right = np.where(pairs[:, 1] >= 0, ids[pairs[:, 1]], -1)
    empty = pd.Series([None] * len(pairs), dtype="object")
    columns = {
        "left": ids[pairs[:, 0]],
        "right": right,
        "length_m": shapely.length(lines),
        "barrier": empty,
        "name": empty,
    }
    edges = gpd.GeoDataFrame({**columns, "line_id": -1, "contact": right >= 0}, geometry=lines, crs=blocks.crs)
    return edges.explode(ignore_index=True).assign(length_m=lambda rows: rows.geometry.length)


def read_assignment(path: Path, blocks: gpd.GeoDataFrame) -> pd.Series:
    """An edition for these blocks (block_id -> code): a table with block_id and neighbourhood, or polygons with code.

    A block belongs to the polygon that holds its inner point; blocks in none have no neighbourhood (NaN).
    """
    if path.suffix == ".csv":
        try:
            table: pd.DataFrame = pd.read_csv(path, dtype={"neighbourhood": str})
        except (OSError, ValueError) as error:
            raise TableError(
                f"The file {path.name}", "it cannot be read as CSV", "Check its name and contents."
            ) from error
    else:
        table = read_layer(path)
    if {"block_id", "neighbourhood"} <= set(table.columns):
        return table.drop_duplicates("block_id").set_index("block_id")["neighbourhood"].reindex(blocks["block_id"])
    require(f"The file {path.name}", table, ("code",))
    if not isinstance(table, gpd.GeoDataFrame):
        raise TableError(f"The file {path.name}", "it has no shapes and no block ids", "Give one or the other.")
    return assign_inside(blocks, table)


def assign_inside(blocks: gpd.GeoDataFrame, neighbourhoods: gpd.GeoDataFrame) -> pd.Series:
    """block_id -> code of the polygon that holds the block's inner point."""
    points = shapely.point_on_surface(blocks.geometry.to_numpy())
    tree = shapely.STRtree(neighbourhoods.to_crs(blocks.crs).geometry.to_numpy())
    point, polygon = tree.query(points, predicate="within")
    found = pd.Series(
        neighbourhoods["code"].astype(str).to_numpy()[polygon], index=blocks["block_id"].to_numpy()[point]
    )
    return found[~found.index.duplicated()].reindex(blocks["block_id"])


def write_layer(layer: gpd.GeoDataFrame, path: Path) -> None:
    """Write a layer in EPSG:4490 in the format of the file's ending. Raises TableError with a sentence."""
    formats_write.write(layer, path)
