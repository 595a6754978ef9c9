"""Every record table of every kind of area, in both languages: the rows listed are those the extracts hold."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from pages.parts.words import enum, speaking, words
from queries.records import RECORD_TABLES
from tests.opening import asked, html_of, opened, table_called, text_of

DISTRICT, SUBDISTRICT, COMMUNITY, NEIGHBOURHOOD = "320613", "320613007", "320613007005", "320613007005001"
WRONG = re.compile(r"\{\w+\}|\bnan\b|\bNone\b|\bNaT\b|<NA>")


@pytest.fixture(scope="module")
def events(extracts: Path) -> pd.DataFrame:
    frame = pd.read_parquet(extracts / "event_total.parquet")
    return frame.assign(year=pd.to_datetime(frame["held_on"]).dt.year)


@pytest.fixture(scope="module")
def areas(extracts: Path) -> pd.DataFrame:
    return pd.read_parquet(extracts / "area.parquet").set_index("code", drop=False)


@pytest.mark.parametrize("table", [*RECORD_TABLES, "area"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_table_lists_the_district_in_words(table: str, language: str) -> None:
    app = opened("records", table=table, lang=language)
    shown = text_of(app)
    assert not app.exception and 'class="ll-failure"' not in html_of(app)
    assert not WRONG.search(shown), WRONG.search(shown)
    assert 'class="ll-empty"' not in html_of(app), shown[-400:]
    if language == "en":  # names and titles are data and stay as recorded; headers and choices are words
        head = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', html_of(app))
        assert head and not re.search(r"[一-龥]", "".join(head))


@pytest.mark.parametrize("table", RECORD_TABLES)
def test_a_table_without_records_of_a_neighbourhood_says_so_and_leads_upwards(table: str) -> None:
    app = opened("records", table=table, area=NEIGHBOURHOOD)
    finest = RECORD_TABLES[table].finest
    body, shown = html_of(app), text_of(app)
    assert not app.exception
    if finest == "neighbourhood":
        assert "一级，没有" not in shown
        return
    above = COMMUNITY if finest == "community" else DISTRICT
    assert f"只记到{'社区' if finest == 'community' else '区'}一级" in shown
    assert re.search(rf'href="records\?area={above}&[^"]*table={table}', body)


def test_the_heading_counts_the_events_and_their_attendances(events: pd.DataFrame) -> None:
    inside = events[events["neighbourhood"].str.startswith(COMMUNITY) & (events["year"] == 2019)]
    shown = text_of(opened("records", table="event_total", area=COMMUNITY, period="2019"))
    assert f"2019年，中心村社区有 {len(inside):,} 场活动" in shown
    assert f"参与共 {int(inside['attendances'].sum()):,} 人次" in shown


def test_of_attendance_only_events_with_their_totals_are_listed() -> None:
    shown = text_of(opened("records", table="attendance", area=COMMUNITY))
    assert "没有名为“attendance”的记录表" in shown and "请在下面选择一种记录" in shown
    head = table_called(opened("records", table="event_total", area=COMMUNITY), heading(COMMUNITY)).columns
    assert not {"年龄段", "性别", "居住邻里"} & set(head) and "参与人次" in head


def heading(area: str) -> str:
    shown = html_of(opened("records", table="event_total", area=area))
    return re.findall(r"<caption[^>]*>(.*?)</caption>", shown)[0]


def test_pages_together_are_all_rows_once(events: pd.DataFrame) -> None:
    inside = events[events["neighbourhood"].str.startswith(COMMUNITY) & (events["year"] == 2020)]
    found: list[str] = []
    for page in range(1, -(-len(inside) // 50) + 1):
        body = html_of(opened("records", table="event_total", area=COMMUNITY, p=str(page)))
        found += re.findall(r"record=(E?[\w-]+)", "".join(re.findall(r'<th scope="row"[^>]*>(.*?)</th>', body)))
    assert sorted(found) == sorted(inside["event_id"].astype(str))


def test_a_page_that_does_not_exist_says_so() -> None:
    shown = text_of(opened("records", table="event_total", area=COMMUNITY, p="999"))
    assert "没有第 999 页" in shown and "请回到第 1 页" in shown


def test_filters_of_the_address_narrow_the_rows_and_show_in_the_fields(events: pd.DataFrame) -> None:
    inside = events[events["neighbourhood"].str.startswith(COMMUNITY) & (events["year"] == 2020)]
    app = opened("records", table="event_total", area=COMMUNITY, kind="festival,sport")
    assert f"有 {inside['kind'].isin(['festival', 'sport']).sum()} 场活动" in text_of(app)
    assert app.multiselect(key="records.event_total.kind").value == ["festival", "sport"]


def test_choosing_a_filter_or_a_table_goes_into_the_address() -> None:
    app = opened("records", table="event_total", area=COMMUNITY, p="2")
    app.multiselect(key="records.event_total.kind").set_value(["festival"]).run()
    assert asked(app, "kind") == "festival" and asked(app, "p") == ""
    app.selectbox(key="records.table").set_value("service_team").run()
    assert asked(app, "table") == "service_team" and asked(app, "kind") == "" and asked(app, "area") == COMMUNITY


def test_nothing_that_matches_says_how_to_go_on() -> None:
    shown = text_of(opened("records", table="event_total", area=NEIGHBOURHOOD, period="2031"))
    assert "2031年，中心村-01没有“活动及其参与合计”记录" in shown and "请换一个时段" in shown
    shown = text_of(opened("records", table="event_total", area=NEIGHBOURHOOD, kind="sorcery"))
    assert "没有符合筛选条件的" in shown and "清除筛选条件" in shown


def test_one_event_is_shown_in_full_and_leads_to_its_area_and_back(events: pd.DataFrame) -> None:
    one = events[events["neighbourhood"].str.startswith(COMMUNITY) & (events["year"] == 2020)].dropna().iloc[0]
    app = opened("records", table="event_total", area=str(one["neighbourhood"]), record=str(one["event_id"]))
    shown, body = text_of(app), html_of(app)
    with speaking("zh"):
        kind = enum("kind", str(one["kind"]))
    for value in (one["event_id"], one["name"], kind, f"{one['attendances']:,.0f}", str(one["held_on"])[:10]):
        assert str(value) in shown, value
    assert f'href="area?area={one["neighbourhood"]}' in body and "的全部记录" in shown


def test_a_record_that_does_not_exist_says_so() -> None:
    shown = text_of(opened("records", table="event_total", area=NEIGHBOURHOOD, record="no-such"))
    assert "找不到编号为“no-such”的记录" in shown and "的全部记录" in shown


def test_without_a_table_all_are_offered_by_theme() -> None:
    body = html_of(opened("records", area=COMMUNITY))
    for table in [*RECORD_TABLES, "area"]:
        assert re.search(rf'href="records\?area={COMMUNITY}&[^"]*table={table}"', body), table


def test_the_table_behind_the_population_adds_up(areas: pd.DataFrame) -> None:
    app = opened("records", table="area", area=COMMUNITY)
    caption = re.findall(r"<caption[^>]*>(.*?)</caption>", html_of(app))[0]
    people = [int(cell.replace(",", "")) for cell in table_called(app, caption)["人口"]]
    assert sum(people) == areas.at[COMMUNITY, "people"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_column_of_the_file_carries_words_and_codes(language: str) -> None:
    from pages.parts import fields

    app = opened("records", table="event_total", area=COMMUNITY, lang=language)
    assert len(app.get("download_button")) == 2
    with speaking(language):
        labels = {fields.label("event_total", column) for column in ("name", "kind", "held_on", "attendances")}
    head = set(table_called(app, re.findall(r"<caption[^>]*>(.*?)</caption>", html_of(app))[0]).columns)
    assert labels <= head | {words(language)["records.area"]}


def test_no_cell_can_carry_markup_from_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.parts import tables

    column = tables.Column("x", lambda row: tables.anchor('a?b=1&c="2"', row["x"]))
    made = tables.table([tables.Group("<g>", [{"x": "<script>alert(1)</script>"}])], [column], 'a "caption"')
    assert "<script>" not in made and "&lt;g&gt;" in made and 'href="a?b=1&amp;c=&quot;2&quot;"' in made


def test_a_table_too_long_for_a_workbook_is_offered_as_csv_only(extracts: Path) -> None:
    rows = len(pd.read_parquet(extracts / "case.parquet", columns=["case_id"]))
    buttons = {
        each.proto.label: each.proto
        for each in opened("records", table="case", period="2018..2020").get("download_button")
    }
    assert rows > 30_000 and buttons["XLSX"].disabled and "CSV" in buttons["XLSX"].help and not buttons["CSV"].disabled
    assert not any(e.proto.disabled for e in opened("records", table="case", area=COMMUNITY).get("download_button"))
