"""Population and households of each neighbourhood at the end of 2017 to 2020."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo_areas import District
from data.demo_tools import Floats, share_out_rows

AGES = ("0-14", "15-34", "35-59", "60-74", "75+")
SEXES = ("female", "male")
PEOPLE_YEARS = (2017, 2018, 2019, 2020)
AGE_SHARES = np.array([0.125, 0.205, 0.395, 0.205, 0.07])  # household population of an ageing city, 2020
OLDER = np.array([-0.10, -0.12, -0.02, 0.16, 0.26])  # what a more aged place has more of, in logarithms
COLLECTIVE_SHARES = np.array([0.004, 0.87, 0.115, 0.006, 0.005])  # campuses and dormitories
FEMALE = np.array([0.475, 0.488, 0.502, 0.518, 0.565])


def make_people(district: District, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return `population` and `household`; 2020 is the geography's own count, earlier years lie a little below."""
    growth = _growth(district, rng)
    households, populations = [], []
    for year in PEOPLE_YEARS:
        table = _households(district, (1 + growth) ** (year - 2020.0), year)
        households.append(table)
        populations.append(_population(district, table, year, rng))
    return {
        "household": pd.concat(households, ignore_index=True),
        "population": pd.concat(populations, ignore_index=True),
    }


def _growth(district: District, rng: np.random.Generator) -> Floats:
    """Yearly growth: about none in the old town, up to 2 % at the edge where estates are built."""
    edge = 1 - district.column("central")
    return 0.001 + 0.012 * edge**2 + rng.normal(0, 0.004, len(edge))


def _households(district: District, factor: Floats, year: int) -> pd.DataFrame:
    hoods = district.neighbourhoods
    return pd.DataFrame(
        {
            "neighbourhood": hoods["code"],
            "year": year,
            "households": np.round(hoods["households"] * factor).astype(int),
            "household_population": np.round(hoods["people"] * factor).astype(int),
            "collective_population": np.round(hoods["collective"] * factor).astype(int),
        }
    )


def _population(district: District, table: pd.DataFrame, year: int, rng: np.random.Generator) -> pd.DataFrame:
    old = district.column("old") + 0.12 * (year - 2020)
    homes = AGE_SHARES * np.exp(old[:, None] * OLDER) * rng.lognormal(0, 0.05, (len(old), len(AGES)))
    homes = homes / homes.sum(axis=1, keepdims=True) * table["household_population"].to_numpy()[:, None]
    dormitories = table["collective_population"].to_numpy()[:, None] * COLLECTIVE_SHARES
    cells = np.stack([(homes + dormitories) * FEMALE, (homes + dormitories) * (1 - FEMALE)], axis=2).reshape(
        len(old), -1
    )
    total = (table["household_population"] + table["collective_population"]).to_numpy()
    return pd.DataFrame(
        {
            "neighbourhood": np.repeat(table["neighbourhood"].to_numpy(), cells.shape[1]),
            "year": year,
            "age_band": np.tile(np.repeat(np.array(AGES, dtype=object), 2), len(old)),
            "sex": np.tile(np.array(SEXES, dtype=object), len(old) * len(AGES)),
            "people": share_out_rows(cells + 1e-9, total).ravel(),
        }
    )
