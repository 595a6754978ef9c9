"""The cached doors: a new data version is seen without a restart, and the old one closes when its readers are done."""

from __future__ import annotations

import json
import shutil
import threading
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import queries.areas
from pages.parts import data
from pages.parts.words import speaking
from queries.errors import DatabaseClosed, ExtractCorrupt, ExtractsMissing
from queries.run import Database


@pytest.fixture
def root(extracts: Path, data_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of our own with two versions, of which the manifest names `one`."""
    shutil.copytree(extracts, tmp_path / "extracts" / "one")
    shutil.copytree(extracts, tmp_path / "extracts" / "two")
    renamed = pd.read_parquet(extracts / "area.parquet")
    renamed.loc[renamed["code"] == "320613", "name_zh"] = "新崇川区"
    renamed.to_parquet(tmp_path / "extracts" / "two" / "area.parquet")
    manifest = json.loads((data_root / "extracts" / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    monkeypatch.setenv("LINLI_DATA", str(tmp_path))
    publish(tmp_path, "one")
    return tmp_path


def publish(root: Path, version: str) -> None:
    manifest = json.loads((root / "manifest.json").read_text(encoding="utf-8"))
    target = root / "extracts" / "manifest.json"
    target.with_suffix(".part").write_text(json.dumps(manifest | {"version": version}), encoding="utf-8")
    target.with_suffix(".part").replace(target)


def test_one_database_serves_one_version(root: Path) -> None:
    assert data.db() is data.db() and data.db().version == "one"


def test_a_new_version_is_seen_at_the_next_question(root: Path) -> None:
    assert data.area("320613")["name_zh"] == "崇川区"
    publish(root, "two")
    assert data.area("320613")["name_zh"] == "新崇川区" and data.db().version == "two"
    publish(root, "one")
    assert data.area("320613")["name_zh"] == "崇川区", "an answer of another version is never given"


def test_the_old_version_closes_when_its_last_reader_is_done(root: Path) -> None:
    old = data.db()
    with old.reading():
        publish(root, "two")
        assert data.db() is not old
        assert not old.closed and len(old.frame("areas")) > 1000, "who reads may finish"
    assert old.closed and not data.db().closed
    with pytest.raises(DatabaseClosed):
        old.frame("areas")


def test_a_question_asked_while_the_version_changes_is_answered_by_the_new_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def query(db: Database) -> pd.DataFrame:
        calls.append(db.version)
        if len(calls) == 1:
            db.close()
        return db.frame("areas")

    assert len(data.ask(query)) > 1000 and len(calls) == 2


def test_answers_are_cached_and_each_caller_has_his_own(root: Path) -> None:
    calls = []

    def query(db: Database, code: str) -> pd.DataFrame:
        calls.append(code)
        return queries.areas.area_path(db, code)

    first = data.ask(query, "320613007")
    first.loc[0, "name_zh"] = "changed"
    second = data.ask(query, "320613007")
    assert calls == ["320613007"] and second.loc[0, "name_zh"] == "崇川区"
    data.ask(query, "320613008")
    assert calls == ["320613007", "320613008"]


def test_lists_and_filters_reach_the_query_as_they_were_given(root: Path) -> None:
    seen: list[object] = []

    def query(db: Database, codes: list[str], filters: dict[str, list[str]]) -> pd.DataFrame:
        seen.extend([codes, filters])
        return pd.DataFrame({"n": [1]})

    data.ask(query, ["a", "b"], {"kind": ["x", "y"], "brand": ["z"]})
    assert seen == [["a", "b"], {"kind": ["x", "y"], "brand": ["z"]}]


def test_many_threads_and_changing_versions_get_whole_answers(root: Path) -> None:
    wrong: list[object] = []

    def read() -> None:
        for _ in range(30):
            name = data.area("320613")["name_zh"]
            if name not in {"崇川区", "新崇川区"}:
                wrong.append(name)

    readers = [threading.Thread(target=_counting(read, wrong)) for _ in range(6)]
    for reader in readers:
        reader.start()
    for turn in range(12):
        publish(root, "two" if turn % 2 else "one")
    for reader in readers:
        reader.join()
    assert wrong == []


def _counting(work, wrong: list[object]):  # type: ignore[no-untyped-def]
    def run() -> None:
        try:
            work()
        except Exception as error:
            wrong.append(error)

    return run


def test_a_version_that_is_missing_or_broken_is_told(root: Path) -> None:
    publish(root, "three")
    with pytest.raises(ExtractsMissing):
        data.db()
    shutil.copytree(root / "extracts" / "one", root / "extracts" / "three")
    (root / "extracts" / "three" / "area.parquet").write_bytes(b"not a table")
    with pytest.raises(ExtractCorrupt) as told:
        data.db()
    assert told.value.table == "area"
    publish(root, "one")
    assert len(data.areas()) > 1000, "a good version works at once again"


def test_values_are_the_indicators(root: Path) -> None:
    indicator = data.indicators()["population_density"]
    by_area = data.indicator_values(indicator, "subdistrict", "320613", "2020").set_index("code")["value"]
    areas = data.areas()
    inside = areas[areas["level"] == "subdistrict"]
    assert list(by_area.index) == sorted(inside.index) and len(by_area) == 16
    assert by_area["320613007"] == pytest.approx(
        areas.at["320613007", "people"] / areas.at["320613007", "area_km2"], rel=1e-3
    )
    assert data.indicator_of(indicator, ["320613007"], "2020")["value"].iloc[0] == by_area["320613007"]


def test_the_span_and_the_end_of_the_data(root: Path) -> None:
    assert data.span() == (date(2018, 1, 1), date(2020, 12, 1)) and data.data_until() == date(2020, 12, 31)


def test_a_line_has_its_name_in_both_languages(root: Path) -> None:
    with speaking("zh"):
        assert data.line_name("濠河") == "濠河"
    with speaking("en"):
        assert data.line_name("濠河") != "濠河" and data.line_name("无名路") == "无名路"
