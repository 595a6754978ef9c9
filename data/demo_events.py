"""Events that neighbourhoods hold: when, where, of which kind and brand, and when they were entered."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo_areas import District
from data.demo_attendance import attend
from data.demo_calendar import NEIGHBOURS_DAY, around, event_weights, is_festival
from data.demo_names import TIANQIN
from data.demo_tools import (
    FORMER_GANGZHA,
    LAST_DAY,
    LATE_FROM,
    LATE_OFFICE,
    SILENT_FROM,
    YEARS,
    Dates,
    Floats,
    Ints,
    Texts,
    drawn_days,
    pick,
    pick_columns,
    texts,
)

# At least 10,000 a year is published: met in 2018 and in 2019, the typical year; in 2020 the epidemic took its share.
EVENTS = {2018: 10_034, 2019: 10_187, 2020: 7_946}
KINDS = texts(["culture", "sport", "festival", "learning", "volunteering", "health", "mutual_help", "children"])
USUAL = np.array([0.26, 0.13, 0.03, 0.16, 0.13, 0.12, 0.09, 0.08])
AT_FESTIVALS = np.array([0.22, 0.05, 0.46, 0.05, 0.1, 0.04, 0.05, 0.03])
IN_SUMMER = np.array([0.22, 0.11, 0.01, 0.13, 0.1, 0.1, 0.07, 0.26])
ON_NEIGHBOURS_DAY = np.array([0.06, 0.02, 0.0, 0.03, 0.66, 0.08, 0.13, 0.02])
IN_EPIDEMIC = np.array([0.1, 0.04, 0.01, 0.12, 0.36, 0.24, 0.13, 0.0])
BRANDS = texts(["none", "neighbourhood_visiting", "four_seasons", "integrity"])
PLACES = texts(["service_office", "culture_place", "garden", "open_air", "online"])
PLACE_BY_KIND = np.array(
    [
        [0.16, 0.48, 0.1, 0.24, 0.02],
        [0.04, 0.26, 0.24, 0.45, 0.01],
        [0.16, 0.36, 0.12, 0.35, 0.01],
        [0.34, 0.52, 0.02, 0.04, 0.08],
        [0.2, 0.1, 0.16, 0.53, 0.01],
        [0.48, 0.3, 0.04, 0.16, 0.02],
        [0.46, 0.3, 0.06, 0.17, 0.01],
        [0.26, 0.5, 0.1, 0.12, 0.02],
    ]
)
NAMES = {
    "culture": ("文艺演出", "书画展", "戏曲专场", "纳凉晚会", "摄影展"),
    "sport": ("健步走", "乒乓球赛", "广场舞交流", "趣味运动会", "太极晨练"),
    "festival": ("节日联欢", "包饺子", "猜灯谜", "做香囊", "话团圆"),
    "learning": ("读书会", "手机课堂", "手工课", "普法讲座", "消防演练"),
    "volunteering": ("清洁家园", "义务巡防", "绿植认养", "便民服务集市", "楼道清理"),
    "health": ("义诊", "健康讲座", "血压日", "心理关爱", "防疫宣传"),
    "mutual_help": ("邻里互助日", "闲置交换", "百家宴", "结对走访", "缝补磨刀"),
    "children": ("儿童手工", "亲子阅读", "四点半课堂", "夏令营", "科普实验"),
}
BRAND_NAMES = {
    "neighbourhood_visiting": "邻里文化大串门·",
    "four_seasons": "四季风采靓崇川·",
    "integrity": "诚要久·",
    "none": "",
}


def make_events(district: District, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return `event` and `attendance`; about 3 % of the events have no attendance rows (nobody counted)."""
    events = _events(district, rng)
    attendance = attend(district, events, _counted(events, district, rng), rng)
    return {"event": events.drop(columns="position"), "attendance": attendance}


def _events(district: District, rng: np.random.Generator) -> pd.DataFrame:
    days = np.concatenate([drawn_days(rng, event_weights(year), year, EVENTS[year]) for year in YEARS])
    host = _hosts(district, days, rng)
    kind = _kinds(days, rng)
    brand = _brands(district, host, kind, days, rng)
    code = district.codes.to_numpy()[host]
    order = np.lexsort((code, days))
    days, host, kind, brand, code = days[order], host[order], kind[order], brand[order], code[order]
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    serial = pd.Series(year).groupby(year).cumcount().to_numpy() + 1
    return pd.DataFrame(
        {
            "event_id": texts([f"E{y}{n:05d}" for y, n in zip(year, serial, strict=True)]),
            "name": _names(district, host, kind, brand, rng),
            "kind": KINDS[kind],
            "brand": BRANDS[brand],
            "neighbourhood": code,
            "held_on": days,
            "recorded_on": _recorded(district, host, days, rng),
            "place": PLACES[_places(kind, days, rng)],
            "position": host,
        }
    )


def _hosts(district: District, days: Dates, rng: np.random.Generator) -> Ints:
    """Livelier places hold more; former 港闸 kept fewer records in 2018; 秦灶 delivered nothing for December 2020."""
    hoods = district.neighbourhoods
    weight = (
        np.exp(0.36 * district.lively("events")) * district.column("people") ** 0.35 * rng.lognormal(0, 0.3, len(hoods))
    )
    weight[hoods["code"] == TIANQIN] *= 1.8
    gangzha = (hoods["former"] == FORMER_GANGZHA).to_numpy()
    late = (hoods["subdistrict"] == LATE_OFFICE).to_numpy()
    first_year, silent = days < np.datetime64("2019-01-01"), days >= SILENT_FROM
    host = pick(rng, weight, len(days))
    host[first_year] = pick(rng, weight * np.where(gangzha, 0.72, 1.0), int(first_year.sum()))
    host[silent] = pick(rng, weight * ~late, int(silent.sum()))
    return host


def _kinds(days: Dates, rng: np.random.Generator) -> Ints:
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    chances = np.tile(USUAL, (len(days), 1))
    chances[(month == 6) | (month == 7)] = IN_SUMMER
    chances[is_festival(days)] = AT_FESTIVALS
    chances[around(days, NEIGHBOURS_DAY, 1, 0)] = ON_NEIGHBOURS_DAY
    chances[_closed(days)] = IN_EPIDEMIC
    return pick_columns(rng, chances)


def _closed(days: Dates) -> np.ndarray:
    return (days >= np.datetime64("2020-01-24")) & (days < np.datetime64("2020-05-01"))


def _brands(district: District, host: Ints, kind: Ints, days: Dates, rng: np.random.Generator) -> Ints:
    """Visiting and Four Seasons are mostly cultural; 诚要久 began in 港闸 in 2018, spreading with the merger."""
    gangzha = (district.neighbourhoods["former"] == FORMER_GANGZHA).to_numpy()[host]
    cultural = np.isin(kind, (0, 1, 2))
    merged = days >= np.datetime64("2020-07-01")
    integrity = np.where(gangzha, 0.16, np.where(merged, 0.06, 0.0))
    visiting = np.where(cultural, 0.17, 0.06) * np.where(gangzha & ~merged, 0.35, 1.0)
    seasons = np.where(cultural, 0.13, 0.02) * np.where(gangzha & ~merged, 0.3, 1.0)
    chances = np.column_stack([1 - integrity - visiting - seasons, visiting, seasons, integrity])
    return pick_columns(rng, chances)


def _places(kind: Ints, days: Dates, rng: np.random.Generator) -> Ints:
    chances: Floats = PLACE_BY_KIND[kind].copy()
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    chances[:, 2:4] *= np.where((month >= 10) | (month <= 1), 0.5, 1.0)[:, None]
    chances[:, 4] *= np.where(days >= np.datetime64("2020-05-01"), 2.5, 1.0)
    chances[_closed(days)] = [0.03, 0.02, 0.03, 0.14, 0.78]
    return pick_columns(rng, chances)


def _names(district: District, host: Ints, kind: Ints, brand: Ints, rng: np.random.Generator) -> Texts:
    words = np.array([NAMES[each] for each in KINDS], dtype=object)[kind, rng.integers(0, 5, len(kind))]
    head = texts([BRAND_NAMES[each] for each in BRANDS])[brand]
    names: Texts = head + district.neighbourhoods["name"].to_numpy(dtype=object)[host] + words
    return names


def _recorded(district: District, host: Ints, days: Dates, rng: np.random.Generator) -> Dates:
    """Mostly within days, one in sixteen weeks late, 秦灶 a month or two since July 2020; none after the last day."""
    delay = rng.geometric(0.35, len(days)) - 1
    delay = np.where(rng.random(len(days)) < 0.06, rng.integers(15, 90, len(days)), delay)
    late = (district.neighbourhoods["subdistrict"] == LATE_OFFICE).to_numpy()[host] & (days >= LATE_FROM)
    delay = np.where(late, delay + rng.integers(25, 70, len(days)), delay)
    recorded: Dates = np.minimum(days + delay.astype("timedelta64[D]"), LAST_DAY)
    return recorded


def _counted(events: pd.DataFrame, district: District, rng: np.random.Generator) -> np.ndarray:
    """Flags of events with attendance: 秦灶 has not sent in November's, and 2.8 % of the others are missing."""
    late = (district.neighbourhoods["subdistrict"] == LATE_OFFICE).to_numpy()[events["position"]]
    unsent = late & (events["held_on"] >= np.datetime64("2020-11-01")).to_numpy()
    return (rng.random(len(events)) > 0.028) & ~unsent
