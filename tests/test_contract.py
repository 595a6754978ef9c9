"""The contract: what it declares is consistent, and what it forbids is found and said."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.checks import broken_tables
from data.contract import (
    CONTRACT,
    Column,
    ContractError,
    Keys,
    Table,
    TableBroken,
    check_frame,
    check_parquet,
    load_contract,
)
from tests import tiny_district as tiny

WORDS = Path(__file__).parents[1] / "data" / "words"
PERSONAL = {
    "person",
    "resident_id",
    "id_card",
    "mobile",
    "birth",
    "birthday",
    "surname",
    "given_name",
    "address",
    "door",
}


def column(name: str, kind: str, **more: Any) -> Column:
    return Column(name, kind, name, **more)


def table(*columns: Column, key: tuple[str, ...] = ("code",)) -> Table:
    return Table("teams", "队伍", "one row per team", key, {c.name: c for c in columns}, source="subdistrict office")


CODE, KIND = column("code", "code"), column("kind", "enum", values=("a", "b"))
MONTH, COUNT = column("month", "month"), column("count", "int", nullable=True)


def test_every_table_says_what_a_row_is_and_has_a_key_of_its_own_columns() -> None:
    contract = load_contract()
    assert len(contract.records) >= 30
    for one in (*contract.records.values(), *contract.extracts.values()):
        assert one.grain.startswith("one row per")
        assert one.zh
        assert set(one.key) <= set(one.columns)
        assert not any(one.columns[name].nullable for name in one.key)
    assert all(one.source for one in contract.records.values())


def test_references_lead_to_a_table_with_a_single_key() -> None:
    contract = load_contract()
    for one in contract.records.values():
        for part in one.columns.values():
            if part.references and part.references != "area":
                assert len(contract.records[part.references].key) == 1


def test_no_column_describes_a_person() -> None:
    contract = load_contract()
    names = {name for one in (*contract.records.values(), *contract.extracts.values()) for name in one.columns}
    assert not names & PERSONAL


def test_a_geometry_says_its_coordinate_system() -> None:
    for one in load_contract().extracts.values():
        if any(part.type == "geometry" for part in one.columns.values()):
            assert one.crs == "EPSG:4490", one.name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_allowed_value_has_words(language: str) -> None:
    words = tomllib.loads((WORDS / f"{language}_enums.toml").read_text(encoding="utf-8"))["enum"]
    missing = [f"{name}.{value}" for name, value in load_contract().enums() if not words.get(name, {}).get(value)]
    assert not missing


def test_both_languages_have_words_for_the_same_values() -> None:
    zh, en = (tomllib.loads((WORDS / f"{one}_enums.toml").read_text(encoding="utf-8"))["enum"] for one in ("zh", "en"))
    assert {name: list(values) for name, values in zh.items()} == {name: list(values) for name, values in en.items()}


def test_a_frame_that_fits_passes() -> None:
    frame = pd.DataFrame({"code": ["1", "2"], "kind": ["a", "b"], "count": pd.array([1, None], dtype="Int64")})
    check_frame(frame, table(CODE, KIND, COUNT))


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        ({"kind": ["a"]}, "the column code is missing"),
        ({"code": ["1"], "kind": ["a"], "colour": ["red"]}, "the column colour is not in the contract"),
        ({"code": ["1", None], "kind": ["a", "a"]}, "the column code is empty in 1 rows"),
        ({"code": [1], "kind": ["a"]}, "the column code holds int64 where the contract says code"),
        ({"code": ["1"], "kind": ["c"]}, "the column kind has 1 values that the contract does not know (c)"),
        ({"code": ["1", "1"], "kind": ["a", "b"]}, "1 rows repeat the key code"),
    ],
)
def test_what_does_not_fit_is_said(frame: dict[str, list[Any]], sentence: str) -> None:
    with pytest.raises(TableBroken) as caught:
        check_frame(pd.DataFrame(frame), table(CODE, KIND))
    assert sentence in caught.value.problems
    assert str(caught.value).startswith("The table teams cannot be used: ")
    assert caught.value.next_step.endswith("(subdistrict office)")


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(TableBroken) as caught:
        check_frame(pd.DataFrame({"code": [None], "kind": ["c"], "colour": ["red"]}), table(CODE, KIND))
    assert len(caught.value.problems) >= 3


def test_a_month_is_its_first_day() -> None:
    frame = pd.DataFrame({"code": ["1"], "month": [date(2020, 5, 2)]})
    with pytest.raises(TableBroken, match="the column month is not the first day of a month in 1 rows"):
        check_frame(frame, table(CODE, MONTH))


def test_a_reference_must_exist_and_only_three_strangers_are_quoted() -> None:
    keys = Keys({"area": pa.array(["1"])})
    frame = pd.DataFrame({"code": ["1", "5", "6", "7", "8"]})
    with pytest.raises(TableBroken, match=r"has 4 values that area does not have \(5, 6, 7, …\)"):
        check_frame(frame, table(column("code", "code", references="area")), keys)


def test_a_key_of_many_values_is_counted_exactly() -> None:
    columns = [column(name, "string") for name in "abcdef"]
    wide = pd.DataFrame({name: [f"{name}{i}" for i in range(3000)] for name in "abcdef"})
    check_frame(wide, table(*columns, key=tuple("abcdef")))
    twice = pd.concat([wide, wide.iloc[[7]]])
    with pytest.raises(TableBroken, match="1 rows repeat the key a × b × c × d × e × f"):
        check_frame(twice, table(*columns, key=tuple("abcdef")))


def test_an_empty_table_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "teams.parquet"
    pq.write_table(pa.table({"code": pa.array([], pa.string()), "kind": pa.array([], pa.string())}), path)
    check_parquet(path, table(CODE, KIND))


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('type = "date"', 'type = "day"', "has the unknown type day"),
        ('key = ["event_id"]', 'key = ["event"]', "has a key without a column: event"),
        ('values = ["female", "male"]', "values = []", "must list values if and only if it is an enum"),
    ],
)
def test_a_wrong_contract_is_refused(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    path = tmp_path / "contract.toml"
    path.write_text(CONTRACT.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    with pytest.raises(ContractError, match=sentence):
        load_contract(path)


def test_every_broken_table_is_listed(tmp_path: Path) -> None:
    tiny.write_district(tmp_path)
    (tmp_path / "records" / "garden.parquet").unlink()
    tiny.write_record(tmp_path, "team_reach", [{"team_id": "T9", "neighbourhood": tiny.A1}])
    sentences = [str(problem) for problem in broken_tables(tmp_path)]
    assert len(sentences) == 3  # and nothing has been built
    assert any("garden.parquet is missing" in sentence for sentence in sentences)
    assert any("values that service_team does not have (T9)" in sentence for sentence in sentences)


def test_the_demonstration_is_what_the_contract_says(extracts: Path) -> None:
    for one in load_contract().extracts.values():
        check_parquet(extracts / f"{one.name}.parquet", one)
