"""Gardens, interest groups, places for culture, and the counts of integrity and model neighbours."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo_areas import District
from data.demo_tools import (
    FORMER_GANGZHA,
    YEARS,
    Texts,
    choose,
    days_between,
    logistic,
    numbered,
    pick,
    serials,
    share_out,
    texts,
)

GARDENS, SKY_GARDENS, SKY_GARDEN_AREA = 72, 12, 7_130  # the 72 include the 12 of 跃龙, which its project alliance built
YUELONG = "320613005018"
INTEREST_GROUPS = 694  # published as 'nearly 700'
GROUP_KINDS = {
    "reading": 0.2,
    "singing": 0.15,
    "dance": 0.2,
    "calligraphy": 0.12,
    "opera": 0.08,
    "handicraft": 0.1,
    "sport": 0.11,
    "other": 0.04,
}
GROUP_NAMES = {
    "reading": "阅读社",
    "singing": "歌咏队",
    "dance": "舞蹈队",
    "calligraphy": "书画社",
    "opera": "戏曲社",
    "handicraft": "手工社",
    "sport": "健身队",
    "other": "兴趣小组",
}
PLACE_NAMES = {
    "activity_room": "文化活动室",
    "family_culture_room": "家庭文化室",
    "integrity_house": "诚信小屋",
    "reading_room": "阅读角",
    "stage": "小舞台",
}


def make_values(district: District, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return `garden`, `interest_group`, `culture_place` and `values_count`."""
    return {
        "garden": _gardens(district, rng),
        "interest_group": _interest_groups(district, rng),
        "culture_place": _culture_places(district, rng),
        "values_count": _values_counts(district, rng),
    }


def _gardens(district: District, rng: np.random.Generator) -> pd.DataFrame:
    ordinary = GARDENS - SKY_GARDENS
    weight = np.exp(0.3 * district.lively("values"))
    weight[district.neighbourhoods["kind"] == "rural"] = 0.0
    place = np.sort(pick(rng, weight, ordinary))
    yuelong = np.flatnonzero(district.codes.str.startswith(YUELONG))
    sky = np.sort(rng.choice(yuelong, SKY_GARDENS))
    hoods = district.neighbourhoods.iloc[np.concatenate([place, sky])]
    kind = np.where(rng.random(ordinary) < 0.45, "built", "renewed").astype(object)
    size = np.round(np.clip(rng.lognormal(6.9, 0.7, ordinary), 150, 9_000) / 10).astype(int) * 10
    names = np.concatenate(
        [hoods["name"].to_numpy()[:ordinary] + "小游园", np.full(SKY_GARDENS, "跃龙空中花园", dtype=object)]
    )
    return pd.DataFrame(
        {
            "garden_id": serials("GA", GARDENS, 3),
            "name": numbered(names),
            "neighbourhood": hoods["code"].to_numpy(),
            "kind": np.concatenate([kind, np.full(SKY_GARDENS, "sky_garden", dtype=object)]),
            "finished_on": np.concatenate(
                [
                    days_between(rng, "2016-03-01", "2020-10-31", ordinary, 1.3),
                    days_between(rng, "2018-05-01", "2020-06-30", SKY_GARDENS),
                ]
            ),
            "green_area": np.concatenate([size, share_out(rng.lognormal(0, 0.3, SKY_GARDENS), SKY_GARDEN_AREA)]),
        }
    )


def _interest_groups(district: District, rng: np.random.Generator) -> pd.DataFrame:
    weight = np.exp(0.6 * district.lively("values") + 0.4 * district.column("central"))
    hoods = district.neighbourhoods.iloc[
        np.sort(pick(rng, weight * rng.lognormal(0, 0.5, len(weight)), INTEREST_GROUPS))
    ]
    kind = choose(rng, GROUP_KINDS, INTEREST_GROUPS)
    return pd.DataFrame(
        {
            "group_id": serials("IG", INTEREST_GROUPS, 4),
            "name": numbered(hoods["name"].to_numpy() + texts([GROUP_NAMES[each] for each in kind])),
            "kind": kind,
            "neighbourhood": hoods["code"].to_numpy(),
            "founded_on": days_between(rng, "2016-01-01", "2020-10-31", INTEREST_GROUPS, 1.2),
            "members": np.maximum(5, np.round(rng.lognormal(2.9, 0.5, INTEREST_GROUPS))).astype(int),
        }
    )


def _culture_places(district: District, rng: np.random.Generator) -> pd.DataFrame:
    """Every neighbourhood has its activity room; the other kinds stand where there is more going on."""
    vigour = district.lively("values")
    integrity = np.where(district.neighbourhoods["former"] == FORMER_GANGZHA, 0.9, -0.7)
    flat = np.zeros(len(vigour))
    lean = {
        "family_culture_room": flat - 1.4,
        "integrity_house": integrity - 1.0,
        "reading_room": flat - 1.2,
        "stage": flat - 2.2,
    }
    places, kinds = [np.arange(len(vigour))], [np.full(len(vigour), "activity_room", dtype=object)]
    for kind, base in lean.items():
        has = np.flatnonzero(rng.random(len(vigour)) < logistic(base + 0.6 * vigour))
        places.append(has)
        kinds.append(np.full(len(has), kind, dtype=object))
    position, kind_of = np.concatenate(places), np.concatenate(kinds)
    return _place_table(district, position, kind_of, rng)


def _place_table(district: District, position: np.ndarray, kind: Texts, rng: np.random.Generator) -> pd.DataFrame:
    hoods = district.neighbourhoods.iloc[position]
    area = pd.Series(np.round(rng.lognormal(4.2, 0.5, len(kind))).astype(int)).mask(rng.random(len(kind)) < 0.04)
    return pd.DataFrame(
        {
            "place_id": serials("CP", len(kind), 4),
            "name": hoods["name"].to_numpy() + texts([PLACE_NAMES[each] for each in kind]),
            "kind": kind,
            "neighbourhood": hoods["code"].to_numpy(),
            "opened_on": days_between(rng, "2013-06-01", "2020-09-30", len(kind), 1.4),
            "floor_area": area.astype("Int64"),
        }
    )


def _values_counts(district: District, rng: np.random.Generator) -> pd.DataFrame:
    """Former 港闸 began with integrity neighbourhoods in 2018; the rest of the district follows after the merger."""
    vigour = district.lively("values")
    gangzha = (district.neighbourhoods["former"] == FORMER_GANGZHA).to_numpy()
    start, pace = rng.random(len(vigour)), rng.random(len(vigour))
    frames = []
    for i, year in enumerate(YEARS):
        integrity = logistic(np.where(gangzha, -0.9 + 1.0 * i, -3.6 + 0.9 * i) + 0.6 * vigour)
        frames.append(
            pd.DataFrame(
                {
                    "neighbourhood": district.codes,
                    "year": year,
                    "covenant": start < logistic(0.9 + 0.9 * i + 0.6 * vigour),
                    "integrity_neighbourhood": pace < integrity,
                    "model_neighbours": rng.poisson(0.55 * np.exp(0.35 * vigour + 0.15 * i + 0.25 * (year == 2020))),
                    "stories": rng.poisson(0.8 * np.exp(0.4 * vigour + 0.1 * i)),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
