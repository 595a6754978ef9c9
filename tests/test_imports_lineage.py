"""From a figure to the load, the file and the row behind it; what no load brought is said to be a demonstration."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.build import build
from data.imports import applying, loads
from data.imports.examine import Options, examine
from data.imports.lineage import Fed, fed
from data.imports.mappings import Mappings
from tests import office_files as office
from tests import tiny_district as tiny
from tests.office_files import EVENT, EVENT_HEADERS
from tests.opening import html_of, opened

YEAR = (date(2020, 1, 1), date(2020, 12, 31))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny district with two loads of events in force: two rows in 2020, one of them corrected, one in 2019."""
    made = tiny.write_district(tmp_path_factory.mktemp("lineage") / "data")
    build(made)
    put(
        made,
        "a.csv",
        event("E8"),
        event("E9", 主办邻里=tiny.B2),
        event("E7", 举办日期="2019-05-18", 登记日期="2019-05-19"),
    )
    put(made, "late.csv", event("E9", 主办邻里=tiny.B2, 名称="书法展"))
    return made


def event(identity: str, **changed: Any) -> list[Any]:
    values = dict(zip(EVENT_HEADERS, EVENT, strict=True)) | {"主办邻里": tiny.A1, "活动编号": identity} | changed
    return [values[header] for header in EVENT_HEADERS]


def put(root: Path, name: str, *rows: list[Any]) -> None:
    file = office.text_file(root.parent / name, [EVENT_HEADERS, *rows])
    load = loads.stage(root, examine([str(file)], root, Options(), Mappings()), "clerk")
    applying.apply(root, load.id, "clerk", "checked")


def test_a_figure_names_the_files_whose_rows_lie_in_its_area_and_period(root: Path) -> None:
    district = fed(root, ["event"], ("320613",), *YEAR)
    assert district[:2] == [Fed("event", "L0002", "late.csv", 1, 2, 2), Fed("event", "L0001", "a.csv", 1, 2, 2)]
    assert [each.load for each in fed(root, ["event"], (tiny.B2,), *YEAR) if each.load] == ["L0002"]
    earlier = fed(root, ["event"], ("320613",), date(2019, 1, 1), date(2019, 12, 31))
    assert [(each.file, each.first) for each in earlier if each.load] == [("a.csv", 4)]
    assert fed(root, ["event"], ("320613",), date(1999, 1, 1), date(1999, 12, 31)) == []


def test_what_no_load_brought_is_the_demonstrations(root: Path) -> None:
    found = fed(root, ["event", "service_office", "attendance"], ("320613",), *YEAR)
    assert {each.table for each in found if not each.load} == {"event", "service_office", "attendance"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_lead_from_the_figure_to_load_file_and_row(
    root: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setenv("LINLI_DATA", str(root))
    overview = html_of(opened("overview", lang=lang, period="2020", indicator="events"))
    details = re.findall(r'<details class="ll-source".*?</details>', overview, re.DOTALL)
    told = [each for each in details if "late.csv" in each]
    assert told and len(told) < len(details)
    assert all('href="deliveries?' in each and "load=L0002" in each and "clerk" in each for each in told)
    listed = html_of(opened("records", lang=lang, table="event_total", period="2020"))
    assert ("批次 L0001：a.csv 第 2 行" if lang == "zh" else "load L0001: a.csv , row 2") in listed
    assert ("演示数据，无填报文件" if lang == "zh" else "demonstration data, no office file") in listed
    offices = html_of(opened("records", lang=lang, table="service_office", period="2020"))
    assert ("以上均为演示数据" if lang == "zh" else "All of these are demonstration data") in offices


def test_a_link_to_a_load_opens_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_DATA", str(root))
    app = opened("deliveries", lang="zh", load="L0001")
    assert not app.exception
    assert [box.value for box in app.selectbox if str(box.value).startswith("L0")] == ["L0001"]
