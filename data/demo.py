"""Demonstration records of 2018 to 2020: seeded, whole by the contract, meeting every published total; never real."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from data.demo_areas import District, read_district
from data.demo_cases import make_cases
from data.demo_deliberation import make_deliberation
from data.demo_events import make_events
from data.demo_governance import make_governance
from data.demo_offices import make_offices
from data.demo_organisations import make_organisations
from data.demo_outcomes import make_outcomes
from data.demo_party import make_party
from data.demo_people import make_people
from data.demo_services import make_services
from data.demo_store import write_table
from data.demo_tools import generator
from data.demo_units import write_units
from data.demo_values import make_values
from data.demo_workforce import make_workforce

SEED = 20_200_701
Maker = Callable[[District, np.random.Generator], dict[str, pd.DataFrame]]
THEMES: tuple[tuple[str, float, Maker], ...] = (  # name, share of the work, maker
    ("people", 0.08, make_people),
    ("offices", 0.02, make_offices),
    ("party", 0.05, make_party),
    ("services", 0.06, make_services),
    ("organisations", 0.03, make_organisations),
    ("values", 0.03, make_values),
    ("governance", 0.04, make_governance),
    ("deliberation", 0.02, make_deliberation),
    ("workforce", 0.03, make_workforce),
    ("outcomes", 0.02, make_outcomes),
    ("cases", 0.12, make_cases),
    ("events", 0.45, make_events),
)


def make_records(root: Path, seed: int, progress: Callable[[str, float], None]) -> None:
    """Write every record table of the contract as `root`/records/<table>.parquet.

    Reads blocks, edges, buildings and assignment from `root`/records/geography, adds grids and residents' groups to it.
    The same geography and seed give the same records. `progress` hears the theme's name and the share done (0 to 1).
    """
    records = root / "records"
    progress("areas", 0.0)
    district = read_district(records / "geography", seed)
    write_table(records, "three_in_one", write_units(records / "geography", seed))
    done = 1 - sum(share for _, share, _ in THEMES)
    for theme, share, make in THEMES:
        progress(theme, done)
        for name, frame in make(district, generator(seed, theme)).items():
            write_table(records, name, frame)
        done += share
    progress("done", 1.0)
