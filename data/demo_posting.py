"""Workers posted to neighbourhoods: how many each community sends, and what share of one each neighbourhood has."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo_areas import District
from data.demo_tools import Floats, Ints, generator, share_out, share_out_rows

# At least a third of the 1,407 workers of 2020, which is one for 2.3 neighbourhoods, within the rule of two or three.
POSTED = {2018: 401, 2019: 441, 2020: 475}


def posted_workers(district: District, year: int) -> Ints:
    """Return the posted workers of each community at the year's end; POSTED is their sum."""
    rng = generator(district.seed, "posted workers")  # one draw for all years, so that a community keeps its manner
    weight = district.communities["neighbourhoods"].to_numpy(dtype=float) ** 0.9
    return share_out(weight * rng.lognormal(0, 0.2, len(weight)), POSTED[year])


def officer_shares(district: District, year: int) -> Floats:
    """Return the full-time equivalents of posted workers serving each neighbourhood, in quarters; some have none."""
    rng = generator(district.seed, f"officer shares {year}")
    home = district.neighbourhoods["community"].to_numpy()
    serial = pd.Series(home).groupby(home).cumcount().to_numpy()
    weight = np.zeros((len(district.communities), serial.max() + 1))
    weight[home, serial] = (district.column("people") + 50) * rng.lognormal(0, 0.15, len(home))
    quarters = share_out_rows(weight, 4 * posted_workers(district, year))
    shares: Floats = quarters[home, serial] / 4
    return shares
