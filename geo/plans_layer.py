"""The whole of a plan looked at before it is saved: valid, without gap or overlap, in one piece each, nested."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geo.plans_steps import State
from geo.refusals import PlanRefused, Reason
from geo.topology import Faults, gap_area, rounded


def layer_check(state: State) -> Faults:
    """Check all neighbourhoods of a plan as polygons against the outline of its first blocks, and all contacts.

    About 0.3 s for 1,074 neighbourhoods of 12,401 blocks; meant for saving and submitting, while `Plan.apply` looks at
    what an operation touches only. Where blocks were split the outline may differ by some 0.1 m² a split (ends of the
    line lie on the grid), which counts as no gap.
    """
    shapes = layer_of(state)
    polygons = shapes.geometry.to_numpy()
    codes = shapes["code"].to_numpy()
    ground = state.ground
    ids = np.array(list(ground.shape))
    crossing = {state.code_of(block) for block in ids[~shapely.is_valid(list(ground.shape.values()))].tolist()}
    valid = shapely.is_valid(polygons) & ~np.isin(codes, list(crossing))
    sound = bool(valid.all()) and bool(shapely.coverage_is_valid(polygons))
    union = shapely.coverage_union_all(polygons) if sound else shapely.union_all(shapely.make_valid(polygons))
    overlap = float(shapely.area(shapely.make_valid(polygons)).sum() - shapely.area(union))
    gap = gap_area(union, ground.outline)
    broken = [code for code, blocks in _by_code(state).items() if not ground.connected(blocks)]
    strays = {code for community, home in state.homes.items() for code in home.values() if code[:12] != community}
    allowed = 0.2 * len(ground.parents)
    return Faults(
        [str(code) for code in codes[~valid]],
        sorted(broken),
        sorted(strays),
        0.0 if gap <= allowed else gap,
        0.0 if sound else rounded(overlap),
    )


def check_whole(state: State) -> None:
    """Raise PlanRefused if anything is wrong with a plan as a layer, be it that its edition was so before."""
    faults = layer_check(state)
    if faults.invalid:
        raise PlanRefused(Reason.INVALID, faults.invalid)
    if faults.overlap_m2:
        raise PlanRefused(Reason.OVERLAP, detail=f"{faults.overlap_m2:.2f}")
    if faults.gap_m2:
        raise PlanRefused(Reason.GAP, detail=f"{faults.gap_m2:.2f}")
    if faults.not_nested:
        raise PlanRefused(Reason.OTHER_COMMUNITY, faults.not_nested)
    if faults.non_contiguous:
        raise PlanRefused(Reason.DISCONNECTED, faults.non_contiguous)


def layer_of(state: State) -> gpd.GeoDataFrame:
    """One row per neighbourhood: code, community, geometry (the union of its blocks, in the ground's CRS)."""
    by_code = sorted(_by_code(state).items())
    shapes = [_union([state.ground.shape[block] for block in blocks]) for _, blocks in by_code]
    codes = np.array([code for code, _ in by_code], dtype=object)
    table = {"code": codes, "community": [code[:12] for code in codes]}
    return gpd.GeoDataFrame(table, geometry=shapes, crs=state.ground.crs)


def _union(shapes: list[shapely.Geometry]) -> shapely.Geometry:
    """The union of blocks: quick where they share their corners, as they should; the general one where not."""
    try:
        return shapely.coverage_union_all(shapes)
    except shapely.errors.GEOSException:
        return shapely.union_all(shapely.make_valid(shapes))


def _by_code(state: State) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for home in state.homes.values():
        for block, code in home.items():
            found.setdefault(code, []).append(block)
    return found
