"""A version of the extracts small enough to count by hand: two subdistricts, three communities, four neighbourhoods."""

# ruff: noqa: E501 -- rows of tables are read best as one line each

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.serving import ROOT

DISTRICT, FORMER, ZONE = "320613", "320602", "320613401"
EAST, WEST = "320613001", "320613002"
MILL, WHARF, FIELD = "320613001001", "320613001002", "320613002001"
MILL_1, MILL_2, WHARF_1, FIELD_1 = MILL + "001", MILL + "002", WHARF + "001", FIELD + "001"
TYPES = {
    "string": pa.string(),
    "code": pa.string(),
    "enum": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "month": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "geometry": pa.binary(),
}
Rows = list[dict[str, Any]]


def _area(
    code: str, level: str, parent: str | None, zh: str, en: str, pinyin: str, initials: str, **other: Any
) -> dict[str, Any]:
    return {
        "code": code, "level": level, "parent": parent, "name_zh": zh, "name_en": en, "pinyin": pinyin, "initials": initials,
        "aliases": "", "kind": None, "former_district": FORMER if code.startswith(EAST) else None, "zone": None,
        "area_km2": 1.0, "households": 300, "people": 900, "collective": 90, "buildings": 6, "neighbourhoods": 1,
        "communities": 0, "lon": 120.9, "lat": 32.0, **other,
    }  # fmt: skip


AREAS: Rows = [
    _area(DISTRICT, "district", None, "崇川区", "Chongchuan District", "chongchuanqu", "ccq"),
    _area(FORMER, "former_district", DISTRICT, "原崇川区", "Former Chongchuan", "yuanchongchuanqu", "yccq"),
    _area(ZONE, "zone", DISTRICT, "崇川经济开发区", "Chongchuan Development Zone", "chongchuanjingjikaifaqu", "ccjjkfq"),
    _area(EAST, "subdistrict", DISTRICT, "钟秀街道", "Zhongxiu Subdistrict", "zhongxiujiedao", "zxjd"),
    _area(WEST, "subdistrict", DISTRICT, "唐闸镇街道", "Tangzhazhen Subdistrict", "tangzhazhenjiedao", "tzzjd", aliases="唐家闸街道|唐闸"),
    _area(MILL, "community", EAST, "中心村社区", "Zhongxincun Community", "zhongxincunshequ", "zxcsq"),
    _area(WHARF, "community", EAST, "码头社区", "Matou Community", "matoushequ", "mtsq", zone=ZONE),
    _area(FIELD, "community", WEST, "五星村", "Wuxing Village", "wuxingcun", "wxc"),
    _area(MILL_1, "neighbourhood", MILL, "天勤", "Tianqin", "tianqin", "tq", kind="urban"),
    _area(MILL_2, "neighbourhood", MILL, "中心村-02", "Zhongxincun-02", "zhongxincun-02", "zxc02", kind="urban"),
    _area(WHARF_1, "neighbourhood", WHARF, "码头-01", "Matou-01", "matou-01", "mt01", kind="urban", zone=ZONE),
    _area(FIELD_1, "neighbourhood", FIELD, "五星村-01", "Wuxing-01", "wuxing-01", "wx01", kind="rural"),
]  # fmt: skip
LEVEL = {row["code"]: row["level"] for row in AREAS}
NEIGHBOURHOODS = (MILL_1, MILL_2, WHARF_1, FIELD_1)


def _holds(ancestor: str, row: dict[str, Any]) -> bool:
    code = str(row["code"])
    if LEVEL[ancestor] in ("zone", "former_district"):
        return code == ancestor or (
            code != DISTRICT and row[LEVEL[ancestor]] == ancestor and len(code) > 6 and code != ZONE
        )
    return code.startswith(ancestor) or (ancestor == DISTRICT and code == FORMER)


DESCENDANTS: Rows = [
    {"ancestor": above["code"], "code": row["code"], "level": row["level"]}
    for above in AREAS
    for row in AREAS
    if _holds(above["code"], row)
]


def _measure(name: str, native: Mapping[tuple[str, date], float]) -> Rows:
    """The rows of one measure at its own level and summed over every area above it."""
    sums: dict[tuple[str, date], float] = {}
    for (code, month), value in native.items():
        for row in DESCENDANTS:
            if row["code"] == code:
                key = (row["ancestor"], month)
                sums[key] = sums.get(key, 0.0) + value
    return [
        {"measure": name, "level": LEVEL[code], "code": code, "month": month, "value": value}
        for (code, month), value in sums.items()
    ]


JAN, FEB, MAR, DEC = date(2020, 1, 1), date(2020, 2, 1), date(2020, 3, 1), date(2020, 12, 1)
LAST_DEC = date(2019, 12, 1)
MEASURES: Rows = [
    # a flow: 天勤 10 + 20 + 0, 中心村-02 5 in January only, 码头-01 known to be nothing, 五星村-01 never delivered
    *_measure(
        "attendances",
        {
            (MILL_1, LAST_DEC): 7, (MILL_1, JAN): 10, (MILL_1, FEB): 20, (MILL_1, MAR): 0, (MILL_2, JAN): 5,
            (WHARF_1, JAN): 0, (WHARF_1, FEB): 0, (WHARF_1, MAR): 0,
        },
    ),
    # a stock, known to March 2020
    *_measure(
        "service_teams",
        {(MILL_1, JAN): 1, (MILL_1, FEB): 2, (MILL_1, MAR): 3, (MILL_2, MAR): 1, (WHARF_1, MAR): 0, (FIELD_1, MAR): 4},
    ),
    # yearly figures: one by neighbourhood, one by community only
    *_measure("population", {(n, d): p for d, k in ((LAST_DEC, 0), (DEC, 100)) for n, p in zip(NEIGHBOURHOODS, (1000 + k, 500, 400, 100), strict=True)}),
    *_measure("satisfaction_yes", {(MILL, DEC): 30, (FIELD, DEC): 9}),
]  # fmt: skip
CATALOGUE: Rows = [
    {"measure": name, "behaviour": behaviour, "grain_level": grain, "first_month": first, "last_month": last, "rows": 1}
    for name, behaviour, grain, first, last in (
        ("attendances", "flow", "neighbourhood", LAST_DEC, MAR),
        ("service_teams", "stock", "neighbourhood", JAN, MAR),
        ("population", "yearly", "neighbourhood", LAST_DEC, DEC),
        ("satisfaction_yes", "yearly", "community", DEC, DEC),
    )
]


def _event(
    number: int, where: str, day: date, kind: str = "culture", brand: str = "none", people: int | None = 10
) -> dict[str, Any]:
    return {
        "event_id": f"e{number}", "name": f"活动{number}", "kind": kind, "brand": brand, "neighbourhood": where, "held_on": day,
        "recorded_on": day, "place": "garden", "attendances": people,
    }  # fmt: skip


def _organisation(number: int, kind: str, community: str, neighbourhood: str | None, day: date) -> dict[str, Any]:
    return {
        "organisation_id": f"p{number}", "name": f"党组织{number}", "kind": kind, "parent_id": None, "community": community,
        "neighbourhood": neighbourhood, "established_on": day, "members": 10 * number,
    }  # fmt: skip


def _matter(
    number: int, where: str, channel: str, received: datetime, hours: float | None, first: str | None = None
) -> dict[str, Any]:
    closed = None if hours is None else received.replace(hour=received.hour + int(hours), minute=int(hours % 1 * 60))
    return {
        "case_id": f"c{number}", "channel": channel, "category": "noise", "neighbourhood": where, "received_at": received,
        "dispatched_at": closed, "closed_at": closed, "settled_within": closed and "neighbourhood", "repeat_of": first,
    }  # fmt: skip


ROWS: dict[str, Rows] = {
    "area": AREAS,
    "descendant": DESCENDANTS,
    "measure": MEASURES,
    "measure_catalogue": CATALOGUE,
    "event_total": [
        _event(1, MILL_1, date(2020, 1, 31), "sport", "four_seasons", 40),
        _event(2, MILL_1, date(2020, 2, 1)),
        _event(3, WHARF_1, date(2020, 2, 29), people=None),
        _event(4, FIELD_1, date(2019, 12, 31), "sport"),
    ],
    "attendance_kind": [
        {"neighbourhood": MILL_1, "month": JAN, "kind": "sport", "brand": "four_seasons", "events": 1, "attendances": 40},
        {"neighbourhood": MILL_1, "month": FEB, "kind": "culture", "brand": "none", "events": 1, "attendances": 10},
        {"neighbourhood": WHARF_1, "month": FEB, "kind": "culture", "brand": "none", "events": 1, "attendances": 0},
        {"neighbourhood": FIELD_1, "month": LAST_DEC, "kind": "sport", "brand": "none", "events": 1, "attendances": 10},
    ],
    "attendance_flow": [
        {"year": 2020, "host": MILL, "home": MILL, "attendances": 30},
        {"year": 2020, "host": MILL, "home": FIELD, "attendances": 15},
        {"year": 2019, "host": FIELD, "home": MILL, "attendances": 8},
    ],
    "attendance_age_sex": [
        {"community": MILL, "year": 2020, "age_band": "75+", "sex": "female", "first_time": True, "attendances": 3},
        {"community": MILL, "year": 2020, "age_band": "75+", "sex": "female", "first_time": False, "attendances": 9},
        {"community": FIELD, "year": 2020, "age_band": "75+", "sex": "female", "first_time": False, "attendances": 1},
    ],
    "party_organisation": [
        _organisation(1, "community_committee", MILL, None, date(2018, 1, 1)),
        _organisation(2, "neighbourhood_branch", MILL, MILL_1, date(2018, 1, 1)),
        _organisation(3, "neighbourhood_branch", WHARF, WHARF_1, date(2020, 2, 1)),
        _organisation(4, "stairwell_group", MILL, MILL_1, date(2020, 3, 1)),
        _organisation(5, "neighbourhood_branch", FIELD, FIELD_1, date(2020, 4, 1)),
    ],
    "party_household": [{"neighbourhood": MILL_1, "branch_id": "p2", "households": 6}],
    "service_team": [
        {"team_id": "t1", "name": "一队", "kind": "assistance", "brand": None, "neighbourhood": MILL_1, "founded_on": date(2019, 5, 1), "members": 12},
        {"team_id": "t2", "name": "二队", "kind": "local", "brand": None, "neighbourhood": MILL_2, "founded_on": date(2020, 3, 31), "members": 8},
        {"team_id": "t3", "name": "三队", "kind": "local", "brand": None, "neighbourhood": WHARF_1, "founded_on": date(2020, 4, 1), "members": 5},
    ],
    "team_reach": [{"team_id": "t1", "neighbourhood": MILL_1}, {"team_id": "t1", "neighbourhood": FIELD_1}],
    "service_project": [
        {"project_id": f"s{n}", "name": "项目", "team_id": "t1", "kind": kind, "door_to_door": door, "neighbourhood": MILL_1,
         "completed_on": date(2020, n, 15), "beneficiaries": people}
        for n, kind, door, people in ((1, "assistance", True, 5), (2, "assistance", False, None), (3, "local", True, 7))
    ],
    "social_organisation": [
        {"organisation_id": "o1", "name": "甲", "scope": "community", "field": "other", "community": MILL, "neighbourhood": None,
         "founded_on": date(2015, 1, 1), "dissolved_on": date(2020, 2, 29)},
        {"organisation_id": "o2", "name": "乙", "scope": "other", "field": "other", "community": MILL, "neighbourhood": MILL_1,
         "founded_on": date(2020, 1, 1), "dissolved_on": None},
    ],
    "deliberation": [
        {"matter_id": "m1", "form": "residents_review", "topic": "greening", "title": "树", "neighbourhood": MILL_1,
         "opened_on": date(2019, 12, 20), "settled_on": date(2020, 1, 5), "parties": 3, "outcome": "solved"},
        {"matter_id": "m2", "form": "deliberation", "topic": "security", "title": "灯", "neighbourhood": MILL_1,
         "opened_on": date(2020, 1, 10), "settled_on": None, "parties": 2, "outcome": "open"},
    ],
    "case": [
        _matter(1, MILL_1, "hotline_12345", datetime(2020, 1, 31, 20, 0), 2.0),
        _matter(2, MILL_1, "hotline_12345", datetime(2020, 2, 1, 8, 0), 4.0, "c1"),
        _matter(3, WHARF_1, "full_time_informant", datetime(2020, 2, 2, 8, 0), None),
    ],
    "staffing": [
        {"community": community, "year": year, "dimension": dimension, "category": category, "workers": workers}
        for community, year, dimension, category, workers in (
            (MILL, 2019, "total", "all", 9), (MILL, 2020, "total", "all", 10), (MILL, 2020, "party", "yes", 6),
            (FIELD, 2020, "total", "all", 4), (FIELD, 2020, "party", "yes", 1),
        )
    ],
    "survey": [{"community": MILL, "year": 2020, "question": "satisfaction", "answer": "yes", "responses": 30}],
    "policy_document": [
        {"document_id": "d1", "title": "意见", "theme": "party", "issued_on": date(2019, 1, 1), "issuer": "chongchuan"}
    ],
}  # fmt: skip


def _declared() -> dict[str, Any]:
    return tomllib.loads((ROOT / "data" / "contract.toml").read_text(encoding="utf-8"))


def carried() -> list[str]:
    """The record tables that are carried over to the extracts unchanged."""
    return list(_declared()["extracts"]["carried"]["tables"])


def contract() -> dict[str, dict[str, Any]]:
    """Columns of every extract table by the contract, the carried record tables included."""
    declared = _declared()
    tables = {name: table["columns"] for name, table in declared["extracts"].items() if name != "carried"}
    return tables | {name: declared["records"][name]["columns"] for name in carried()}


def write_version(folder: Path, factor: float = 1.0) -> Path:
    """Writes all tables into the folder; `factor` multiplies the measures, to tell one data version from another."""
    folder.mkdir(parents=True)
    for name, columns in contract().items():
        rows = ROWS.get(name, [])
        if name == "measure":
            rows = sorted(
                ({**row, "value": row["value"] * factor} for row in rows),
                key=lambda row: (row["measure"], row["level"], row["code"], row["month"]),
            )
        schema = pa.schema([(column, TYPES[about["type"]]) for column, about in columns.items()])
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"{name}.parquet")
    return folder
