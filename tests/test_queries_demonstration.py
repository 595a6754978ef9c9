"""The questions put to the built extracts: every count leads to exactly its records, and no answer is dear."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from queries.areas import areas
from queries.catalogue import measures
from queries.glance import case_summary, glance_events, glance_party, glance_teams, workforce_summary
from queries.indicator_queries import indicator_by_area, indicator_by_code
from queries.periods import Period
from queries.profile import measures_by_code
from queries.records import list_records
from queries.run import Database, open_database
from queries.search import search_areas

DISTRICT = "320613"
LEVELS = ("district", "subdistrict", "community", "neighbourhood")
PERIODS = ("2020", "2019-10..2020-03")
# measures that count rows: the table behind them and what narrows it
COUNTED: dict[str, tuple[str, dict[str, list[str]]]] = {
    "events": ("event_total", {}),
    "service_projects": ("service_project", {}),
    "service_projects_door": ("service_project", {"door_to_door": ["true"]}),
    "cases": ("case", {}),
    "cases_informant": ("case", {"channel": ["full_time_informant", "part_time_informant"]}),
    "matters_opened": ("deliberation", {}),
    "reviews_resolved": (
        "deliberation",
        {"form": ["residents_review"], "outcome": ["solved"], "dated_by": ["settled_on"]},
    ),
    "venture_projects": ("venture_project", {}),
    "micro_projects": ("micro_project", {}),
    "service_teams": ("service_team", {}),
    "team_reaches": ("team_reach", {}),
    "service_offices": ("service_office", {}),
    "social_organisations": ("social_organisation", {}),
    "community_social_organisations": ("social_organisation", {"scope": ["community"]}),
    "party_committees": ("party_organisation", {"kind": ["community_committee"]}),
    "party_branches": ("party_organisation", {"kind": ["neighbourhood_branch"]}),
    "stairwell_groups": ("party_organisation", {"kind": ["stairwell_group"]}),
    "gardens": ("garden", {}),
    "interest_groups": ("interest_group", {}),
    "culture_places": ("culture_place", {}),
}


@pytest.fixture(scope="module")
def db(extracts: Path) -> Iterator[Database]:
    database = open_database(extracts, small_count=1)
    yield database
    database.close()


@pytest.fixture(scope="module")
def everywhere(db: Database) -> pd.DataFrame:
    return areas(db)


def total(db: Database, table: str, area: str, period: Period, filters: dict[str, list[str]]) -> int:
    found = list_records(db, table, area, period.start, period.end, filters, limit=1)
    return int(found["total"].iloc[0]) if len(found) else 0


@pytest.mark.parametrize("measure", COUNTED)
def test_a_count_is_the_number_of_its_records(db: Database, everywhere: pd.DataFrame, measure: str) -> None:
    table, filters = COUNTED[measure]
    # every kind of ancestor: both former districts, both zones, and some of the many
    wanted = {"district": 1, "former_district": 1, "zone": 1, "subdistrict": 5, "community": 60}
    some = [
        code for level, step in wanted.items() for code in everywhere.loc[everywhere["level"] == level, "code"][::step]
    ]
    for text in PERIODS:
        period = Period.parse(text)
        found = indicator_by_code(db, measure, None, some, period.start, period.end).set_index("code")["numerator"]
        counted = {code: total(db, table, code, period, filters) for code in some}
        wrong = {code: (found[code], counted[code]) for code in some if found[code] != counted[code]}
        assert not wrong, f"{measure} in {text}: {wrong}"


def test_every_measure_adds_up_to_the_district(db: Database, everywhere: pd.DataFrame) -> None:
    period, known = Period.parse("2020"), measures(db).set_index("measure")
    found = measures_by_code(db, list(known.index), list(everywhere["code"]), period.start, period.end)
    level = found["code"].map(everywhere.set_index("code")["level"])
    sums = found.groupby([found["measure"], level])["value"].sum().unstack()
    finest = known["grain_level"].reindex(sums.index).map(LEVELS.index)
    for depth, part in enumerate(LEVELS):
        so_fine = finest >= depth
        pd.testing.assert_series_equal(sums.loc[so_fine, part], sums.loc[so_fine, "district"], check_names=False)
        assert (sums.loc[~so_fine, part] == 0).all(), "nothing is known below a measure's own level"
    assert len(sums) == len(known) > 80


def test_glances_say_what_the_measures_say(db: Database, everywhere: pd.DataFrame) -> None:
    period = Period.parse("2020")
    asked: list[str] = ["320613", *everywhere.loc[everywhere["level"] == "subdistrict", "code"]]

    def of(measure: str) -> pd.Series[Any]:
        return indicator_by_code(db, measure, None, asked, period.start, period.end).set_index("code")["numerator"]

    party, teams, held, received = of("party_branches"), of("service_teams"), of("attendances"), of("cases")
    workers = of("workers")
    for code in asked:
        days = (period.start, period.end)
        assert glance_party(db, code, *days)["branches"].iloc[0] == party[code]
        assert glance_teams(db, code, *days)["teams"].sum() == teams[code]
        assert glance_events(db, code, *days)["attendances"].sum() == held[code]
        assert case_summary(db, code, *days)["received"].iloc[0] == received[code]
        assert workforce_summary(db, code, period.end)["total"].iloc[0] == workers[code]


def test_the_party_chain_is_the_published_one(db: Database) -> None:
    period = Period.parse("2020")
    found = glance_party(db, DISTRICT, period.start, period.end).iloc[0]
    assert tuple(found[["committees", "branches", "groups", "households"]]) == (149, 782, 1389, 2737)


def test_all_neighbourhoods_cost_little(db: Database) -> None:
    period, took = Period.parse("2018..2020"), []
    for _ in range(12):
        started = time.process_time()
        found = indicator_by_area(db, "attendances", "population", "neighbourhood", DISTRICT, period.start, period.end)
        took.append(time.process_time() - started)  # of all threads: other people's load does not count
    assert len(found) == 1074
    assert found.notna().all(axis=None)
    assert min(took) <= 0.05, f"{[round(1000 * second) for second in took]} ms"


@pytest.mark.parametrize(("level", "every"), [("subdistrict", 1), ("community", 3)])
def test_an_area_is_found_by_each_of_its_names(db: Database, everywhere: pd.DataFrame, level: str, every: int) -> None:
    own = everywhere[everywhere["level"] == level].iloc[::every]
    for code, zh, en, aliases in zip(
        own["code"], own["name_zh"], own["name_en"], own["aliases"].fillna(""), strict=True
    ):
        for text in (code, zh, en, *aliases.split("|")):
            found = search_areas(db, text) if text else None
            assert found is None or code in set(found["code"]), (code, text)
        same = set(own.loc[own["name_zh"] == zh, "code"])
        assert search_areas(db, zh).at[0, "code"] in same
