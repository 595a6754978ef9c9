"""Every word exists in both languages and is used; numbers, dates and names read as each language writes them."""

from __future__ import annotations

import ast
import re
import string
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pages.parts import words as w
from pages.parts.words import WORDS, WordMissing, speaking

ROOT = WORDS.parents[1]
ZH, EN = w.words("zh"), w.words("en")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert set(ZH) == set(EN)


@pytest.mark.parametrize("pair", sorted({p.name.partition("_")[2] or p.stem for p in WORDS.glob("*.toml")}))
def test_files_come_in_pairs(pair: str) -> None:
    assert len([p for p in WORDS.glob("*.toml") if (p.name.partition("_")[2] or p.stem) == pair]) in (1, 2)


@pytest.mark.parametrize("key", sorted(ZH))
def test_a_key_asks_for_the_same_values_in_both_languages(key: str) -> None:
    chinese, english = placeholders(ZH[key]), placeholders(EN[key])
    optional = {"month", "month_name", "level", "levels", "period"}  # one language needs what the other doesn't say
    assert chinese - optional == english - optional
    assert bool(ZH[key].strip()) == bool(EN[key].strip())


def spoken() -> list[Path]:
    """Files whose words people read: the pages, and what the commands about records say."""
    return [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "data").rglob("*.py")]


def used_in_code() -> tuple[set[str], set[str]]:
    """Whole keys, and the beginnings of keys that are put together, as string constants in the code."""
    whole, beginnings = set(), set()
    for path in spoken():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
    return whole, {text for text in beginnings if re.fullmatch(r"[a-z_]+\.[\w.]*", text)}


def test_every_word_is_used() -> None:
    whole, beginnings = used_in_code()
    unused = {key for key in ZH if key not in whole and not key.startswith(tuple(beginnings))}
    assert unused == set()


def test_every_key_the_code_asks_for_exists() -> None:
    asked = set()
    for path in spoken():
        asked |= set(re.findall(r"\bt\(\s*\"([a-z_]+\.[a-z_.]+)\"", path.read_text(encoding="utf-8")))
    assert len(asked) > 40
    assert asked <= set(ZH)


def test_a_missing_word_names_itself_and_where_to_add_it() -> None:
    with speaking("zh"), pytest.raises(WordMissing, match=r"no\.such\.key.*data/words/"):
        w.t("no.such.key")


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (None, "—", "—"),
        (float("nan"), "—", "—"),
        (0, "0", "0"),
        (9999, "9,999", "9,999"),
        (10_000, "1万", "10k"),
        (12_345, "1.23万", "12.3k"),
        (305_168, "30.5万", "305k"),
        (1_083_412, "108万", "1.08M"),
        (3_004_500, "300万", "3M"),
        (450_000_000, "4.5亿", "450M"),
        (-20_000, "−2万", "−20k"),
        (12.5, "12.5", "12.5"),
    ],
)
def test_short_numbers_count_in_ten_thousands_or_in_thousands(value: float | None, chinese: str, english: str) -> None:
    with speaking("zh"):
        assert w.compact(value) == chinese
    with speaking("en"):
        assert w.compact(value) == english


def test_numbers_have_separators_a_true_minus_and_no_minus_zero() -> None:
    assert w.number(1234567.891, 1) == "1,234,567.9"
    assert w.number(-3.21, 1) == "−3.2"
    assert w.number(-0.04, 1) == "0.0"
    assert w.number(float("inf")) == "—"
    assert (w.signed(2.5, 1), w.signed(-2.5, 1), w.signed(0.01, 1)) == ("+2.5", "−2.5", "±0.0")


@given(some.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15), some.integers(0, 3))
def test_a_written_number_reads_back_as_itself_rounded(value: float, decimals: int) -> None:
    read = float(w.number(value, decimals).replace(",", "").replace("−", "-"))
    assert read == pytest.approx(value, abs=0.51 * 10**-decimals, rel=1e-12)


@given(some.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_short_number_is_within_one_per_cent(value: float) -> None:
    factor = {"万": 1e4, "亿": 1e8, "k": 1e3, "M": 1e6, "bn": 1e9}
    for language in ("zh", "en"):
        with speaking(language):
            text = w.compact(value).replace(",", "").replace("−", "-")
        number, suffix = re.fullmatch(r"(-?[\d.]+)(\D*)", text).groups()  # type: ignore[union-attr]
        assert float(number) * factor.get(suffix, 1) == pytest.approx(value, rel=0.01, abs=0.051)


def test_dates_and_periods() -> None:
    with speaking("zh"):
        assert w.date_text(date(2020, 12, 31)) == "2020年12月31日"
        assert [w.period_text(p) for p in ("2020", "2020-05", "2018..2020", "2020-01..2020-06")] == [
            "2020年",
            "2020年5月",
            "2018–2020年",
            "2020年1月–2020年6月",
        ]
        assert w.levels_name("community", 9) == "9 个社区"
    with speaking("en"):
        assert w.date_text(date(2020, 12, 31)) == "31 December 2020"
        assert w.period_text("2018..2020") == "2018 to 2020"
        assert w.levels_name("community", 1) == "1 community" and w.levels_name("community", 9) == "9 communities"


def test_names_of_areas_come_from_mappings_and_tuples() -> None:
    from collections import namedtuple

    row = {"name_zh": "天勤", "name_en": "Tianqin"}
    with speaking("en"):
        assert w.area_name(row) == "Tianqin" == w.area_name(namedtuple("Row", row)(**row))


def test_values_of_columns_without_words_are_shown_as_they_are() -> None:
    with speaking("zh"):
        assert w.enum("kind", "no_such_kind") == "no_such_kind"
        assert w.enum("kind", None) == "—"


def test_words_files_are_where_the_page_reads_them() -> None:
    assert Path(WORDS).is_dir() and "app.name" in ZH
