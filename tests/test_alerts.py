"""Alerts: recomputed here from the extracts, explained in both languages, dismissed and brought back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pages.parts import alerts, data, profile
from pages.parts.state import View, level_of
from pages.parts.words import number, speaking
from queries.alerts import alerts_late
from queries.run import open_database
from tests.opening import html_of, opened, text_of

AREAS = ("320613", "320613401", "320613007", "320613007005", "320613007005001")


def view(code: str, period: str = "2020") -> View:
    return View(area=code, area_level=level_of(code), period=period)


def test_late_offices_are_those_without_rows(extracts: Path) -> None:
    database = open_database(extracts)
    found = alerts_late(database, "320613", date(2020, 10, 1), date(2020, 12, 31))
    database.close()
    measure = pd.read_parquet(
        extracts / "measure.parquet", filters=[("measure", "==", "events"), ("level", "==", "neighbourhood")]
    )
    areas = pd.read_parquet(extracts / "area.parquet")
    every = areas.loc[areas["level"] == "neighbourhood", "code"]
    for month in ("2020-10", "2020-11", "2020-12"):
        there = set(measure.loc[pd.to_datetime(measure["month"]).dt.strftime("%Y-%m") == month, "code"])
        missing = pd.Series([code[:9] for code in every if code not in there]).value_counts().to_dict()
        told = found[(found["measure"] == "events") & (pd.to_datetime(found["month"]).dt.strftime("%Y-%m") == month)]
        assert dict(zip(told["subdistrict"], told["missing"], strict=True)) == missing
    assert len(found) > 0 and (found["missing"] <= found["neighbourhoods"]).all()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", AREAS)
def test_every_alert_is_a_sentence_with_an_address(code: str, language: str) -> None:
    with speaking(language):
        found = alerts.found(view(code))
    assert 0 < len(found) <= alerts.CHANGED + alerts.APART + alerts.LATE
    assert len({alert.id for alert in found}) == len(found)
    for alert in found:
        assert alert.text.endswith("。" if language == "zh" else ".") and "nan" not in alert.text.split()
        assert "{" not in alert.text and "area=" in alert.address


def test_what_changed_most_is_the_largest_change_in_usual_differences() -> None:
    given = view("320613")
    chosen = alerts.watched(data.indicators().values())
    codes = list(data.children("320613", "subdistrict")["code"])
    before = profile.value_table(chosen, ["320613", *codes], "2019")
    now = profile.value_table(chosen, ["320613"], "2020")
    usual = (before.loc[codes] - before.loc[codes].median()).abs().median() * 1.4826
    ours = {name: (float(now[name].iloc[0]), float(before[name].loc["320613"])) for name in now.columns}
    sizes = {name: abs(one - other) / usual[name] for name, (one, other) in ours.items() if usual[name] > 0}
    largest = sorted((name for name in sizes if sizes[name] == sizes[name]), key=lambda name: -sizes[name])
    told = [alert.id.split("|")[2] for alert in alerts.changed(given)]
    assert told == largest[: alerts.CHANGED]
    with speaking("zh"):
        first = alerts.changed(given)[0].text
    name = data.indicators()[told[0]]
    one, other = ours[name.id]
    better = (one > other) == (name.direction == "up")
    assert name.name_zh in first and ("好转" if better else "转差") in first
    assert number(one, name.decimals) in first and f"{number(sizes[name.id], 1)} 倍" in first


def test_no_area_or_indicator_is_named_twice_as_far_from_its_peers() -> None:
    told = [alert.id.split("|")[1:3] for alert in alerts.apart(view("320613"))]
    assert len({code for code, _ in told}) == len({name for _, name in told}) == len(told) > 0


def test_data_are_not_late_in_a_period_long_past() -> None:
    assert alerts.late(view("320613", "2019")) == []


def test_an_alert_is_put_away_and_brought_back() -> None:
    app = opened("overview")
    assert not app.exception and any("值得注意 7 条" in each.proto.popover.label for each in app.get("popover"))
    first = next(line for line in text_of(app).splitlines() if "尚未报送" in line)
    buttons = [button for button in app.button if str(button.key).startswith("dismiss_")]
    late = next(button for button in buttons if "|" in str(button.key) and "_late|" in str(button.key))
    count = len(buttons)
    late.click().run()
    assert first.strip() not in text_of(app)
    assert sum(str(button.key).startswith("dismiss_") for button in app.button) == count - 1
    app.button(key="alerts_back").click().run()
    assert first.strip() in text_of(app) and "ll-alert" in html_of(app)
