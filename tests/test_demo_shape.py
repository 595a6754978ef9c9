"""The demonstration records have a believable shape: seasons, the epidemic, gaps, chains that hang together."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.demo_names import TIANQIN

from .demo_records import Records, made


@pytest.fixture(scope="module")
def records() -> Records:
    return made()


def test_full_years_meet_the_yearly_figures_and_2020_does_not(records: Records) -> None:
    events = records.event["held_on"].dt.year.value_counts()
    people = records.attendance.groupby(records.attendance["event_id"].str[1:5])["attendances"].sum()
    for year in (2018, 2019):
        assert 10_000 <= events[year] <= 10_300
        assert 3_000_000 <= people[str(year)] <= 3_090_000
    assert events[2020] < 9_000
    assert people["2020"] < 2_500_000


def test_epidemic_stops_events_and_sends_services_to_the_door(records: Records) -> None:
    months = records.event["held_on"].dt.to_period("M").value_counts()
    projects = records.service_project
    door = projects.groupby(projects["completed_on"].dt.to_period("M"))["door_to_door"].agg(["sum", "mean"])
    for month in ("02", "03", "04"):
        assert months[f"2020-{month}"] < 0.3 * months[f"2019-{month}"]
        assert door.loc[f"2020-{month}", "mean"] > 0.75
        assert door.loc[f"2020-{month}", "sum"] > 2 * door.loc[f"2019-{month}", "sum"]
    spring = records.event[records.event["held_on"].between("2020-02-01", "2020-04-30")]
    assert (spring["place"] == "online").mean() > 0.6
    assert (records.event["place"] == "online").mean() < 0.1


def test_events_follow_the_calendar(records: Records) -> None:
    typical = records.in_year("event", "held_on", 2019)
    days = typical["held_on"].value_counts().sort_index()
    assert days.idxmax() == pd.Timestamp("2019-05-20")
    assert (typical["held_on"].dt.day_of_week >= 5).mean() > 0.36
    usual = len(typical) / 365
    assert days["2019-09-07":"2019-09-13"].mean() > 1.5 * usual
    assert days["2019-01-20":"2019-02-02"].mean() > 1.3 * usual
    assert days.reindex(pd.date_range("2019-02-04", "2019-02-07"), fill_value=0).mean() < 0.4 * usual
    on_the_day = typical[typical["held_on"] == "2019-05-20"]
    assert (on_the_day["kind"] == "volunteering").mean() > 0.5


def test_attendance_has_heavy_tails_gaps_and_late_entries(records: Records) -> None:
    size = records.attendance.groupby("event_id")["attendances"].sum()
    assert 1_200_000 <= len(records.attendance) <= 2_000_000
    assert size.nlargest(len(size) // 10).sum() > 0.35 * size.sum()
    assert size.max() < 15_000
    missing = 1 - len(size) / len(records.event)
    assert 0.02 < missing < 0.045
    delay = (records.event["recorded_on"] - records.event["held_on"]).dt.days
    assert delay.min() >= 0
    assert 0.03 < (delay > 14).mean() < 0.12
    late = records.event["neighbourhood"].str.startswith("320613019") & (records.event["held_on"] >= "2020-07-01")
    assert delay[late & (records.event["held_on"] < "2020-11-01")].median() > 20
    assert records.event.loc[late, "held_on"].max() < pd.Timestamp("2020-12-01")
    assert records.event["recorded_on"].max() <= pd.Timestamp("2020-12-31")


def test_people_come_from_near_by_and_some_across_the_border(records: Records) -> None:
    table = records.attendance.merge(records.event[["event_id", "neighbourhood"]], on="event_id")
    same = table["home_neighbourhood"].str[:12] == table["neighbourhood"].str[:12]
    share = table.loc[same, "attendances"].sum() / table["attendances"].sum()
    assert 0.4 < share < 0.8


def test_populations_agree_and_grow(records: Records) -> None:
    people = records.population.groupby(["neighbourhood", "year"])["people"].sum()
    homes = records.household.set_index(["neighbourhood", "year"])
    both = homes["household_population"] + homes["collective_population"]
    assert (people.sort_index() == both.sort_index()).all()
    total = people.groupby("year").sum()
    assert total.is_monotonic_increasing
    assert total[2017] > 0.95 * total[2020]


def test_party_chain_hangs_together(records: Records) -> None:
    table = records.party_organisation.set_index("organisation_id")
    branches = table[table["kind"] == "neighbourhood_branch"]
    groups = table[table["kind"] == "stairwell_group"]
    assert branches["neighbourhood"].is_unique
    assert (table.loc[groups["parent_id"], "kind"] == "neighbourhood_branch").all()
    assert (table.loc[groups["parent_id"], "neighbourhood"].to_numpy() == groups["neighbourhood"].to_numpy()).all()
    child = table[table["parent_id"].notna()]
    assert (child["established_on"].to_numpy() >= table.loc[child["parent_id"], "established_on"].to_numpy()).all()
    below = groups.groupby("parent_id")["members"].sum()
    assert (below <= branches.loc[below.index, "members"]).all()
    without = 166 - (table["kind"] == "community_committee").sum()
    assert without == 17
    assert branches["parent_id"].isna().any()


def test_the_place_of_the_secretarys_tea_has_a_branch_with_a_committee_above_it(records: Records) -> None:
    table = records.party_organisation
    branch = table[(table["neighbourhood"] == TIANQIN) & (table["kind"] == "neighbourhood_branch")].iloc[0]
    assert branch["established_on"] <= pd.Timestamp("2019-06-30")
    above = table.set_index("organisation_id").loc[branch["parent_id"]]
    assert above["community"] == TIANQIN[:12]


def test_functions_are_carried_out_by_posts_that_are_filled(records: Records) -> None:
    table = records.neighbourhood_function
    assert table.groupby("neighbourhood")["function"].nunique().eq(3).all()
    assert (table["carried_out"] == table["carried_by"].notna()).all()
    councils = records.harmony_council.set_index("neighbourhood").loc[table["neighbourhood"]].reset_index()
    manned = {"officer": "officer_in_post", "chair": "chair_filled", "council_member": "council_filled"}
    for post, column in manned.items():
        assert (councils.loc[table["carried_by"] == post, column] > 0).all()
    assert table.groupby("function")["carried_out"].mean().between(0.7, 0.99).all()


def test_raters_of_one_place_differ_but_not_wildly(records: Records) -> None:
    table = records.assessment
    apart = (table["score_squares"] - table["score_sum"] ** 2 / table["raters"]) / (table["raters"] - 1)
    assert (apart > 0).all()
    assert 6 < apart.mean() ** 0.5 < 10


def test_volunteers_give_about_the_hours_asked_for(records: Records) -> None:
    table = records.volunteering[records.volunteering["month"].dt.year == 2019]
    branches = table.groupby("branch_id").agg(
        hours=("hours", "sum"), members=("members", "mean"), months=("month", "size")
    )
    whole = branches[branches["months"] == 12]
    hours = whole["hours"] / whole["members"]
    assert 25 < hours.mean() < 32
    assert 0.1 < (hours < 25).mean() < 0.6
    assert (records.volunteering["members_with_post"] <= records.volunteering["members"]).all()


@pytest.mark.parametrize("dimension", ["post_level", "age_band", "education", "party", "certificate", "examination",
                                       "tenure", "posting", "veteran"])  # fmt: skip
def test_staffing_dimensions_sum_to_the_community_total(records: Records, dimension: str) -> None:
    by_place = records.staffing.groupby(["dimension", "community", "year"])["workers"].sum()
    assert by_place.loc[dimension].equals(by_place.loc["total"])


def test_staffing_ages_fit_their_bands(records: Records) -> None:
    table = records.staffing.pivot_table(
        index=["community", "year"], columns=["dimension", "category"], values="workers"
    )
    bands, years = table["age_band"], table["age_sum"]["years"]
    assert (years >= 22 * bands["<=30"] + 31 * bands["31-45"] + 46 * bands[">45"]).all()
    assert (years <= 30 * bands["<=30"] + 45 * bands["31-45"] + 59 * bands[">45"]).all()
    assert set(table["post_level"].columns) == {f"{post}{step}" for post in "ABCD" for step in "123"}


def test_posted_workers_are_those_of_the_neighbourhoods(records: Records) -> None:
    shares = records.worker_posting.groupby([records.worker_posting["neighbourhood"].str[:12], "year"])[
        "officer_share"
    ].sum()
    chosen = records.staffing.query("dimension == 'posting' and category == 'neighbourhood'")
    posted = chosen.set_index(["community", "year"])["workers"]
    assert np.allclose(shares.sort_index().to_numpy(), posted.sort_index().to_numpy())


def test_councils_have_vacancies_but_no_more_filled_than_seats(records: Records) -> None:
    table = records.harmony_council
    for post in ("chair", "council", "stairwell"):
        assert (table[f"{post}_filled"] <= table[f"{post}_seats"]).all()
        assert 0.02 < 1 - table[f"{post}_filled"].sum() / table[f"{post}_seats"].sum() < 0.3
    none = table["established_on"].isna()
    assert 0 < none.sum() < 60
    assert (table.loc[none, ["chair_seats", "council_seats", "stairwell_seats"]] == 0).all(axis=None)
    served = records.worker_posting.query("year == 2020 and officer_share > 0")["neighbourhood"]
    assert set(table.loc[table["officer_in_post"], "neighbourhood"]) == set(served)
    held = table[~none]
    assert (held["elected_on"] >= held["established_on"]).all()
    assert (held["elected_on"] <= pd.Timestamp("2020-12-31")).all()
    assert 0 < (held["term_ends_on"] < pd.Timestamp("2020-12-31")).mean() < 0.15


def test_cases_run_through_their_stages(records: Records) -> None:
    table = records.case
    stages = ["received_at", "analysed_at", "dispatched_at", "handled_at", "closed_at"]
    for earlier, later in pairwise(stages):
        done = table[later].notna()
        assert (table.loc[done, earlier] <= table.loc[done, later]).all()
    assert 60_000 <= len(table) <= 80_000
    assert table["closed_at"].isna().equals(table["settled_within"].isna())
    assert 0.003 < table["closed_at"].isna().mean() < 0.05
    hours = (table["closed_at"] - table["received_at"]).dt.total_seconds().dropna() / 3600
    assert hours.mean() > 1.3 * hours.median()
    first = table.set_index("case_id")
    again = table[table["repeat_of"].notna()]
    origin = first.loc[again["repeat_of"]]
    assert origin["repeat_of"].isna().all()
    assert (origin["received_at"].to_numpy() <= again["received_at"].to_numpy()).all()
    assert (origin["category"].to_numpy() == again["category"].to_numpy()).all()


def test_deliberations_settle_after_they_open(records: Records) -> None:
    table = records.deliberation
    settled = table["settled_on"].notna()
    assert settled.equals(table["outcome"] != "open")
    assert (table.loc[settled, "settled_on"] >= table.loc[settled, "opened_on"]).all()
    assert table["settled_on"].max() <= pd.Timestamp("2020-12-31")
    assert table.loc[table["form"] == "residents_review", "opened_on"].min() >= pd.Timestamp("2019-09-01")
    assert table.loc[table["neighbourhood"] == TIANQIN, "title"].str.startswith("书记下午茶").all()


def test_organisations_and_projects_are_alive_when_they_act(records: Records) -> None:
    table = records.social_organisation.dropna(subset="dissolved_on")
    assert (table["dissolved_on"] > table["founded_on"]).all()
    work = records.service_project.merge(records.service_team, on="team_id", suffixes=("", "_team"))
    assert (work["completed_on"] > work["founded_on"]).all()
    assert (work["kind"] == work["kind_team"]).all()


def test_named_brands_stand_where_the_report_has_them(records: Records) -> None:
    branded = records.service_team.dropna(subset="brand")
    homes = branded.groupby("brand")["neighbourhood"].agg(lambda codes: sorted({code[:12] for code in codes}))
    assert set(homes.index) == {"“小老”帮“老老”", "康伴计划邻里行", "残疾人葡萄园", "三诚八互", "睦邻拾年"}
    assert homes["三诚八互"] == ["320613017008"]
    assert homes["残疾人葡萄园"] == ["320613009016"]
    assert all(code.startswith("320613004") for code in homes["“小老”帮“老老”"])
    assert records.garden.query("kind == 'sky_garden'")["neighbourhood"].str.startswith("320613005018").all()


def test_every_neighbourhood_has_a_place_for_culture_but_not_everything(records: Records) -> None:
    codes = set(records.household["neighbourhood"])
    assert set(records.culture_place["neighbourhood"]) == codes
    assert 20 < len(codes - set(records.team_reach["neighbourhood"])) < 250
    own = records.service_team[["team_id", "neighbourhood"]].merge(records.team_reach)
    assert len(own) == len(records.service_team)


def test_every_community_has_an_office_at_a_building(records: Records) -> None:
    table = records.service_office
    assert table["neighbourhood"].is_unique
    assert table["neighbourhood"].str[:12].nunique() == 166
    assert table["lon"].between(120.3, 121.2).all()
    assert table["lat"].between(31.8, 32.3).all()


def test_budgets_keep_their_floors(records: Records) -> None:
    table = records.budget
    least = table.groupby("fund")["planned"].min()
    assert least["district_micro_projects"] >= 2_500_000
    assert least["subdistrict_micro_projects"] >= 200_000
    assert set(table.loc[table["fund"] == "community_party_service", "planned"]) == {50_000}
    assert (table["spent"] <= table["planned"]).all()
    named = records.micro_project.dropna(subset="spent")
    assert (named["spent"] <= named["planned"]).all()


def test_satisfaction_goes_with_participation_but_not_too_closely(records: Records) -> None:
    table = records.survey.query("question == 'satisfaction' and year == 2020")
    answers = table.pivot_table(index="community", columns="answer", values="responses")
    content = answers["yes"] / answers.sum(axis=1)
    joined = records.attendance.groupby(records.attendance["home_neighbourhood"].str[:12])["attendances"].sum()
    people = records.population.groupby(records.population["neighbourhood"].str[:12])["people"].sum()
    assert 0.15 < content.corr(joined / people, method="spearman") < 0.85


def test_some_units_coincide_with_neighbourhoods_and_some_do_not(records: Records) -> None:
    share = records.three_in_one.groupby("kind")["stated"].agg(lambda column: column.notna().mean())
    assert share.between(0.55, 0.95).all()
    folder = records.root / "records" / "geography"
    for kind in ("grid", "residents_group"):
        drawn = pq.read_table(folder / f"{kind}s.parquet")
        units = records.three_in_one.query("kind == @kind")
        assert set(drawn["unit_id"].to_pylist()) == set(units["unit_id"])
