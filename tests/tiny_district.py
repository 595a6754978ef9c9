"""A district small enough to count by hand: one subdistrict, two communities, seven neighbourhoods, few records."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from data.contract import load_contract
from data.manifest import edition_dir, records_dir, unit_files

DISTRICT, FORMER, ZONE = "320613", "320602", "320613401"
SUBDISTRICT = "320613001"
FIRST, SECOND = "320613001001", "320613001002"
HOODS = [*(f"{FIRST}00{i}" for i in (1, 2, 3)), *(f"{SECOND}00{i}" for i in (1, 2, 3, 4))]
A1, A2, A3, B1, B2, B3, B4 = HOODS
ARROW = {
    "string": pa.string(), "enum": pa.string(), "code": pa.string(), "int": pa.int64(), "float": pa.float64(),
    "bool": pa.bool_(), "date": pa.date32(), "month": pa.date32(), "timestamp": pa.timestamp("ms"),
}  # fmt: skip
Rows = list[dict[str, Any]]


def rows() -> dict[str, Rows]:
    """Rows of the record tables that are not empty; what is not named in a row is null."""
    return {
        "population": [
            {"neighbourhood": hood, "year": year, "age_band": age, "sex": "female", "people": people}
            for year in (2019, 2020)
            for number, hood in enumerate(HOODS, start=1)
            for age, people in (("0-14", 10 * number), ("35-59", 70 * number), ("75+", 20 * number))
        ],
        "household": [
            {
                "neighbourhood": hood, "year": 2020, "households": 40 * number,
                "household_population": 100 * number - number, "collective_population": number,
            }
            for number, hood in enumerate(HOODS, start=1)
        ],
        "event": [
            _event("E1", A1, date(2020, 1, 10), 2), _event("E2", A2, date(2020, 3, 5), 8),
            _event("E3", B1, date(2020, 3, 20), 7),
        ],
        "attendance": [
            _attendance("E1", A1, "60-74", first=True, people=4), _attendance("E1", A1, "35-59", first=False, people=6),
            _attendance("E1", B1, "75+", first=False, people=5), _attendance("E3", B1, "unknown", first=True, people=8),
        ],
        "service_project": [
            _project("P1", A1, date(2020, 1, 31), door=True, people=12),
            _project("P2", B4, date(2020, 3, 1), door=False, people=None),
        ],
        "service_team": [
            {
                "team_id": "T1", "name": "队", "kind": "local", "neighbourhood": A1, "founded_on": date(2019, 5, 1),
                "members": 9,
            }
        ],
        "team_reach": [{"team_id": "T1", "neighbourhood": A1}, {"team_id": "T1", "neighbourhood": B2}],
        "case": [
            _case("C1", B2, datetime(2020, 2, 3, 8), datetime(2020, 2, 3, 8, 30), datetime(2020, 2, 3, 14, 30)),
            _case("C2", B2, datetime(2020, 2, 28, 8), None, None),
        ],
        "service_office": [_office("O1", A1, date(2020, 1, 31), 5), _office("O2", B1, date(2020, 2, 1), 7)],
        "social_organisation": [
            _organisation("S1", date(2012, 12, 31), None), _organisation("S2", date(2012, 1, 1), date(2020, 3, 31)),
            _organisation("S3", date(2020, 3, 1), None), _organisation("S4", date(2013, 1, 1), None),
        ],
        "deliberation": [
            {
                "matter_id": "M1", "form": "residents_review", "topic": "greening", "title": "绿化",
                "neighbourhood": A3, "opened_on": date(2020, 1, 5), "settled_on": date(2020, 2, 4),
                "parties": 3, "outcome": "solved",
            }
        ],
        "neighbourhood_function": [
            {"neighbourhood": hood, "function": function, "carried_out": by is not None, "carried_by": by}
            for hood, done in ((A1, ("officer", "officer", "chair")), (B2, ("council_member", None, None)))
            for function, by in zip(("information", "service", "self_governance"), done, strict=True)
        ],
        "three_in_one": [
            {"unit_id": unit, "kind": kind, "community": FIRST, "stated": A1}
            for unit, kind in (("G1", "grid"), ("G2", "grid"), ("R1", "residents_group"), ("R2", "residents_group"))
        ],
        "assessment": [
            {
                "community": place, "year": 2020, "dimension": "gain", "score_sum": 900.0, "raters": 12,
                "score_squares": squares,
            }
            for place, squares in ((FIRST, 68_600.0), (SECOND, None))
        ],
        "survey": [
            {"community": FIRST, "year": 2020, "question": "approval", "answer": answer, "responses": responses}
            for answer, responses in (("yes", 30), ("no", 10))
        ],
    }  # fmt: skip


def _event(name: str, hood: str, held: date, late: int) -> dict[str, Any]:
    recorded = held.replace(day=held.day + late)
    return {
        "event_id": name, "name": "活动", "kind": "culture", "brand": "none", "neighbourhood": hood, "held_on": held,
        "recorded_on": recorded, "place": "open_air",
    }  # fmt: skip


def _attendance(event: str, home: str, age: str, *, first: bool, people: int) -> dict[str, Any]:
    return {
        "event_id": event, "home_neighbourhood": home, "age_band": age, "sex": "female", "first_time": first,
        "attendances": people,
    }  # fmt: skip


def _project(name: str, hood: str, completed: date, *, door: bool, people: int | None) -> dict[str, Any]:
    return {
        "project_id": name, "name": "项目", "team_id": "T1", "kind": "local", "door_to_door": door,
        "neighbourhood": hood, "completed_on": completed, "beneficiaries": people,
    }  # fmt: skip


def _case(
    name: str, hood: str, received: datetime, dispatched: datetime | None, closed: datetime | None
) -> dict[str, Any]:
    return {
        "case_id": name, "channel": "hotline_12345", "category": "noise", "neighbourhood": hood,
        "received_at": received, "dispatched_at": dispatched, "closed_at": closed,
        "settled_within": "neighbourhood" if closed else None,
    }  # fmt: skip


def _office(name: str, hood: str, opened: date, days: int) -> dict[str, Any]:
    return {
        "office_id": name, "name": "服务处", "neighbourhood": hood, "opened_on": opened, "open_days_per_week": days,
        "telephone": "0513-00000000", "lon": 120.85, "lat": 32.0,
    }  # fmt: skip


def _organisation(name: str, founded: date, dissolved: date | None) -> dict[str, Any]:
    return {
        "organisation_id": name, "name": "组织", "scope": "community", "field": "health", "community": FIRST,
        "founded_on": founded, "dissolved_on": dissolved,
    }  # fmt: skip


def write_record(root: Path, name: str, table: Rows) -> None:
    """Write one record table with the contract's columns and types."""
    columns = load_contract().records[name].columns.values()
    arrays = {column.name: pa.array([row.get(column.name) for row in table], ARROW[column.type]) for column in columns}
    records_dir(root).mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(arrays), records_dir(root) / f"{name}.parquet")


def write_district(root: Path) -> Path:
    """Write all record tables and the edition of the tiny district below `root`; return `root`."""
    filled = rows()
    for name in load_contract().records:
        write_record(root, name, filled.get(name, []))
    write_edition(root)
    write_units(root)
    return root


def write_units(root: Path) -> None:
    """Write the polygons of grids and residents' groups: G1 and R1 lie on A1, R2 on half of A2, G2 has none."""
    own, half = shapely.box(120.06, 32, 120.07, 32.01), shapely.box(120.07, 32, 120.075, 32.01)
    for path, shapes in zip(unit_files(root), ({"G1": own}, {"R1": own, "R2": half}), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        _layer(pd.DataFrame({"unit_id": [*shapes]}), [*shapes.values()]).to_parquet(path, index=False)


def areas() -> pd.DataFrame:
    """The thirteen areas, without the office that answers for them."""
    columns = ["code", "level", "parent", "former_district", "zone", "neighbourhoods", "communities"]
    table = pd.DataFrame(
        [
            (DISTRICT, "district", None, None, None, 7, 2), (FORMER, "former_district", DISTRICT, None, None, 7, 2),
            (ZONE, "zone", DISTRICT, None, None, 4, 1), (SUBDISTRICT, "subdistrict", DISTRICT, FORMER, None, 7, 2),
            (FIRST, "community", SUBDISTRICT, FORMER, None, 3, 1),
            (SECOND, "community", SUBDISTRICT, FORMER, ZONE, 4, 1),
            *((hood, "neighbourhood", FIRST, FORMER, None, 1, 1) for hood in (A1, A2, A3)),
            *((hood, "neighbourhood", SECOND, FORMER, ZONE, 1, 1) for hood in (B1, B2, B3, B4)),
        ],
        columns=columns,
    )  # fmt: skip
    table = table.assign(aliases="", kind=None, area_km2=table["neighbourhoods"] * 0.25, lon=120.8, lat=32.0)
    texts = dict.fromkeys(("name_zh", "name_en", "pinyin", "initials"), table["code"])
    counts = dict.fromkeys(("households", "people", "collective", "buildings"), 1)
    return table.assign(**texts, **counts, bound_east=None, bound_south=None, bound_west=None, bound_north=None)


def write_edition(root: Path) -> None:
    """Write the edition's tables: unit squares in a row, no lines and no landmarks."""
    folder = edition_dir(root)
    folder.mkdir(parents=True, exist_ok=True)
    known = areas()
    known.to_parquet(folder / "areas.parquet", index=False)
    boundaries = known[["code", "level", "parent", "name_zh", "name_en"]]
    _layer(
        boundaries, [shapely.box(120 + i / 100, 32, 120.01 + i / 100, 32.01) for i in range(len(boundaries))]
    ).to_parquet(folder / "boundaries.parquet", index=False)
    marks = pd.DataFrame({name: pd.array([], "str") for name in ("name", "name_en", "neighbourhood")})
    for name in ("blocks", "edges", "network"):
        _layer(no_rows(name), []).to_parquet(folder / f"{name}.parquet", index=False)
    _layer(marks, []).to_parquet(folder / "landmarks.parquet", index=False)


def no_rows(extract: str) -> pd.DataFrame:
    """An extract without rows, its shapes left out."""
    columns = [column for column in load_contract().extracts[extract].columns.values() if column.type != "geometry"]
    table: pd.DataFrame = pa.table({c.name: pa.array([], ARROW[c.type]) for c in columns}).to_pandas()
    return table


def _layer(table: pd.DataFrame, shapes: list[shapely.Geometry]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490")
