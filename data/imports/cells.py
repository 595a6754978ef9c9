"""What a person or a spreadsheet wrote in one cell, read as what it means: numbers, yes and no, texts.

Dates are read in dates.py. Whatever cannot be read with certainty is a CellProblem, never a guess.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from data.contract import Column
from data.wording import LANGUAGES, value_label

NOTHING = {"", "-", "--", "—", "——", "/", "\\", "无", "空", "暂无", "不详", "n/a", "na", "null", "none", "nan"}
FORMULA_ERRORS = ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "####")
LONGEST_TEXT = 500
YES = {"是", "有", "已", "对", "√", "✓", "✔", "y", "yes", "true", "1", "在岗", "达标", "已有", "已订", "已到岗"}
NO = {"否", "无", "未", "没有", "错", "×", "✗", "✘", "x", "n", "no", "false", "0", "不在岗", "未达标", "缺岗", "空缺"}
UNITS = (
    "平方米", "平方公里", "人次", "小时", "份", "人", "户", "个", "元", "次", "件", "场", "天", "岁", "年", "处", "支",
    "项", "篇", "座", "名", "m2", "m²", "㎡", "h", "rmb", "cny",
)  # fmt: skip
LARGE = {"百": 100, "千": 1_000, "万": 10_000, "十万": 100_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 10**8}
SHORTEST = 2
"""So many first characters of one allowed value, and of no other, stand for it."""
EXACT = 2**53
"""Beyond, a spreadsheet no longer knows a whole number exactly."""


class CellProblem(Exception):
    """A cell that cannot be read; `kind` names its words (finding.<kind>), `values` fill them."""

    def __init__(self, kind: str, **values: object) -> None:
        super().__init__(kind)
        self.kind, self.values = kind, values


def plain(value: object) -> str:
    """The text of a cell: full-width letters and digits made plain, spaces of all kinds trimmed."""
    text = unicodedata.normalize("NFKC", str(value))
    return re.sub(r"[\u200b-\u200f\u2060\ufeff]", "", text).strip()


def is_nothing(value: object) -> bool:
    """Whether a cell says that there is no value."""
    return value is None or (isinstance(value, str) and plain(value).lower() in NOTHING)


def refuse_errors(value: object) -> None:
    """Raise CellProblem for what a spreadsheet wrote where a formula failed."""
    if isinstance(value, str) and value.strip().upper().startswith(FORMULA_ERRORS):
        raise CellProblem("formula_error")


def read_number(value: object, _column: Column) -> float:
    """A number: 1,234.5 · １２３４ · 1.2万 · ￥300元 · (300) · 35人; raises CellProblem not_number."""
    if isinstance(value, bool):
        raise CellProblem("not_number")
    if isinstance(value, int | float):
        return _finite(float(value))
    if isinstance(value, date | datetime):
        raise CellProblem("number_became_date")
    if re.search(r"\d[\u00b2\u00b3\u00b9\u2070-\u2079]", str(value)):
        raise CellProblem("not_number")  # a raised digit would become one of the number's own
    return _finite(_number_in(plain(value)))


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise CellProblem("not_number")
    return number


def _number_in(text: str) -> float:
    """The number in a plain text; thousands marks must stand where thousands end."""
    bare = re.sub(r"^(?:¥|￥|\$|rmb)\s*", "", text.lower().replace("−", "-").replace("–", "-"))
    negative = re.fullmatch(r"\((.+)\)", bare)
    bare = negative[1] if negative else bare
    found = re.fullmatch(
        r"([+-]?)(\d{1,3}(?:[,，' ]\d{3})+|\d+|)(\.\d+)?\s*([十百千]?[万]|[百千亿])?\s*(%?)\s*((?:\D.*)?)", bare
    )
    if not found or not (found[2] or found[3]) or (found[6] and found[6] not in UNITS):
        raise CellProblem("not_number")
    sign, whole, part, large, percent, _ = found.groups()
    try:
        number = Decimal(re.sub(r"[,，' ]", "", whole or "0") + (part or ""))
    except InvalidOperation:
        raise CellProblem("not_number") from None
    number *= LARGE.get(large, 1) if large else 1
    number /= 100 if percent else 1
    return float(-number if (sign == "-") != bool(negative) else number)


def read_whole(value: object, column: Column) -> int:
    """A whole number, as `read_number`; raises CellProblem not_number or not_whole."""
    number = read_number(value, column)
    if number != round(number):
        raise CellProblem("not_whole")
    if abs(number) > EXACT:
        raise CellProblem("lost_digits")
    return round(number)


def read_bool(value: object, _column: Column | None = None) -> bool:
    """Yes or no in the ways people tick a box; raises CellProblem not_bool."""
    if isinstance(value, bool):
        return value
    text = plain(value).lower()
    text = text.removesuffix(".0") if isinstance(value, float) else text
    if text in YES:
        return True
    if text in NO:
        return False
    raise CellProblem("not_bool")


def read_text(value: object, _column: Column) -> str:
    """A text or a code; raises CellProblem for formulas, lost digits, control characters and novels."""
    if isinstance(value, bool | date | datetime):
        raise CellProblem("text_became_other")
    if isinstance(value, int | float):
        return _digits(float(value))
    text = unicodedata.normalize("NFC", str(value)).strip()
    if re.match(r"'[=+\-@＝＋－＠]", text):
        text = text[1:]
    elif re.match(r"[=@＝＠]|[+\-＋－][^\d\s].*[(|!]", text):
        raise CellProblem("formula_text")
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise CellProblem("control_characters")
    if "\ufffd" in text or "锟斤拷" in text:
        raise CellProblem("broken_characters")
    if len(text) > LONGEST_TEXT:
        raise CellProblem("too_long", most=LONGEST_TEXT)
    return text


def _digits(number: float) -> str:
    """A code that a spreadsheet kept as a number; one it rounded is refused."""
    if number != round(number):
        return repr(number)
    if abs(number) > EXACT:
        raise CellProblem("lost_digits")
    return str(round(number))


def read_code(value: object, column: Column) -> str:
    """A code of an area or a record; raises CellProblem, `lost_digits` for 3.20613E+11."""
    text = read_text(value, column)
    narrow = plain(text)
    if re.fullmatch(r"\d(\.\d+)?e\+?\d+", narrow.lower()):
        raise CellProblem("lost_digits")
    return narrow.removesuffix(".0") if re.fullmatch(r"\d+\.0", narrow) else narrow


@cache
def allowed(column: Column) -> Mapping[str, str]:
    """Every way to write an allowed value (itself, its words in both languages), simplified, -> the value."""
    found: dict[str, str] = {}
    for value in column.values:
        own = ("无", "没有") if value == "none" else ()
        for label in (*own, *(value_label(column.name, value, language) for language in LANGUAGES), value):
            found[simplified(label)] = value
    return found


def simplified(text: object) -> str:
    """A text without what people write differently: case, spaces, dashes, brackets, quotation marks."""
    bare = re.sub(r"[\s\-‐–—―_~·・“”\"'‘’《》()\[\]（）【】*：:、，,]+", "", plain(text).lower())
    return bare.replace("及以上", "+").replace("以上", "+")


def read_enum(value: object, column: Column) -> str:
    """An allowed value, by itself or its words; raises CellProblem not_allowed with the nearest one."""
    if isinstance(value, date | datetime):
        raise CellProblem("text_became_other")
    text = _digits(float(value)) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
    known = allowed(column)
    if (key := simplified(text)) in known:
        return known[key]
    if (key := key.removesuffix("岁")) in known:
        return known[key]
    begun = {value for label, value in known.items() if len(key) >= SHORTEST and label.startswith(key)}
    if len(begun) == 1:
        return begun.pop()
    raise CellProblem("not_allowed", allowed=_some_allowed(column))


def _some_allowed(column: Column) -> str:
    labels = [value_label(column.name, value, "zh") for value in column.values]
    return "、".join(labels[:12]) + ("…" if len(labels) > 12 else "")


Reader = Callable[[object, Column], Any]
READERS: dict[str, Reader] = {
    "int": read_whole,
    "float": read_number,
    "bool": read_bool,
    "string": read_text,
    "enum": read_enum,
    "code": read_code,
}
