"""What pages and files tell of a community with few answers: an attacker reads them all and works out nothing small."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from pages.parts import data, downloads, profile, scene, workbook
from pages.parts.ranked import ranked, whole_frame
from pages.parts.state import View
from pages.parts.words import speaking, words
from queries.run import Database, open_database
from queries.suppression import SMALL, audit
from queries.withholding import Withholding
from tests.opening import html_of, opened, table_called, text_of

DISTRICT, SUBDISTRICT, COMMUNITY = "320613", "320613007", "320613007005"
YEAR = "2020"
QUESTION = "satisfaction"


@pytest.fixture(scope="module")
def db(extracts: Path) -> Iterator[Database]:
    database = open_database(extracts, small_count=SMALL)
    yield database
    database.close()


@pytest.fixture(scope="module")
def known(db: Database) -> Withholding:
    return Withholding(db, SMALL)


@pytest.fixture(scope="module")
def truth(db: Database) -> pd.DataFrame:
    """area, answer, counted of one question in one year, as nobody but the office knows it."""
    rows = db.counted("small_survey")
    return rows[(rows["year"] == int(YEAR)) & (rows["question"] == QUESTION)].reset_index(drop=True)


def believed(truth: pd.DataFrame, told: dict[tuple[str, str], float], known: Withholding) -> list[Any]:
    """What an attacker gets from the cells he was told: small cells he can narrow down. Told cells must be true."""
    given = {(row.area, row.answer): row.counted for row in truth.itertuples()}
    assert told and all(given[cell] == value for cell, value in told.items())
    status = [
        "zero" if not row.counted else "shown" if (row.area, row.answer) in told else "suppressed"
        for row in truth.itertuples()
    ]
    return audit(truth.assign(status=status), "counted", {"area": known.sums()}, {"answer": "all"})


def records(language: str) -> pd.DataFrame:
    """The table of records as the page of the district lists it, all pages of it."""
    title = words(language)["table.survey.name"]
    assert title
    found = []
    for page in ("1", "2", "3", "4", "5", "6", "7"):
        app = opened("records", table="survey", area=DISTRICT, period=YEAR, question=QUESTION, lang=language, p=page)
        assert not app.exception
        caption = re.search(r'<caption class="ll-sr">(.*?)</caption>', html_of(app))
        if caption is None:
            break
        found.append(table_called(app, caption[1]))
    return pd.concat(found, ignore_index=True)


def test_the_records_page_and_the_shares_of_all_areas_together_give_nothing_away(
    truth: pd.DataFrame, known: Withholding
) -> None:
    with speaking("zh"):
        rows = records("zh")
        withheld = words("zh")["meaning.withheld"]
        counts = rows.iloc[:, -1]
        assert (counts == withheld).any() and not (counts == "").any() and not counts.str.contains("—|nan|NA").any()
        names = {str(row["name_zh"]): code for code, row in data.areas().iterrows() if row["level"] == "community"}
        answers = {words("zh")[f"enum.answer.{answer}"]: answer for answer in ("yes", "no")}
        told: dict[tuple[str, str], float] = {}
        for cells in rows.itertuples(index=False):
            name = next(str(cell) for cell in cells if str(cell) in names)
            answer = next(answers[str(cell)] for cell in cells if str(cell) in answers)
            if cells[-1] != withheld:
                told[names[name], answer] = float(str(cells[-1]).replace(",", ""))
        told |= shares()
    assert not believed(truth, told, known)


def shares() -> dict[tuple[str, str], float]:
    """Numerators and denominators of the indicator at every level, overlays too: what lists, maps and files are of."""
    indicator = data.indicators()[QUESTION]
    told: dict[tuple[str, str], float] = {}
    for level in ("district", "subdistrict", "community", "zone", "former_district"):
        found = data.indicator_values(indicator, level, DISTRICT, YEAR)
        for row in found.itertuples():
            if pd.notna(row.value):
                told[str(row.code), "yes"] = float(row.numerator)  # type: ignore[arg-type]
                told[str(row.code), "no"] = float(row.denominator) - float(row.numerator)  # type: ignore[arg-type]
            if pd.notna(row.denominator):
                told[str(row.code), "all"] = float(row.denominator)  # type: ignore[arg-type]
            assert row.withheld == (pd.isna(row.value))
    return told


def test_every_edition_of_one_number_keeps_it(known: Withholding) -> None:
    """The doors of list, profile, history and trend withhold the same cells."""
    indicator = data.indicators()[QUESTION]
    values = data.indicator_values(indicator, "community", DISTRICT, YEAR).set_index("code")
    kept = sorted(values.index[values["withheld"]])
    assert 10 < len(kept) < len(values)
    assert data.indicator_of(indicator, kept, YEAR)["value"].isna().all()
    years = data.indicator_years(indicator, kept)
    assert years.loc[years["year"] == int(YEAR), "value"].isna().all()
    months = data.indicator_series(indicator, kept, *data.days(YEAR))
    assert months["value"].isna().all() and months["withheld"].all()
    parts = data.measure_values([indicator.numerator], kept, YEAR)
    assert parts["value"].isna().all() and parts["withheld"].all()


def test_map_list_and_profile_say_it_in_words() -> None:
    with speaking("en"):
        word = words("en")["meaning.withheld"]
        indicator = data.indicators()[QUESTION]
        view = View(page="overview", area=DISTRICT, indicator=QUESTION, level="community", period=YEAR, lang="en")
        drawn = scene.scene(view, indicator, scene.Shown("community", DISTRICT))
        kept = set(drawn.values.loc[drawn.values["withheld"], "code"])
        assert kept and {code for code, mark in drawn.state.classes.items() if mark == "suppressed"} == kept
        assert {drawn.state.values[code] for code in kept} == {word}
        assert words("en")["meaning.withheld_legend"] in {said for _, said in drawn.state.legend.entries}
        table = whole_frame(indicator, ranked(drawn.values, indicator, drawn.colours, "community"))
        marked = table[table.iloc[:, -1] == word]
        assert set(marked.index) == kept and marked.iloc[:, 2].isna().all()
        found = profile.entries([indicator], profile.fellows(sorted(kept)[0]), YEAR)
        assert found[0].withheld and found[0].value is None


def test_the_profile_of_a_community_says_withheld_not_zero(known: Withholding) -> None:
    kept = sorted(code for code, year, question, answer in known.cells("survey")
                  if (year, question, answer) == (2020, QUESTION, "yes") and len(code) == 12)[0]  # fmt: skip
    app = opened("area", area=kept, period=YEAR, lang="zh")
    assert not app.exception
    assert words("zh")["meaning.withheld"] in text_of(app)


def test_files_say_withheld_in_a_word(db: Database) -> None:
    """CSV and XLSX of the records hold no withheld count, no zero and no empty cell in its place."""
    app = opened("records", table="survey", area=SUBDISTRICT, period=YEAR, lang="zh")
    assert not app.exception
    rows = data.records("survey", SUBDISTRICT, YEAR, limit=10_000)
    assert rows["withheld"].any() and rows.loc[rows["withheld"], "responses"].isna().all()
    with speaking("zh"):
        from pages.records import exported

        table = exported("survey", rows, "zh")
        about = downloads.about("t", definition="d", source="s", period="p")
        text = downloads.csv_bytes(table, about).decode("utf-8-sig")
        book = openpyxl.load_workbook(io.BytesIO(workbook.xlsx_bytes(table, about, "a", "b")))
    word = words("zh")["meaning.withheld"]
    lines = [line for line in text.split("\r\n\r\n")[0].split("\r\n")[1:] if line]
    assert len(lines) == len(rows)
    counts = [line.rsplit(",", 1)[1] for line in lines]
    assert counts.count(word) == int(rows["withheld"].sum()) and "" not in counts
    column = [cell.value for cell in book.worksheets[0][openpyxl.utils.get_column_letter(len(table.columns))]][1:]
    assert column.count(word) == counts.count(word)
    told = [int(value) for value in column if value != word]
    assert all(value == 0 or value >= SMALL for value in told)
