"""Laying one layer of polygons over another: golden numbers, and what must hold for any tolerance."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coincidence import coincidence
from geo.crs import METRIC, MissingCrsError, to_stored

SQUARE = shapely.box(540_000, 3_540_000, 540_450, 3_540_450)  # 450 m a side, as wide as many a neighbourhood
BESIDE = shapely.box(540_450, 3_540_000, 540_900, 3_540_450)
AREAS = gpd.GeoDataFrame({"code": ["A", "B"]}, geometry=[SQUARE, BESIDE], crs=METRIC)


def layer(*shapes: shapely.Geometry | None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(shapes), crs=METRIC))


@pytest.mark.parametrize(
    ("unit", "code", "overlap", "same"),
    [  # at the tolerance of 0.95
        (SQUARE, "A", 1.0, True),
        (shapely.buffer(SQUARE, -5, join_style="mitre"), "A", (440 / 450) ** 2, True),  # drawn 5 m within
        (shapely.buffer(SQUARE, -8, join_style="mitre"), "A", (434 / 450) ** 2, False),
        (shapely.union(SQUARE, BESIDE), "B", 0.5, False),  # two neighbourhoods joined
        (shapely.box(540_000, 3_540_000, 540_225, 3_540_450), "A", 0.5, False),  # half of one
        (shapely.box(0, 0, 1, 1), None, 0.0, False),
        (None, None, 0.0, False),
    ],
)
def test_a_unit_and_the_area_it_shares_most_ground_with(
    unit: shapely.Geometry | None, code: str | None, overlap: float, same: bool
) -> None:
    codes, shares, coincides = coincidence(layer(unit), AREAS)
    assert codes.iloc[0] == code
    assert shares.iloc[0] == pytest.approx(overlap, abs=1e-6)
    assert bool(coincides.iloc[0]) is same


def test_the_index_is_kept_and_degrees_are_measured_in_metres() -> None:
    units = layer(BESIDE, SQUARE).set_axis([7, 3])
    codes, shares, same = coincidence(to_stored(units), to_stored(AREAS))
    assert codes.to_dict() == {7: "B", 3: "A"}
    assert shares.to_list() == pytest.approx([1, 1], abs=1e-6)
    assert same.all()


def test_a_layer_without_coordinate_system_is_refused() -> None:
    with pytest.raises(MissingCrsError):
        coincidence(gpd.GeoDataFrame(geometry=[SQUARE]), AREAS)


@settings(max_examples=30)
@given(st.floats(0, 200), st.floats(0, 200), st.floats(0.5, 1))
def test_overlap_is_that_of_a_shifted_square_and_tolerance_only_decides(x: float, y: float, tolerance: float) -> None:
    moved = shapely.transform(SQUARE, lambda xy: xy - (x, y))
    _, shares, same = coincidence(layer(moved), AREAS, tolerance)
    common = (450 - x) * (450 - y)
    assert shares.iloc[0] == pytest.approx(common / (2 * 450**2 - common), abs=1e-6)
    assert bool(same.iloc[0]) is bool(shares.iloc[0] >= tolerance)
