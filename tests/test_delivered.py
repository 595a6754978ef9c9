"""What may be told where only some offices delivered, or not for the period asked: from rows counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pages.parts import data, delivered, profile, state, undelivered
from pages.parts.card_shelf import cards_of
from pages.parts.delivered import NotDelivered
from pages.parts.words import speaking
from queries.events_charts import events_days
from queries.information_charts import information_places
from queries.run import statement, statement_names
from tests.opening import opened, text_of

IN, ALSO, OUT = "320613001", "320613005", "320613002"
YEAR = (date(2020, 1, 1), date(2020, 12, 31))
PART = ("event", "attendance", "case")


@pytest.fixture
def partly(monkeypatch: pytest.MonkeyPatch) -> delivered.Deliveries:
    """Of events, attendances and cases only two subdistricts are in, the second to June 2020; no service team is."""
    known = delivered.read(data.db())
    spans = {name: dict(offices) for name, offices in known.spans.items()} | {"service_team": {}}
    for table in PART:
        until = (date(2018, 1, 1), date(2020, 6, 30))
        spans[table] = {IN: spans[table][IN], ALSO: until}
    less = replace(known, spans=spans)
    monkeypatch.setattr(delivered, "deliveries", lambda _root, _base: less)
    return less


def test_every_question_about_an_area_says_what_it_is_answered_from() -> None:
    lists = ("records_", "small_")
    asked = [n for n in statement_names() if "area" in statement(n).parameters and not n.startswith(lists)]
    assert len(asked) > 30
    assert [name for name in asked if not delivered.tables_of(name)] == ["alerts_late"]
    of = delivered.tables_of_measures()
    boundaries = {"neighbourhoods", "communities"}
    assert {m for each in data.indicators().values() for m in each.measures if not of.get(m)} == boundaries
    assert of["key_households"] == ("party_household",) and of["cases"] == ("case",)


def test_every_card_is_answered_from_the_table_whose_records_it_lists() -> None:
    view = state.View(page="services", area=state.DISTRICT, period="2020")
    by_key = cards_of("services")
    assert by_key["funds"].tables(view) == ("budget", "micro_project")
    assert set(cards_of("events")["weeks"].tables(replace(view, page="events"))) == {"event", "attendance"}
    assert "volunteering" in cards_of("party")["hours"].tables(replace(view, page="party"))


def test_an_office_that_is_not_in_has_no_figure_and_a_rate_is_that_of_those_in(partly: delivered.Deliveries) -> None:
    rate = data.indicators()["cases_per_1000"]
    found = data.indicator_values(rate, "subdistrict", state.DISTRICT, "2020").set_index("code")
    assert set(found["value"].dropna().index) == {IN, ALSO}
    own = found.loc[[IN, ALSO], ["numerator", "denominator"]].sum()
    whole = data.indicator_of(rate, [state.DISTRICT], "2020").loc[state.DISTRICT]
    assert whole["value"] == pytest.approx(1000 * own["numerator"] / own["denominator"])
    table = profile.value_table([rate], [state.DISTRICT, IN, OUT], "2020")["cases_per_1000"]
    assert table[state.DISTRICT] == pytest.approx(whole["value"]) and table[[OUT]].isna().all()
    assert undelivered.part(rate.source, state.DISTRICT, "2020") == ((IN, ALSO), 16)
    assert undelivered.part(rate.source, IN, "2020") is None


def test_a_month_after_an_offices_last_is_not_delivered_and_one_before_it_is(partly: delivered.Deliveries) -> None:
    later = undelivered.part(["case"], state.DISTRICT, "2020-07")
    assert later == ((IN,), 16) and undelivered.lacking(["case"], ALSO, "2020-07") == ("case",)
    assert not undelivered.lacking(["case"], ALSO, "2020-05")
    series = data.indicator_series(data.indicators()["cases"], [ALSO], *YEAR).set_index("month")["value"]
    assert list(series.notna()) == [True] * 6 + [False] * 6


def test_a_question_about_nothing_delivered_is_refused_and_lists_only_those_in(partly: delivered.Deliveries) -> None:
    with pytest.raises(NotDelivered) as refused:
        data.ask(events_days, OUT, *YEAR)
    assert refused.value.tables == ("event", "attendance") and refused.value.ever
    assert set(data.ask(information_places, state.DISTRICT, "subdistrict", *YEAR)["code"]) == {IN, ALSO}
    assert len(data.ask(events_days, state.DISTRICT, *YEAR))


def test_bureaus_deliver_for_all_and_standing_tables_at_any_time(partly: delivered.Deliveries) -> None:
    known = replace(partly, spans={**partly.spans, "garden": {IN: YEAR}, "harmony_council": {IN: YEAR}})
    assert known.has("garden", OUT, *YEAR) and not known.has("harmony_council", OUT, *YEAR)
    assert known.has("harmony_council", IN, date(2017, 1, 1), date(2017, 12, 31))
    assert not known.has("survey", IN, date(2025, 1, 1), date(2025, 12, 31))
    assert known.has("policy_document", OUT, *YEAR)


def test_how_many_are_in_is_said_once_for_tables_alike(partly: delivered.Deliveries) -> None:
    with speaking("zh"):
        note = undelivered.note(["event", "attendance", "population"], state.DISTRICT, "2020")
        assert note == "“活动”、“活动参与”：16 个街道中 2 个已报送（城东街道、虹桥街道），其余街道不在其中。"
        assert undelivered.within(["case"], state.DISTRICT, "2020") == "（16 个街道中 2 个已报送）"
    with speaking("en"):
        assert "2 of 16 subdistricts delivered" in undelivered.note(["event"], state.DISTRICT, "2020")
        assert undelivered.incomplete(["event"]) and not undelivered.incomplete(["population"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_says_how_many_are_in_by_its_sentence_its_totals_and_its_cards(
    partly: delivered.Deliveries, lang: str
) -> None:
    told = text_of(opened("information", lang=lang))
    assert told.count({"zh": "16 个街道中 2 个已报送", "en": "2 of 16 subdistricts delivered"}[lang]) > 10
