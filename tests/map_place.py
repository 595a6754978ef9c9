"""A tiny place for the map's tests: two subdistricts, three communities and six neighbourhoods around a river."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely
from shapely.geometry import LineString, Point, Polygon

# a grid of 3 × 2 cells of about a kilometre; the border between the two rows wavers by 0.3 m every 9 m
WAVE = [(120.80 + i * 0.0001, 32.01 + (i % 2) * 0.000003) for i in range(301)]
CODES = [f"32061300{s}00{c}00{n}" for s, c, n in [(1, 1, 1), (1, 1, 2), (2, 1, 1), (1, 2, 1), (1, 2, 2), (2, 1, 2)]]
NAMES = dict(zip(CODES, ["甲-01", "甲-02", "丙-01", "乙-01", "乙-02", "丙-02"], strict=True))


def make_areas() -> gpd.GeoDataFrame:
    """Boundaries of all levels as publishing writes them (EPSG:4490)."""
    units = dict(zip(CODES, [_cell(row, column) for row in (0, 1) for column in (0, 1, 2)], strict=True))
    rows = [_row(code, "neighbourhood", code[:12], NAMES[code], shape) for code, shape in units.items()]
    for level, digits in (("community", 12), ("subdistrict", 9), ("district", 6)):
        for code in sorted({unit[:digits] for unit in CODES}):
            parent = {"community": code[:9], "subdistrict": "320613", "district": None}[level]
            inside = [shape for unit, shape in units.items() if unit.startswith(code)]
            rows.append(_row(code, level, parent, f"{level} {code[-1]}", shapely.union_all(inside)))
    zone = shapely.union_all([shape for unit, shape in units.items() if unit.startswith("320613002")])
    rows.append(_row("320613401", "zone", "320613", "开发区", zone))
    return gpd.GeoDataFrame(rows, crs="EPSG:4490")


def make_network() -> gpd.GeoDataFrame:
    """A named road in two pieces, a river, a lane without a name, and an outline that is not drawn."""
    rows = [
        ("road", "arterial", "人民路", "Renmin Road", None, LineString([(120.80, 32.005), (120.815, 32.005)])),
        ("road", "arterial", "人民路", "Renmin Road", None, LineString([(120.815, 32.005), (120.83, 32.005)])),
        ("water", "river", "濠河", "Hao River", 60.0, LineString(WAVE)),
        ("road", "lane", None, None, None, LineString([(120.805, 32.0), (120.805, 32.02)])),
        ("boundary", "outline", None, None, None, LineString([(120.80, 32.0), (120.83, 32.0)])),
    ]
    columns = ["kind", "class", "name_zh", "name_en", "width_m", "geometry"]
    frame = gpd.GeoDataFrame([dict(zip(columns, row, strict=True)) for row in rows], crs="EPSG:4490")
    return frame.assign(bridge=False, simulated=False, line_id=range(len(frame)))


def make_places() -> gpd.GeoDataFrame:
    """Two service offices and a landmark."""
    rows = [
        ("service_office", "S1", "甲-01服务处", "Jia-01 office", Point(120.803, 32.004)),
        ("service_office", "S2", "乙-02服务处", "Yi-02 office", Point(120.814, 32.016)),
        ("landmark", "L1", "狼山", "Langshan", Point(120.825, 32.004)),
    ]
    columns = ["kind", "id", "name_zh", "name_en", "geometry"]
    return gpd.GeoDataFrame([dict(zip(columns, row, strict=True)) for row in rows], crs="EPSG:4490")


def write_extracts(folder: Path) -> Path:
    """Write the three extracts that the map is built from; returns `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    make_areas().to_parquet(folder / "boundaries.parquet")
    make_network().to_parquet(folder / "network.parquet")
    make_places().to_parquet(folder / "places.parquet")
    return folder


def _cell(row: int, column: int) -> Polygon:
    wave = WAVE[100 * column : 100 * column + 101]
    far = 32.0 if row == 0 else 32.02
    return Polygon([*wave, (wave[-1][0], far), (wave[0][0], far)])


def _row(code: str, level: str, parent: str | None, name: str, shape: Polygon) -> dict[str, object]:
    return {"code": code, "level": level, "parent": parent, "name_zh": name, "name_en": f"en {name}", "geometry": shape}
