"""Publishing a boundary edition: from an assignment of blocks to the boundary tables that every page reads."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from data.contract import DataError, Table, check_parquet, load_contract
from data.demo_geography import Geography
from data.demo_names import REFERENCE
from data.edition_areas import DISTRICT, area_table, references
from data.edition_bounds import bounds_of_levels
from data.manifest import EDITION, edition_dir, geography_dir
from geo import crs, zoning
from geo.topology import Faults, layer_faults

Progress = Callable[[str, float], None]
TABLES = ("areas", "boundaries", "blocks", "edges", "network", "landmarks")
BLOCK_COLUMNS = [
    "block_id", "neighbourhood", "community", "kind", "compound", "village_group", "landmark", "households", "people",
    "collective", "buildings", "geometry",
]  # fmt: skip
EDGE_COLUMNS = ["edge_id", "left", "right", "length_m", "barrier", "name", "line_id", "contact", "geometry"]
LINE_COLUMNS = ["line_id", "kind", "class", "name_zh", "name_en", "simulated", "bridge", "width_m", "geometry"]


class EditionBroken(DataError):
    """Raised when boundaries to be published have gaps, overlaps or separate pieces, or stray from their community."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(
            "The edition cannot be published: its neighbourhoods are "
            f"invalid ({len(faults.invalid)}), in pieces ({len(faults.non_contiguous)}), outside their community "
            f"({len(faults.not_nested)}), with gaps of {faults.gap_m2} m2 and overlaps of {faults.overlap_m2} m2. "
            "Repair the assignment of blocks and publish again."
        )
        self.faults = faults


@dataclass(frozen=True)
class Edition:
    """A boundary edition as tables; geometries in EPSG:4490.

    areas: extracts.area of the contract without the responsible office. boundaries, blocks, edges, network: as in the
    contract. landmarks: name, name_en, neighbourhood, geometry.
    """

    areas: pd.DataFrame
    boundaries: gpd.GeoDataFrame
    blocks: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    network: gpd.GeoDataFrame
    landmarks: gpd.GeoDataFrame


def make_edition(
    geography: Geography,
    assignment: pd.Series,
    progress: Progress,
    names: Callable[[pd.Series], pd.DataFrame] | None = None,
) -> Edition:
    """Put an assignment (block_id -> neighbourhood code) into the tables of an edition.

    `geography` is in EPSG:4549 metres. `progress` hears the step and the share done. `names`: codes -> code, name_zh,
    name_en, pinyin, initials (else community and serial). Raises EditionBroken when the boundaries would have gaps,
    overlaps or separate pieces.
    """
    progress("neighbourhoods", 0.1)
    hoods = zoning.neighbourhoods(geography.blocks, assignment, geography.targets)
    _check_boundaries(geography, assignment, hoods)
    progress("levels", 0.35)
    shapes = _shapes(hoods, references(REFERENCE))
    progress("four boundaries", 0.5)
    bounds = bounds_of_levels(geography.edges, assignment, geography.blocks)
    progress("areas", 0.8)
    areas = area_table(hoods, shapes, bounds, REFERENCE, None if names is None else names(hoods["code"]))
    blocks = geography.blocks.assign(neighbourhood=geography.blocks["block_id"].map(assignment))[BLOCK_COLUMNS]
    edges = geography.edges.assign(edge_id=range(len(geography.edges)))
    network = geography.lines.rename(columns={"name": "name_zh"})[LINE_COLUMNS]
    marks = geography.landmarks.assign(neighbourhood=geography.landmarks["block_id"].map(assignment))
    return Edition(
        areas=areas,
        boundaries=crs.to_stored(_boundaries(areas, shapes)),
        blocks=crs.to_stored(_as_text(blocks, ["compound", "village_group", "landmark"])),
        edges=crs.to_stored(_as_text(edges[EDGE_COLUMNS], ["name"])),
        network=crs.to_stored(_as_text(network, ["name_zh", "name_en"])),
        landmarks=crs.to_stored(marks.drop(columns="block_id")),
    )


def _check_boundaries(geography: Geography, assignment: pd.Series, hoods: gpd.GeoDataFrame) -> None:
    faults = layer_faults(
        hoods,
        outline=geography.outline.geometry.iloc[0],
        blocks=geography.blocks,
        edges=geography.edges,
        assignment=assignment,
    )
    if faults.invalid or faults.non_contiguous or faults.not_nested or faults.gap_m2 or faults.overlap_m2:
        raise EditionBroken(faults)


def _shapes(hoods: gpd.GeoDataFrame, names: pd.DataFrame) -> gpd.GeoSeries:
    """Code -> geometry (metres) of every area: neighbourhoods, and all others as the unions of theirs."""
    communities = names[names["level"] == "community"].set_index("code")
    members: dict[str, list[int]] = {}
    for row, code in enumerate(hoods["code"]):
        place = communities.loc[code[:12]]
        above = [DISTRICT, code[:9], code[:12], place["zone"], place["former_district"]]
        for ancestor in above:
            if ancestor:
                members.setdefault(ancestor, []).append(row)
    geometry = hoods.geometry.to_numpy()
    unions = {code: shapely.coverage_union_all(geometry[rows]) for code, rows in sorted(members.items())}
    own = dict(zip(hoods["code"], geometry, strict=True))
    return gpd.GeoSeries(own | unions, crs=hoods.crs)


def _boundaries(areas: pd.DataFrame, shapes: gpd.GeoSeries) -> gpd.GeoDataFrame:
    columns = areas[["code", "level", "parent", "name_zh", "name_en"]]
    return gpd.GeoDataFrame(columns, geometry=shapes.loc[areas["code"]].to_numpy(), crs=shapes.crs)


def _as_text(table: gpd.GeoDataFrame, columns: list[str]) -> gpd.GeoDataFrame:
    """Make columns text even where all of one is empty: a file of nothing but gaps would have no type."""
    texts = {name: table[name].astype(object).where(table[name].notna(), None).astype("str") for name in columns}
    return table.assign(**texts)


def publish_edition(edition: Edition, root: Path, name: str = EDITION) -> Path:
    """Write the edition's tables to `root`/editions/<name> and its assignment beside the geography; return the folder.

    The folder appears whole or not at all. Raises TableBroken when a table is not what the contract says.
    """
    folder = write_edition(edition, root, name)
    write_assignment(root, edition.blocks)
    return folder


def write_edition(edition: Edition, root: Path, name: str) -> Path:
    """Write the edition's tables to `root`/editions/<name>, whole or not at all; return the folder."""
    contract = load_contract()
    folder = edition_dir(root, name)
    partial = folder.with_name(f".{name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for table in TABLES:
        write_layer(partial / f"{table}.parquet", getattr(edition, table), contract.extracts.get(table))
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    return folder


def write_layer(path: Path, frame: pd.DataFrame, table: Table | None = None) -> None:
    """Write a frame as Parquet (GeoParquet, EPSG:4490, where it has shapes), checked against `table` where given."""
    if isinstance(frame, gpd.GeoDataFrame) and (frame.crs is None or frame.crs != crs.STORED):
        raise crs.MissingCrsError(path.name)
    frame.to_parquet(path, index=False, compression="zstd")
    if table is not None:
        check_parquet(path, table)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def write_assignment(root: Path, blocks: pd.DataFrame) -> None:
    """Write block_id and neighbourhood where the records are made from them."""
    path = geography_dir(root) / "assignment.parquet"
    partial = path.with_suffix(".part")
    pd.DataFrame(blocks[["block_id", "neighbourhood"]]).to_parquet(partial, index=False)
    partial.replace(path)


def places(landmarks: gpd.GeoDataFrame, offices: pd.DataFrame, areas: pd.DataFrame) -> gpd.GeoDataFrame:
    """One row per service office or landmark: kind, id, name_zh, name_en, neighbourhood, geometry (EPSG:4490).

    `landmarks`: name, name_en, neighbourhood, geometry. `offices`: records.service_office. `areas`: code, name_en.
    """
    marks = landmarks.assign(
        kind="landmark", id=[f"L{i:02d}" for i in range(1, len(landmarks) + 1)], name_zh=landmarks["name"]
    )
    english = areas.set_index("code")["name_en"]
    points = gpd.GeoDataFrame(
        {
            "kind": "service_office", "id": offices["office_id"], "name_zh": offices["name"],
            "name_en": offices["neighbourhood"].map(english) + " Service Office",
            "neighbourhood": offices["neighbourhood"],
        },
        geometry=gpd.points_from_xy(offices["lon"], offices["lat"]), crs=crs.STORED,
    )  # fmt: skip
    both = pd.concat([marks, points], ignore_index=True)
    texts = ["kind", "id", "name_zh", "name_en", "neighbourhood"]
    both[texts] = both[texts].astype("str")  # said outright: without any place the columns would have no type
    return both[[*texts, "geometry"]]
