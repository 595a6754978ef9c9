"""Comparison at every level, in both languages: table, change map with locked classes, two indicators, multiples."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pages.parts import compare_findings, compare_maps, data, profile
from pages.parts.scene import Shown
from pages.parts.state import View, level_of
from pages.parts.words import words
from tests.opening import asked, html_of, opened, table_called, text_of

AREAS = {
    "district": "320613",
    "zone": "320613401",
    "subdistrict": "320613007",
    "community": "320613007005",
    "neighbourhood": "320613007005001",
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("level", AREAS)
def test_every_level_opens_whole(level: str, language: str) -> None:
    app = opened("compare", area=AREAS[level], lang=language, map="pair" if language == "en" else "change")
    own = words(language)
    assert not app.exception and "ll-failure" not in html_of(app).replace(".ll-failure", "")
    assert html_of(app).count('class="ll-lead"') == 1
    assert len(table_called(app, own["compare_page.table"])) == 8
    compared = app.multiselect(key=f"areas.{AREAS[level]}").value
    assert 2 <= len(compared) <= 10
    if level in {"subdistrict", "community", "neighbourhood"}:
        assert compared[0] == AREAS[level] and len({level_of(code) for code in compared}) == 1
    faces = {str(each.key).removeprefix("face_") for each in app.get("button_group") if "face_" in str(each.key)}
    alike = {"alike"} if level in {"subdistrict", "community", "neighbourhood"} else set()
    assert faces == {"multiples", "pair" if language == "en" else "changes"} | alike


def test_the_sentence_counts_who_leads(extracts: Path) -> None:
    chosen = ["320613001", "320613002", "320613003"]
    app = opened("compare", areas=",".join(chosen), figures="attendances_per_1000,hours_to_close")
    table = table_called(app, "区域并列比较")
    values = table.set_index("指标").map(lambda text: float(text.replace(",", "")))
    assert values.shape == (2, 3)
    attended, hours = (values.iloc[place] for place in (0, 1))
    shown = text_of(app)
    if attended.idxmax() == hours.idxmin():
        assert f"{attended.idxmax()}领先最多，有 2 项居首" in shown
    else:
        assert "领先最多，各有 1 项居首" in shown
    measure = pd.read_parquet(
        extracts / "measure.parquet",
        filters=[("measure", "in", ["attendances", "population"]), ("code", "in", chosen)],
    )
    measure = measure[pd.to_datetime(measure["month"]).dt.year == 2020]
    flow = measure[measure["measure"] == "attendances"].groupby("code")["value"].sum()
    stock = measure[measure["measure"] == "population"].groupby("code")["value"].last()
    assert attended.tolist() == pytest.approx((1000 * flow / stock).round().tolist())


def test_choosing_writes_the_address_and_ten_is_the_most() -> None:
    app = opened("compare", areas=",".join(f"3206130{n:02d}" for n in range(1, 17)))
    assert len(app.multiselect(key="areas.320613").value) == 10
    app.multiselect(key="areas.320613").set_value(["320613001", "320613007005"]).run()
    assert asked(app, "areas") == "320613001,320613007005" and not app.exception
    assert "社区" in table_called(app, "区域并列比较").columns[2]


def test_unknown_areas_and_indicators_are_left_out() -> None:
    app = opened("compare", areas="1,2,320613001,x", figures="nothing", second="no", since="yesterday", map="upside")
    assert not app.exception and app.multiselect(key="areas.320613").value == ["320613001"]
    assert app.selectbox(key="since").value == "2019"


def test_breaks_are_the_same_whatever_year_or_area_is_shown() -> None:
    indicator = data.indicators()["attendances_per_1000"]
    assert compare_maps.breaks(indicator, "community", "2019", "2020") == compare_maps.breaks(
        indicator, "community", "2018", "2019"
    )
    view = View(area="320613007", area_level="subdistrict", level="community")
    inside, whole = Shown("community", "320613007"), Shown("community", "320613")
    one = compare_maps.change_map(view, indicator, inside, "2019")
    every = compare_maps.change_map(view, indicator, whole, "2019")
    assert {code: every.classes[code] for code in one.classes} == dict(one.classes)
    assert one.legend.entries[:5] == every.legend.entries[:5] and one.colours == every.colours


@pytest.mark.parametrize(("change", "place"), [(-9.0, 0), (-2.0, 1), (0.9, 2), (-0.9, 2), (1.0, 3), (5.0, 4)])
def test_classes_of_change_are_symmetric(change: float, place: int) -> None:
    assert compare_maps.class_of(change, 1.0, 5.0) == place
    assert compare_maps.class_of(-change, 1.0, 5.0) == 4 - place
    assert compare_maps.class_of(float("nan"), 1.0, 5.0) == "missing"


def test_a_change_is_the_later_less_the_earlier(extracts: Path) -> None:
    found = compare_maps.changes(data.indicators()["events"], Shown("subdistrict", "320613"), "2019", "2020")
    events = pd.read_parquet(
        extracts / "measure.parquet", filters=[("measure", "==", "events"), ("level", "==", "subdistrict")]
    )
    years = events.assign(year=pd.to_datetime(events["month"]).dt.year).pivot_table(
        index="code", columns="year", values="value", aggfunc="sum"
    )
    assert found["change"].to_dict() == (years[2020] - years[2019]).to_dict()


def test_nine_classes_of_two_indicators_are_thirds_of_each() -> None:
    known = data.indicators()
    one, other = known["teams_per_10000"], known["projects_per_1000"]
    drawn = compare_maps.pair_map(View(), one, other, Shown("community", "320613"))
    x = data.indicator_values(one, "community", "320613", "2020").set_index("code")["value"]
    classes = pd.Series({code: place for code, place in drawn.classes.items() if not isinstance(place, str)})
    assert [key for key, _ in drawn.legend.entries[:9]] == list(range(9))
    assert drawn.legend.entries[2][1] == "每万人队伍高、每千人项目低"
    assert set(classes) <= set(range(9)) and len(drawn.colours) == 9 and drawn.legend.grid is not None
    ranks = x.loc[classes.index].rank()
    low, high = (ranks[classes % 3 == third] for third in (0, 2))
    assert low.max() < high.min() and abs(len(low) - len(x) / 3) <= 2


def test_what_is_withheld_has_a_mark_and_a_word_of_its_own() -> None:
    """A share that would tell of few people is neither missing nor zero: on both maps, in the table, in the file."""
    known = data.indicators()
    satisfied, teams, what = known["satisfaction"], known["teams_per_10000"], Shown("community", "320613")
    found = data.indicator_values(satisfied, "community", "320613", "2020").set_index("code")
    kept = set(found.index[found["withheld"]])
    assert 10 < len(kept) < len(found)
    word = words("zh")["meaning.withheld"]
    pair = compare_maps.pair_map(View(), teams, satisfied, what)
    change = compare_maps.change_map(View(), satisfied, what, "2019")
    for drawn in (pair, change):
        marked = {code for code, mark in drawn.classes.items() if mark == "suppressed"}
        assert kept <= marked and {drawn.values[code] for code in marked} == {word}
        assert words("zh")["meaning.withheld_legend"] in {said for _, said in drawn.legend.entries}
    code = sorted(kept)[0]
    shown = table_called(opened("compare", areas=f"{code},320613001", figures="satisfaction"), "区域并列比较")
    assert shown.iloc[0, 1] == word
    values, hidden = (
        ask([satisfied], [code, "320613001"], "2020") for ask in (profile.value_table, profile.withheld_table)
    )
    assert compare_findings.exported([satisfied], values, hidden).iloc[0, 2] == word
