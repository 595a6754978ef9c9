"""The data dictionary: every table and column of the contract in both languages, with what this version holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.contract import load_contract
from pages.parts import fields
from pages.parts.words import WordMissing, has, speaking, t, words
from queries.records import RECORD_TABLES
from tests.opening import html_of, opened, table_called, text_of

TITLES = {"zh": "页面读取的数据表", "en": "Tables the pages read"}
CONTRACT = load_contract()
TABLES = CONTRACT.records | CONTRACT.extracts


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_table_and_column_has_words(language: str) -> None:
    missing = []
    with speaking(language):
        for name, table in TABLES.items():
            missing += [key for key in (f"table.{name}.name", f"table.{name}.grain") if not has(key)]
            for column in table.columns.values():
                try:
                    fields.label(name, column.name), fields.unit(column)
                except WordMissing as error:
                    missing.append(str(error))
            if table.source and not has(f"source.{table.source}"):
                missing.append(f"source.{table.source}")
    assert missing == []


def test_english_words_of_tables_are_english() -> None:
    spoken = [
        text for key, text in words("en").items() if key.startswith(("table.", "column.", "column_of.", "source."))
    ]
    assert len(spoken) > 200 and not [text for text in spoken if re.search(r"[一-龥]", text)]


@pytest.mark.parametrize("table", RECORD_TABLES)
def test_a_listed_table_has_a_sentence_for_its_count(table: str) -> None:
    for language in ("zh", "en"):
        with speaking(language):
            assert "1,234" in t(f"table.{table}.rows", count="1,234")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_rows_are_those_of_the_files(language: str, extracts: Path) -> None:
    app = opened("dictionary", lang=language)
    assert not app.exception and 'class="ll-failure"' not in html_of(app)
    table, head = table_called(app, TITLES[language]), words(language)
    files = {path.stem: pq.read_metadata(path).num_rows for path in extracts.glob("*.parquet")}
    names = re.findall(r'<th scope="row"><a href="[^"]*#(\w+)">', html_of(app))
    shown = {name: int(rows.replace(",", "")) for name, rows in zip(names, table[head["dictionary.rows"]], strict=True)}
    assert shown == {name: rows for name, rows in files.items() if name in TABLES}
    assert f"{sum(files.values()):,}" in text_of(app)


def test_the_dates_covered_are_those_of_the_rows(extracts: Path) -> None:
    table = table_called(opened("dictionary"), TITLES["zh"])
    found = table[[str(cell).startswith("活动及其参与合计") for cell in table["数据表"]]]["所含时段"].iloc[0]
    held = pd.to_datetime(pd.read_parquet(extracts / "event_total.parquet", columns=["held_on"])["held_on"])
    assert found == f"{held.min():%Y-%m-%d} — {held.max():%Y-%m-%d}"


def test_every_dated_record_table_says_its_dates() -> None:
    table = table_called(opened("dictionary"), TITLES["zh"]).set_index("数据表")["所含时段"]
    undated = {index for index, value in table.items() if value == "—"}
    for name, entry in RECORD_TABLES.items():
        if entry.time != "none" and name not in {"party_household", "team_reach"}:  # dated by the table they refer to
            label = words("zh")[f"table.{name}.name"]
            assert not any(str(row).startswith(label + name) or str(row) == label for row in undated), name


def test_the_version_is_the_one_of_the_manifest(data_root: Path) -> None:
    manifest = json.loads((data_root / "extracts" / "manifest.json").read_text(encoding="utf-8"))
    shown = text_of(opened("dictionary"))
    assert manifest["version"] in shown and manifest["edition"] in shown and "EPSG:4490" in shown
    assert f"{pd.Timestamp(manifest['built_at']):%Y-%m-%d %H:%M}" in shown


@pytest.mark.parametrize("name", ["event_total", "case", "measure"])
def test_a_table_asked_for_is_open(name: str) -> None:
    body = html_of(opened("dictionary", open=name))
    assert re.findall(r'id="(\w+)" open>', body) == [name]
    assert body.count(f'id="{name}"') == 1
    for column in TABLES[name].columns:
        assert f"<code>{column}</code>" in body


def test_an_unknown_table_to_open_is_no_failure() -> None:
    app = opened("dictionary", open="<x>")
    assert not app.exception and "<x>" not in html_of(app)


def test_record_tables_that_are_only_summed_are_described() -> None:
    body = html_of(opened("dictionary"))
    for name in set(CONTRACT.records) - set(CONTRACT.carried):
        assert f'id="{name}"' in body, name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_extracts_the_page_says_what_to_do(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_DATA", str(tmp_path))
    app = opened("dictionary", lang=language)
    assert not app.exception and "make data" in text_of(app)
    assert 'id="attendance"' in html_of(app), "the columns of delivered records are described all the same"
