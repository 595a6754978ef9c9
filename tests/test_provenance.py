"""Every figure says what it is made of: numerator, denominator, unit, source, period, edition, loading time."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pages.parts import data, downloads, provenance
from pages.parts.words import number, speaking, words
from queries.errors import ParametersWrong
from queries.run import statement, statement_names
from queries.shown import literal, shown
from tests.opening import html_of, opened

DISTRICT = "320613"
YEAR = "2020"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_indicator_says_where_it_comes_from(extracts: Path, language: str) -> None:
    manifest = data.manifest()
    with speaking(language):
        said = words(language)
        for indicator in data.indicators().values():
            rows = dict(provenance.rows(indicator, DISTRICT, YEAR))
            row = data.indicator_of(indicator, [DISTRICT], YEAR).loc[DISTRICT]
            assert rows[said["meaning.value"]].startswith(number(float(row["value"]), indicator.decimals)), indicator.id
            assert indicator.words("numerator", language) in rows[said["meaning.numerator"]]
            assert rows[said["meaning.denominator"]] and rows[said["meaning.unit"]]
            assert rows[said["downloads.definition"]] == indicator.words("definition", language)
            assert all(said[f"table.{name}.name"] in rows[said["downloads.source"]] for name in indicator.source)
            assert manifest.edition in rows[said["downloads.edition"]]
            assert rows[said["downloads.version"]] == manifest.version
            assert rows[said["downloads.loaded"]] and rows[said["downloads.nature"]]
            assert "2020" in rows[said["downloads.period"]]
            assert not re.search(r"\{\w+\}|\bnan\b|\bNone\b|<NA>", "".join(rows.values())), rows


def test_numerator_and_denominator_make_the_value(extracts: Path) -> None:
    with speaking("en"):
        indicator = data.indicators()["attendances_per_1000"]
        row = data.indicator_of(indicator, [DISTRICT], YEAR).loc[DISTRICT]
        rows = dict(provenance.rows(indicator, DISTRICT, YEAR))
        numerator, denominator = (
            float(rows[name].rsplit(": ", 1)[1].replace(",", "")) for name in ("Numerator", "Denominator")
        )
    assert numerator / denominator * indicator.scale == pytest.approx(float(row["value"]))


def test_files_carry_the_same_words_as_the_page(extracts: Path) -> None:
    with speaking("zh"):
        indicator = data.indicators()["satisfaction"]
        about = provenance.about(indicator, "t", YEAR)
        text = downloads.csv_bytes(data.indicator_values(indicator, "subdistrict", DISTRICT, YEAR), about).decode(
            "utf-8-sig"
        )
        for label, value in provenance.origin(indicator, YEAR)[:-1]:
            assert f"# {label}: {value}".replace("  ", " ") in text, label


def test_the_word_opens_on_overview_and_profile(extracts: Path) -> None:
    for page in ("overview", "area"):
        body = html_of(opened(page, area="320613007", period=YEAR, lang="zh"))
        found = re.findall(r'<details class="ll-source".*?</details>', body, re.DOTALL)
        assert len(found) >= 8, page
        assert all("分子" in each and "分母" in each and "来源" in each for each in found)
        assert not any(re.search(r"\bnan\b|None", each) for each in found)


# ── the query behind it ──


@pytest.mark.parametrize("name", statement_names())
def test_every_query_can_be_shown_with_its_values(name: str) -> None:
    given = {each: [DISTRICT] if each in {"codes", "measures"} else DISTRICT for each in statement(name).parameters}
    for day in ("start", "end"):
        if day in given:
            given[day] = date(2020, 1, 31)  # type: ignore[assignment]
    text = shown(name, given)
    assert text.startswith("-- One row per ")
    (parsed,) = duckdb.extract_statements(text)
    assert not parsed.named_parameters
    if "start" in given:
        assert "date '2020-01-31'" in text


def test_values_are_written_as_sql_writes_them() -> None:
    written = {None: "null", True: "true", "o'neill": "'o''neill'", 3: "3", date(2020, 1, 2): "date '2020-01-02'"}
    assert {value: literal(value) for value in written} == written
    assert literal(["a", "b'c"]) == "['a', 'b''c']" and literal([]) == "[]"


def test_a_guarded_query_says_that_counts_are_taken_out() -> None:
    given = {"area": DISTRICT, "start": None, "end": None, "limit": 20}
    assert "Counts below 10" in shown("chart_attendance_flow", given)
    with pytest.raises(ParametersWrong, match="limit"):
        shown("chart_attendance_flow", {"area": DISTRICT, "start": None, "end": None})
