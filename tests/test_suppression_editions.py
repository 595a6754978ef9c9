"""Files taken on a former boundary edition, beside the same files on the one in force, give no small count away."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pandas as pd
import pytest
import streamlit as st
from pptx import Presentation
from scipy.optimize import linprog

from data.manifest import EDITION, extracts_dir, read_manifest
from data.publishing import publish_draft
from pages.exports.html import html_bytes
from pages.exports.image import svg_bytes
from pages.exports.model import Document
from pages.exports.pptx import pptx_bytes
from pages.exports.stories import document_of_address
from pages.exports.xlsx import xlsx_bytes
from pages.parts import data, downloads, state
from pages.parts.state import View
from pages.parts.words import speaking, words
from queries import withheld_kept
from queries.run import open_database
from queries.suppression import SMALL
from queries.withholding import Withholding
from tests import tiny_district as tiny
from tests.edition_place import DAY, approved_draft, publication, write_place
from tests.edition_place import opened as store_of
from tests.test_publish import quiet

NEW = "2021-01"
EDITIONS = (EDITION, NEW)
WORD = words("zh")["meaning.withheld"]
ASKED = {"first_time_share": "attendances_first_time", "elderly_attendance_share": "attendances_60_plus"}
LEVELS = ("subdistrict", "community", "neighbourhood")
HOME = {
    tiny.A1: (8, 42, 50), tiny.A2: (60, 140, 50), tiny.A3: (61, 130, 70), tiny.B1: (50, 50, 60),
    tiny.B2: (40, 60, 30), tiny.B3: (6, 94, 55), tiny.B4: (70, 30, 45),
}  # fmt: skip
"""Attendances by residents of a neighbourhood: for the first time, again below 60, again from 60."""
MADE_OF = {
    EDITION: {hood: {hood: 1.0} for hood in tiny.HOODS},
    NEW: {
        tiny.A1: {tiny.A1: 0.75}, tiny.A2: {tiny.A2: 1.0, tiny.A1: 0.25}, tiny.B1: {tiny.B1: 1.0, tiny.B2: 1.0},
        **{hood: {hood: 1.0} for hood in (tiny.A3, tiny.B3, tiny.B4)},
    },
}  # fmt: skip
"""Shares of the first edition's neighbourhoods in those of each edition: what an attacker reads off the two maps."""
ROUNDED = 0.5
"""Counts shared out are whole numbers again."""


def attendances() -> list[dict[str, Any]]:
    return [
        {"event_id": "E1", "home_neighbourhood": hood, "age_band": age, "sex": "female", "first_time": first,
         "attendances": count}
        for hood, counts in HOME.items()
        for age, first, count in zip(("35-59", "35-59", "60-74"), (True, False, False), counts, strict=True)
    ]  # fmt: skip


def made_place(root: Path) -> Path:
    """The tiny place with a second edition in force: A1 gave a quarter of its homes to A2, B2 went to B1."""
    plain = tiny.rows
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiny, "rows", lambda: plain() | {"attendance": attendances()})
        write_place(root)
    publish_draft(root, publication(approved_draft(store_of(root)), day=DAY), quiet, root / "static")
    return root


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_place(tmp_path_factory.mktemp("place"))


@pytest.fixture(autouse=True)
def place(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("LINLI_DATA", str(made))
    yield made
    st.cache_data.clear()
    data._answer.clear()


# ── what the files tell ──

Cell = tuple[str, str, str]  # edition, area, indicator


def document(page: str, edition: str, **query: str) -> Document:
    asked = {"area": tiny.DISTRICT, "period": "2020", "edition": edition, **query}
    found, notices = document_of_address(f"/{page}?" + "&".join(f"{k}={v}" for k, v in asked.items()), "zh")
    assert not notices
    return found


def names_on(edition: str) -> dict[str, str]:
    """Code of each area by what files call it."""
    with state.viewing(View(edition=edition)), speaking("zh"):
        known = data.areas()
    return dict(zip(known["name_zh"], known["code"], strict=True))


def in_workbook(made: bytes, names: dict[str, str]) -> dict[str, float]:
    """Area -> value on the sheet of the map."""
    book = openpyxl.load_workbook(io.BytesIO(made))
    rows = list(book[book.sheetnames[1]].iter_rows(min_row=4, values_only=True))
    return {names[str(row[1])]: float(str(row[2])) for row in rows if row[2] is not None}


def in_csv(text: str, names: dict[str, str]) -> dict[str, float]:
    rows = list(csv.reader(io.StringIO(text.split("\r\n\r\n")[0])))[1:]
    return {names[row[1]]: float(row[2]) for row in rows if row[2] != ""}


def in_drawing(made: bytes) -> dict[str, float]:
    """Area -> value in the tips of a map's shapes."""
    tips = [(e.get("data-code"), e.get("data-tip")) for e in ElementTree.fromstring(made).iter() if e.get("data-tip")]
    return {str(code): said for code, tip in tips if code and (said := number_of(str(tip))) is not None}


def in_slides(made: bytes, names: dict[str, str]) -> dict[str, float]:
    """Area -> value in the descriptions of a slide's map shapes."""
    found = Presentation(io.BytesIO(made)).slides[0].shapes.element.xpath(".//p:sp/p:nvSpPr/p:cNvPr")
    told = [(names.get(str(e.get("name"))), number_of(str(e.get("descr") or ""))) for e in found]
    return {code: value for code, value in told if code and value is not None}


def number_of(tip: str) -> float | None:
    last = tip.split()[-1].rstrip("%") if tip.split() else ""
    return float(last) if last.replace(".", "", 1).isdigit() else None


def told_by_files(edition: str, asked: Collection[str] = ASKED) -> dict[Cell, float]:
    """All that the files of one edition tell of the shares asked for, each kind of file telling the same."""
    names, told = names_on(edition), {}
    for indicator, level in ((i, each) for i in asked for each in LEVELS):
        made = document("overview", edition, indicator=indicator, level=level)
        frame = made.contents[0].ranked
        assert frame is not None
        found = in_csv(downloads.csv_bytes(frame.frame, downloads.About("", ())).decode("utf-8-sig"), names)
        if level == "neighbourhood":
            assert in_workbook(xlsx_bytes(made), names) == found
            assert in_drawing(svg_bytes(made)) == found
            assert in_slides(pptx_bytes(made), names) == found
            assert html_bytes(made).decode().count(f">{WORD}</td>") == int(frame.frame.iloc[:, 2].isna().sum())
        told |= {(edition, code, indicator): value for code, value in found.items()}
    return told


def counted(edition: str) -> pd.DataFrame:
    """Attendances and their parts in a year by area, as nobody but the office knows them."""
    root = data.data_root()
    with_all = open_database(extracts_dir(root) / read_manifest(root, edition).version)
    rows = with_all.counted("small_attendance")
    with_all.close()
    wide: pd.DataFrame = rows.pivot_table(index="area", columns="measure", values="counted", aggfunc="sum")
    return wide


def made_of(edition: str, area: str) -> dict[str, float]:
    """Shares of the first edition's neighbourhoods in an area."""
    inside = [code for code in MADE_OF[edition] if code.startswith(area) or area == tiny.DISTRICT]
    total = pd.Series(0.0, index=tiny.HOODS)
    for code in inside:
        total = total.add(pd.Series(MADE_OF[edition][code]), fill_value=0.0)
    return {hood: float(share) for hood, share in total.items() if share}


def attacked(told: dict[Cell, float], indicator: str) -> dict[str, tuple[float, float]]:
    """Neighbourhood of the first edition -> least and greatest count that agrees with everything told.

    The attacker is stronger than a reader: of each share told he knows the count to the last digit, and the attendances
    by residents everywhere.
    """
    whole, part = "attendances_home", ASKED[indicator]
    known = [(edition, area) for edition, area, which in told if which == indicator]
    truth = {edition: counted(edition) for edition in EDITIONS}
    matrix = np.array([[made_of(edition, area).get(hood, 0.0) for hood in tiny.HOODS] for edition, area in known])
    values = np.array([float(truth[edition].at[area, part]) for edition, area in known])
    slack = np.array([0.0 if edition == EDITION else ROUNDED for edition, _ in known])
    both = {"A_ub": np.vstack([matrix, -matrix]), "b_ub": np.concatenate([values + slack, slack - values])}
    bounds = [(1, float(truth[EDITION].at[hood, whole]) - 1) for hood in tiny.HOODS]
    ends = {}
    for hood, line in zip(tiny.HOODS, np.eye(len(tiny.HOODS)), strict=True):
        found = [linprog(sign * line, **both, bounds=bounds) for sign in (1, -1)]
        assert all(each.success for each in found), "what files tell must be true"
        ends[hood] = (float(found[0].fun), -float(found[1].fun))
    return ends


def small(indicator: str) -> dict[str, float]:
    """Neighbourhoods of the first edition whose count is small, with it."""
    counts = counted(EDITION)[ASKED[indicator]].reindex(tiny.HOODS)
    return {str(hood): float(count) for hood, count in counts.items() if 0 < count < SMALL}


def given_away(told: dict[Cell, float], indicator: str) -> set[str]:
    """Small counts that the attacker knows to be small, or to within the threshold."""
    ends = attacked(told, indicator)
    narrow = {hood for hood, (low, high) in ends.items() if high < SMALL - 1e-6 or high - low < SMALL - 1e-6}
    return narrow & set(small(indicator))


# ── the attacks ──


def test_files_of_both_editions_together_give_nothing_away(made: Path) -> None:
    told = {edition: told_by_files(edition) for edition in EDITIONS}
    both = told[EDITION] | told[NEW]
    assert set(small("first_time_share")) == {tiny.A1, tiny.B3}
    assert any(area in tiny.HOODS for _, area, _ in told[NEW]) and len(told[EDITION]) > len(told[NEW])
    for indicator in ASKED:
        for cells in (*told.values(), both):
            assert not given_away(cells, indicator)


def test_the_attacker_sees_what_a_door_left_open_gives_away(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second edition withholding its own small counts only: both editions side by side tell A1's to within one."""
    folder = extracts_dir(made) / read_manifest(made, NEW).version
    kept = withheld_kept.read(folder)
    with closing(open_database(folder)) as database:
        own = Withholding(database, SMALL).cells("person")
    assert own < kept.cells["person"]
    try:
        withheld_kept.write(folder, replace(kept, cells={**kept.cells, "person": own}))
        reopened(monkeypatch)
        told = {edition: told_by_files(edition, ["first_time_share"]) for edition in EDITIONS}
    finally:
        withheld_kept.write(folder, kept)
        reopened(monkeypatch)
    assert not given_away(told[EDITION], "first_time_share") and not given_away(told[NEW], "first_time_share")
    assert given_away(told[EDITION] | told[NEW], "first_time_share") == {tiny.A1}
    assert attacked(told[EDITION] | told[NEW], "first_time_share")[tiny.A1] == pytest.approx((8, 8), abs=1)


def reopened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages read what is withheld anew."""
    monkeypatch.setattr(data, "_door", cache(data._door.__wrapped__))
    st.cache_data.clear()
    data._answer.clear()


@pytest.mark.parametrize("k", [9, 70])
def test_another_threshold_keeps_what_the_first_edition_withholds(made: Path, k: int) -> None:
    """k changed after the edition was made: what is withheld is worked out anew, and carried over anew."""
    first, second = (extracts_dir(made) / read_manifest(made, edition).version for edition in EDITIONS)
    with closing(open_database(first, k)) as before, closing(open_database(second, k)) as after:
        known, now = Withholding(before, k).cells("person"), after._withholding.cells("person")
        own = Withholding(after, k).cells("person")
    assert known and withheld_kept.read(first).k == SMALL
    for area, *cell in known:
        heirs = {code for code, parts in MADE_OF[NEW].items() if area in parts} or {area}
        assert {(heir, *cell) for heir in heirs} <= now
    assert own <= now and (own < now or k != 9), "at 9 its own small counts would leave A1's open"


def test_without_the_first_edition_what_was_kept_stays_withheld(made: Path, tmp_path: Path) -> None:
    """A machine that brought in the edition in force alone, with another threshold."""
    folder = extracts_dir(made) / read_manifest(made, NEW).version
    alone = shutil.copytree(folder, tmp_path / folder.name)
    with closing(open_database(alone, 5)) as database:
        assert withheld_kept.read(folder).cells["person"] <= database._withholding.cells("person")


# ── tables beside the map ──


def test_the_profile_of_each_edition_tells_no_withheld_count(made: Path) -> None:
    """The profile of whoever is withheld says so, and neither change nor difference tells it."""
    for edition in EDITIONS:
        kept = withheld_kept.read(extracts_dir(made) / read_manifest(made, edition).version).cells["person"]
        for area in (tiny.A1, tiny.B3):
            assert (area, 2020, "all", "first") in kept
            profile = document("area", edition, area=area, all="1")
            name = data.indicators()["first_time_share"].words("name", "zh")
            row = next(r for r in profile.contents[0].tables[0].frame.itertuples(index=False) if str(r[0]) == name)
            assert row[2] == WORD and all(pd.isna(row[place]) for place in (3, 6)), "neither it nor what is off it"
