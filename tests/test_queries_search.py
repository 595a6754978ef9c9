"""Search: what finds an area, in which order, and that no text is slow or breaks it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queries.run import Database, open_database
from queries.search import Index, folded, search_areas, without_suffix
from tests.tiny_extracts import (
    AREAS,
    DISTRICT,
    EAST,
    FIELD,
    FIELD_1,
    MILL,
    MILL_1,
    MILL_2,
    WEST,
    WHARF,
    WHARF_1,
    ZONE,
    write_version,
)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_database(write_version(tmp_path_factory.mktemp("extracts") / "v1"))
    yield database
    database.close()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("中心村社区", MILL),
        ("中心村", MILL),
        ("中心", MILL),
        ("中心社区", MILL),
        ("钟秀", EAST),
        ("钟秀街", EAST),
        ("唐家闸", WEST),  # the report's own name
        ("唐闸", WEST),
        ("唐闸街道", WEST),
        ("唐闸镇", WEST),
        ("五星", FIELD),
        ("天勤", MILL_1),
        ("崇川", DISTRICT),
        ("崇川经济开发区", ZONE),
        ("zhongxincun", MILL),
        ("Zhong Xin Cun", MILL),
        ("zhōngxīncūn", MILL),
        ("ZHONGXIU JIEDAO", EAST),
        ("Zhongxiu Subdistrict", EAST),
        ("zxjd", EAST),
        ("zxc", MILL),
        ("zx", EAST),
        ("ｚｘｊｄ", EAST),
        ("tq", MILL_1),
        (MILL, MILL),
        ("３２０６１３００１", EAST),
        ("320613001001002", MILL_2),
        ("中心村-02", MILL_2),
        ("中心村02", MILL_2),
        ("中心村社区-02", MILL_2),
        ("唐家闸街道", WEST),
        ("Matou 01", WHARF_1),
        ("钟秀街道 码头", WHARF),
        ("钟秀街道码头社区", WHARF),
        ("zhongxiu matou", WHARF),
        ("钟绣", EAST),  # sounds alike
        ("终秀街道", EAST),
        ("zhongxou", EAST),  # spelt alike
        ("tianqing", MILL_1),
    ],
)
def test_the_best_answer(db: Database, text: str, first: str) -> None:
    found = search_areas(db, text)
    assert not found.empty
    assert found.at[0, "code"] == first


@pytest.mark.parametrize("text", ["", "   ", "　", "-", "·、，", "!?", "\n"])
def test_no_words_find_nothing(db: Database, text: str) -> None:
    assert search_areas(db, text).empty


@pytest.mark.parametrize("text", ["完全不相干的名字", "qqqqqq", "320999"])
def test_what_is_nowhere_is_not_found(db: Database, text: str) -> None:
    assert search_areas(db, text).empty


def test_a_word_before_names_the_way(db: Database) -> None:
    right, wrong = search_areas(db, "唐闸镇 五星村"), search_areas(db, "钟秀 五星村")
    assert list(right["code"]) == [FIELD, FIELD_1]
    assert right["score"].min() > 75
    assert wrong["score"].max() <= 60, "in another subdistrict it is only a guess"


def test_answers_are_in_order_and_say_the_way(db: Database) -> None:
    found = search_areas(db, "320613001")
    assert found["score"].is_monotonic_decreasing
    assert list(found["code"])[:2] == [EAST, MILL]
    mill = found[found["code"] == MILL].iloc[0]
    assert mill["path_zh"] == "崇川区 › 钟秀街道"
    assert mill["path_en"] == "Chongchuan District › Zhongxiu Subdistrict"
    assert list(found.columns) == ["code", "level", "name_zh", "name_en", "path_zh", "path_en", "score"]
    assert len(search_areas(db, "320613001", limit=2)) == 2


def test_every_area_is_found_by_each_of_its_names(db: Database) -> None:
    for area in AREAS:
        for text in (area["code"], area["name_zh"], area["name_en"], area["pinyin"], *area["aliases"].split("|")):
            if text:
                assert area["code"] in set(search_areas(db, text)["code"]), (area["code"], text)


def test_threads_share_one_index(tmp_path_factory: pytest.TempPathFactory) -> None:
    database = open_database(write_version(tmp_path_factory.mktemp("other") / "v1"))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: search_areas(database, "天勤").at[0, "code"], range(40)))
    database.close()
    assert set(answers) == {MILL_1}


def big_index() -> Index:
    """As many areas as the district has, with names of the real kind."""
    first, second = "德民新桥南园朝晖易家段家虹西永兴国庆福利", "东西南北中上下前后左右大小老"
    rows = []
    for n in range(1260):
        name = first[n % len(first)] + second[n // len(first) % len(second)] + first[(n * 7) % len(first)]
        rows.append({
            "code": f"320613{n:09d}", "level": "neighbourhood", "parent": None, "name_zh": f"{name}社区-{n % 12:02d}",
            "name_en": f"Area {n}", "pinyin": f"demin{n}shequ", "initials": f"dm{n}", "aliases": f"别名{n}|又名{n}",
        })  # fmt: skip
    return Index.of(pd.DataFrame(rows))


BIG = big_index()


LONG = ["村" * 100_000, "a b c d e f " * 2000, "\u0301" * 50_000, "ﷺ" * 5000, "😀" * 1000]
STRANGE = ["'; drop table area; --", "%_*[](", "\x00\ud800", "德x民y社z", "zzzzzzzzz"]


@pytest.mark.parametrize("text", ["德", "社区", "d", "3", "320613", "又名77", "德东", *STRANGE, *LONG])
def test_any_text_is_answered_in_a_tenth_of_a_second(text: str) -> None:
    took = []
    for _ in range(5):
        started = time.perf_counter()
        BIG.search(text, 20)
        took.append(time.perf_counter() - started)
    assert min(took) <= 0.1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_no_text_breaks_the_search(text: str) -> None:
    found = BIG.search(text, 20)
    assert len(found) <= 20
    assert found["code"].is_unique
    assert found["score"].between(0, 100).all()
    if not folded(text):
        assert found.empty


@given(st.text(max_size=300))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert len(folded(text)) <= 60


def test_a_suffix_is_taken_off_once_and_never_everything() -> None:
    assert without_suffix("唐闸镇街道") == "唐闸"
    assert without_suffix("街道") == "街道"
    assert without_suffix("shequ") == "shequ"
    assert without_suffix("02") == "02"
    assert without_suffix("中心村社区") == "中心村"
