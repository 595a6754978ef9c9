"""Nobody's identity passes the door: numbers of identity cards and mobiles, and names of people in free text.

An identity number is told by its check digit (GB 11643-1999, ISO 7064 MOD 11-2), a mobile number by its form, a name by
a surname among the commonest and what stands around it. What is found is masked before it is written anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Literal

Kind = Literal["identity_number", "mobile_number", "person_name"]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍"
    "韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司"
)
COMMON = (
    "王李张刘陈杨赵黄周吴徐孙胡朱郭何罗梁宋郑谢韩唐冯董萧曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛阎余潘杜戴钟汪任姜范谭廖邹熊陆郝崔邱秦顾侯邵孟"
)  # fmt: skip
"""Surnames that are seldom the beginning of another word: a whole cell is taken for a name only if it begins so."""
DOUBLE = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐"
GIVEN = r"(?:(?!某)[\u4e00-\u9fa5]){1,2}"
NAME = rf"(?:{DOUBLE}|[{SURNAMES}]){GIVEN}"
TITLES = "先生|女士|小姐|同志|大爷|大妈|大伯|大叔|阿姨|奶奶|爷爷|老人|师傅|居民|本人|家属|业主"
ROLES = "姓名|联系人|负责人|经办人|填报人|填表人|当事人|申请人|投诉人|反映人|来电人|报名人|户主|业主|居民|患者|身份证"
IDENTITY = re.compile(r"(?<!\d)\d{17}[\dX](?!\d)", re.IGNORECASE)
PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]"
OLD_IDENTITY = re.compile(rf"(?<!\d)(?:{PROVINCES})\d{{4}}\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}(?!\d)")
MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
TITLED = re.compile(rf"(?<![\u4e00-\u9fa5])({NAME})(?={TITLES})|(?<=[为给与和访助])({NAME})(?={TITLES})")
LABELLED = re.compile(
    rf"(?:{ROLES})\s*(?:姓名)?\s*[:：为是]\s*({NAME})(?![\u4e00-\u9fa5])|(?:{ROLES})({NAME})(?=[,，。;；、\s（(]|$)"
)
WHOLE = re.compile(rf"(?:{DOUBLE}|[{COMMON}]){GIVEN}")
NOT_NAMES = re.compile(
    r"[队会室站点所院馆园场厅家社组团班课节日月年赛展演棋舞歌书画操拳球戏剧餐茶饺粽灯联树花草地路桥河门楼区街道村苑城店站岗]$"
)
MASK = "＊"


def found_in(value: object, *, free: bool = False) -> list[Kind]:
    """The kinds of identity in a cell; names are looked for in `free` text only."""
    text = _narrow(value)
    kinds: list[Kind] = []
    if any(is_identity_number(match[0]) for match in IDENTITY.finditer(text)) or _old_identity(text):
        kinds.append("identity_number")
    if MOBILE.search(text):
        kinds.append("mobile_number")
    if free and (TITLED.search(text) or LABELLED.search(text) or is_whole_name(text)):
        kinds.append("person_name")
    return kinds


def _narrow(value: object) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return unicodedata.normalize("NFKC", str(value))


def is_identity_number(text: str) -> bool:
    """Whether eighteen characters are an identity number: a possible birthday and the right check digit."""
    if not re.fullmatch(r"[1-9]\d{16}[\dXx]", text) or not _is_birthday(text[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, WEIGHTS, strict=False))
    return CHECK_DIGITS[total % 11] == text[17].upper()


def _is_birthday(text: str) -> bool:
    try:
        born = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return date(1900, 1, 1) <= born <= date.today()


def _old_identity(text: str) -> bool:
    """Fifteen digits of the old form; area codes of this place (320613 + serial) have no possible birthday."""
    return any(not match[0].startswith("320613") for match in OLD_IDENTITY.finditer(text))


def is_whole_name(text: str) -> bool:
    """Whether a text is a person's name and nothing else."""
    bare = text.strip()
    return bool(WHOLE.fullmatch(bare)) and not NOT_NAMES.search(bare)


def masked(value: object, *, free: bool = True) -> str:
    """The cell's text with whatever tells of a person's identity covered."""
    text = _narrow(value)
    text = IDENTITY.sub(lambda found: MASK * 6 if is_identity_number(found[0]) else found[0], text)
    text = OLD_IDENTITY.sub(lambda found: found[0] if found[0].startswith("320613") else MASK * 6, text)
    text = MOBILE.sub(MASK * 6, text)
    if not free:
        return text
    text = LABELLED.sub(lambda found: found[0].replace(found[1] or found[2], MASK * 2), text)
    text = TITLED.sub(MASK * 2, text)
    return MASK * 2 if is_whole_name(text) else text
