"""Service offices, legal-service points, and the unit that answers for an area: posts and telephones, no persons."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from data.demo_areas import METRES, District
from data.demo_names import communities, subdistricts
from data.demo_tools import Texts, days_between, pick_distinct, serials, texts

LAWYER_POINTS = 358  # a third of 1,074


def make_offices(district: District, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return `service_office` (493), `legal_service` (166 stations, 358 lawyer points) and `office_contact`."""
    return {
        "service_office": _service_offices(district, rng),
        "legal_service": _legal_service(district, rng),
        "office_contact": _contacts(district),
    }


def telephones(first: int, count: int) -> Texts:
    """Return numbers of an exchange that doesn't exist (0000), so that no demonstration number rings anywhere."""
    return texts([f"0513-0000 {number:04d}" for number in range(first, first + count)])


def _service_offices(district: District, rng: np.random.Generator) -> pd.DataFrame:
    sites = district.offices.sort_values("neighbourhood").reset_index(drop=True)
    hoods = district.neighbourhoods.iloc[sites["neighbourhood"].to_numpy()]
    place = gpd.GeoSeries(gpd.points_from_xy(sites["x"], sites["y"]), crs=METRES).to_crs(4490)
    area = np.round(rng.lognormal(4.9, 0.5, len(sites)) / 5).astype(int) * 5
    return pd.DataFrame(
        {
            "office_id": serials("SO", len(sites), 4),
            "name": hoods["name"].to_numpy() + "邻里服务处",
            "neighbourhood": hoods["code"].to_numpy(),
            "opened_on": np.sort(days_between(rng, "2013-06-01", "2020-06-30", len(sites), 1.3))[
                rng.permutation(len(sites))
            ],
            "floor_area": pd.Series(area).where(rng.random(len(sites)) > 0.03).astype("Int64"),
            "open_days_per_week": rng.choice([5, 6, 7], len(sites), p=[0.45, 0.25, 0.3]),
            "telephone": telephones(1, len(sites)),
            "lon": place.x.round(6),
            "lat": place.y.round(6),
        }
    )


def _legal_service(district: District, rng: np.random.Generator) -> pd.DataFrame:
    hoods = district.neighbourhoods
    office = hoods.index.isin(district.offices["neighbourhood"])
    # The station stands at the community's biggest neighbourhood that has an office (each community has one).
    station = hoods[office].sort_values("people", ascending=False).drop_duplicates("community").sort_index()
    point = hoods.iloc[pick_distinct(rng, np.exp(0.5 * district.lively("offices")) * (1 + office), LAWYER_POINTS)]
    chosen = pd.concat([station, point])
    kinds = ["station"] * len(station) + ["lawyer_point"] * len(point)
    opened = [
        days_between(rng, "2014-03-01", "2018-12-31", len(station)),
        days_between(rng, "2016-01-01", "2020-09-30", len(point)),
    ]
    return pd.DataFrame(
        {
            "point_id": serials("LS", len(chosen), 4),
            "kind": kinds,
            "community": chosen["code"].str[:12].to_numpy(),
            "neighbourhood": chosen["code"].to_numpy(),
            "opened_on": np.concatenate(opened),
        }
    )


def _contacts(district: District) -> pd.DataFrame:
    """One row per district, subdistrict, community and neighbourhood."""
    streets, places, hoods = subdistricts(), communities(), district.neighbourhoods
    committee = places["name_zh"] + np.where(places["rural"] == "1", "村民委员会", "居民委员会")
    whose = np.where(places["rural"] == "1", " Villagers' Committee", " Residents' Committee")
    committee_en: pd.Series[str] = places["name_en"].str.removesuffix(" Village") + whose
    committee = committee.str.replace("村村民", "村民", regex=False)
    home = hoods["community"].to_numpy()
    parts = [
        (["320613"], ["崇川区联动指挥中心"], ["Chongchuan District Joint Command Centre"], "district_duty_desk"),
        (streets["code"], streets["name_zh"] + "办事处", streets["name_en"] + " Office", "subdistrict_director_office"),
        (places["code"], committee, committee_en, "community_secretary_office"),
        (hoods["code"], committee.to_numpy()[home], committee_en.to_numpy()[home], "neighbourhood_officer"),
    ]
    columns = ["area", "unit_zh", "unit_en"]
    frames = [pd.DataFrame(dict(zip(columns, part[:3], strict=True))).assign(post=part[3]) for part in parts]
    table = pd.concat(frames, ignore_index=True)
    return table.assign(telephone=telephones(1001, len(table)))
