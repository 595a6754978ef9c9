"""A plan for other programs: its neighbourhoods as a GIS layer, its blocks as a table of equivalence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo import formats_write
from geo.formats import TableError
from geo.plans import Plan
from geo.plans_figures import figures

SHEET = (".csv",)


def neighbourhood_layer(plan: Plan, names: Mapping[str, tuple[str, str]] | None = None) -> gpd.GeoDataFrame:
    """One row per neighbourhood: code, name, name_en, community, kind, target, counts, area_m2, measures, geometry.

    `names`: Chinese and English names by code; those given in the plan come first. In the plan's CRS (metres).
    """
    known = {**(names or {}), **plan.names}
    rows = []
    for code in plan.codes:
        seen = figures(plan, code, dict(plan.limits.kinds))
        name, name_en = known.get(code, ("", ""))
        rows.append(
            {
                "code": code, "name": name, "name_en": name_en, "community": code[:12], "kind": seen.kind,
                "target": seen.target, "households": seen.households, "people": seen.people,
                "collective": seen.collective, "buildings": seen.buildings, "area_m2": round(seen.area_m2, 1),
                "range": seen.range.value, "polsby_p": round(seen.polsby_popper, 4),
                "on_barrier": None if seen.barrier_following is None else round(seen.barrier_following, 4),
            }
        )  # fmt: skip
    return gpd.GeoDataFrame(
        pd.DataFrame(rows), geometry=[plan.polygon(code) for code in plan.codes], crs=plan.ground.crs
    )


def equivalence(plan: Plan, base: Plan | None = None) -> pd.DataFrame:
    """One row per block: block_id, from_block, community, neighbourhood_before, neighbourhood, and its counts.

    from_block is the block of the base that it was split from (itself, if it was not); the base is the first plan of
    the line unless another is given.
    """
    first = base or plan.base
    rows = []
    for block, code in plan.assignment.items():
        assert isinstance(block, int)
        known = plan.ground.known_block(block, first.ground.community)
        before = None if known is None else first.code_of(known)
        rows.append((block, known, plan.ground.community[block], before, code, *plan.ground.counts(block)))
    names = ["block_id", "from_block", "community", "neighbourhood_before", "neighbourhood"]
    return pd.DataFrame(rows, columns=[*names, "households", "people", "collective", "buildings"])


def block_layer(plan: Plan) -> gpd.GeoDataFrame:
    """One row per block: block_id, code (its neighbourhood), community, kind, labels, counts, geometry (metres).

    Another program can change the codes and give it back (`geo.plans_import`).
    """
    table = plan.ground.blocks_table()
    table.insert(1, "code", [plan.code_of(block) for block in table["block_id"]])
    return table


def write_plan(
    plan: Plan,
    path: Path,
    *,
    names: Mapping[str, tuple[str, str]] | None = None,
    base: Plan | None = None,
    blocks: bool = False,
) -> dict[str, str]:
    """Write a plan in the format of the file's ending: .csv its equivalence, else its neighbourhoods or `blocks`.

    Layers (.gpkg, .shp, .geojson, .fgb, .parquet) are in EPSG:4490. Returns the fields that a Shapefile renamed. Raises
    TableError with a sentence.
    """
    if path.suffix.lower() not in SHEET:
        return formats_write.write(block_layer(plan) if blocks else neighbourhood_layer(plan, names), path)
    try:
        # With a mark at its beginning a spreadsheet reads the Chinese right.
        equivalence(plan, base).to_csv(path, index=False, encoding="utf-8-sig")
    except OSError as error:
        raise TableError(f"The file {path.name}", f"it cannot be written ({error})", "Name another place.") from error
    return {}
