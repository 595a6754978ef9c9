"""Cells as offices write them: what they mean, and what is refused rather than guessed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from data.contract import Column, load_contract
from data.imports import cells, dates, privacy
from data.imports.cells import CellProblem

INT, FLOAT, BOOL = Column("people", "int", "人数"), Column("hours", "float", "时长"), Column("filled", "bool", "在岗")
DAY, MONTH, TIME = Column("d", "date", "日期"), Column("m", "month", "月份"), Column("t", "timestamp", "时间")
TEXT = Column("name", "string", "名称")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1,234.5", 1234.5),
        ("１，２３４", 1234),
        ("1.2万", 12_000),
        ("3千", 3000),
        ("2.5亿", 250_000_000),
        ("￥300元", 300),
        ("(300)", -300),
        ("−5", -5),
        ("35人次", 35),
        ("12 345", 12_345),
        ("12%", 0.12),
        (".5", 0.5),
        (7, 7),
        ("80㎡", 80),
        ("0", 0),
        ("1'234", 1234),
    ],
)
def test_numbers_are_read_as_they_are_meant(written: object, number: float) -> None:
    assert cells.read_number(written, FLOAT) == pytest.approx(number)


@pytest.mark.parametrize(
    "written", ["1,23", "10²", "约35", "十几", "1.234,5", "12-15", "abc", "3人左右", True, "1,2345", "--5"]
)
def test_what_may_be_another_number_is_refused(written: object) -> None:
    with pytest.raises(CellProblem, match="not_number"):
        cells.read_number(written, FLOAT)


@given(some.integers(-(10**12), 10**12))
def test_whole_numbers_come_back_from_every_way_to_write_them(number: int) -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    for written in (number, float(number), f"{number:,}", str(number).translate(wide), f"{number:,}元"):
        assert cells.read_whole(written, INT) == number


@given(some.dates(date(1912, 1, 1), date(2099, 12, 31)))
def test_dates_come_back_from_every_way_to_write_them(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    ways = [
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day}",
    ]
    ways += [f"民国{day.year - 1911}年{day.month}月{day.day}日"] if day.year > 1911 else []
    for written in [*ways, day, datetime(day.year, day.month, day.day, 9, 30), *([serial] if serial >= 10_000 else [])]:
        assert dates.read_date(written, DAY) == day
        assert dates.read_month(written, MONTH) == day.replace(day=1)


@given(some.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 31)))
def test_moments_come_back_to_the_second(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    for written in (f"{moment:%Y-%m-%d %H:%M:%S}", f"{moment:%Y/%m/%dT%H:%M:%S}", moment):
        assert dates.read_timestamp(written, TIME) == moment
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    assert abs(dates.read_timestamp(serial, TIME) - moment) <= timedelta(seconds=1)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("二〇二〇年十二月三十一日", date(2020, 12, 31)),
        ("二○二○年一月五日", date(2020, 1, 5)),
        ("民国元年1月5日", date(1912, 1, 5)),
        ("2020年1月5日（星期日）", date(2020, 1, 5)),
        ("２０２０－０１－０５", date(2020, 1, 5)),
    ],
)
def test_chinese_dates(written: str, read: date) -> None:
    assert dates.read_date(written, DAY) == read


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("1/5/2020", "ambiguous_date"),
        ("109/1/5", "ambiguous_date"),
        ("20.1.5", "ambiguous_date"),
        ("1月5日", "no_year"),
        ("2020-02-30", "no_such_day"),
        ("2020-13-01", "no_such_day"),
        ("1899-12-31", "no_such_day"),
        ("上周三", "not_date"),
        (12, "not_date"),
        (True, "not_date"),
        ("2020年", "not_date"),
    ],
)
def test_dates_that_cannot_be_read_for_certain_say_why(written: object, kind: str) -> None:
    with pytest.raises(CellProblem, match=kind):
        dates.read_date(written, DAY)


@pytest.mark.parametrize(
    ("written", "read"),
    [("是", True), ("√", True), ("Y", True), (1, True), (1.0, True), ("无", False), ("×", False), ("否", False)],
)
def test_ticks(written: object, read: bool) -> None:
    assert cells.read_bool(written, BOOL) is read


def test_every_allowed_value_reads_back_from_its_words() -> None:
    for table in load_contract().records.values():
        for column in table.columns.values():
            for value in column.values:
                assert cells.read_enum(value, column) == value
            assert set(cells.allowed(column).values()) == set(column.values)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("=cmd|' /C calc'!A0", "formula_text"),
        ("@SUM(1)", "formula_text"),
        ("+cmd|x", "formula_text"),
        ("a\x07b", "control_characters"),
        ("锟斤拷", "broken_characters"),
        ("长" * 501, "too_long"),
        (3.2061300100100099e17, "lost_digits"),
        (date(2020, 1, 1), "text_became_other"),
    ],
)
def test_texts_that_are_dangerous_or_spoiled_are_refused(written: object, kind: str) -> None:
    with pytest.raises(CellProblem, match=kind):
        cells.read_text(written, TEXT)


def test_our_own_defused_texts_come_back() -> None:
    assert cells.read_text("'=1+1", TEXT) == "=1+1"
    assert cells.read_text("-1 度", TEXT) == "-1 度"


def test_codes_survive_a_spreadsheet_but_not_scientific_notation() -> None:
    code = Column("event_id", "string", "编号")
    assert cells.read_code(320613001001001.0, code) == "320613001001001"
    with pytest.raises(CellProblem, match="lost_digits"):
        cells.read_code("3.20613E+14", code)


@given(some.from_regex(r"320602(19[3-9][0-9]|200[0-9])(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}", fullmatch=True))
def test_identity_numbers_are_told_by_their_check_digit(body: str) -> None:
    total = sum(int(digit) * weight for digit, weight in zip(body, privacy.WEIGHTS, strict=True))
    right = privacy.CHECK_DIGITS[total % 11]
    assert privacy.found_in(f"号码{body}{right}。") == ["identity_number"]
    assert right not in "＊" and body not in privacy.masked(f"号码{body}{right}。")
    wrong = "0" if right != "0" else "1"
    assert not privacy.is_identity_number(body + wrong)


@pytest.mark.parametrize(
    "text",
    ["联系人：李建国", "王小明同志到场", "张三", "13812345678", "+86 138-1234-5678", 13812345678.0, "负责人张伟"],
)
def test_people_are_noticed_and_covered(text: object) -> None:
    assert privacy.found_in(text, free=True)
    assert privacy.found_in(privacy.masked(text), free=True) == []


@pytest.mark.parametrize(
    "text",
    [
        "包饺子",
        "为王大爷理发",
        "0513-8555 1234",
        "时装秀",
        "何园",
        "居民王某某",
        "320613001001001",
        "高温慰问",
        "E201800001",
    ],
)
def test_what_is_no_person_passes(text: str) -> None:
    assert privacy.found_in(text, free=True) == []
