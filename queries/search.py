"""Search of areas by name, alias, pinyin, initials or code; the index is made once a data version."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import pandas as pd
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz, process

from queries.areas import areas
from queries.run import Database

LONGEST = 60
# How good an equal text is, by what it equals; a text that only begins or contains the words loses the steps below.
EQUAL = {"code": 100.0, "name": 100.0, "short": 98.0, "alias": 97.0, "english": 96.0, "pinyin": 95.0, "initials": 92.0}
BEGINS, CONTAINS, BY_PATH, BY_SOUND, BY_LIKENESS = 12.0, 30.0, 3.0, 25.0, 0.6
LIKE_ENOUGH = 70.0
LEVELS = ("district", "subdistrict", "zone", "former_district", "community", "neighbourhood")
SUFFIXES = {
    "name": ("镇街道", "街道", "经济开发区", "开发区", "社区", "村委会", "居委会", "村", "邻里", "区"),
    "alias": ("街道", "社区", "村"),
    "english": ("developmentzone", "subdistrict", "community", "neighbourhood", "village", "district"),
    "pinyin": ("zhenjiedao", "jiedao", "jingjikaifaqu", "kaifaqu", "shequ", "cun", "qu"),
    "initials": ("zjd", "jd", "jjkfq", "kfq", "sq"),
}
ANY_SUFFIX = SUFFIXES["name"] + SUFFIXES["english"] + SUFFIXES["pinyin"]

_indexes: WeakKeyDictionary[Database, Index] = WeakKeyDictionary()
_making = threading.Lock()


def search_areas(db: Database, text: str, limit: int = 20) -> pd.DataFrame:
    """One row per area answering to `text`, best first: code, level, name_zh, name_en, path_zh, path_en, score (0–100).

    Full-width signs, case, spaces and accents do not matter; a suffix such as 街道, 社区 or 村 may be left out; words
    before the last may name a wider area (钟秀 中心村). Where nothing fits, what sounds alike answers, then what is
    spelt alike. Empty text finds nothing. `path_*` is the way from the district to the area above, joined by ›.
    """
    with _making:
        if db not in _indexes:
            _indexes[db] = Index.of(areas(db))
        index = _indexes[db]
    return index.search(text, limit)


def folded(text: str) -> str:
    """The text as it is compared: half-width, lower case, without accents, spaces, hyphens and other signs.

    >>> folded("Zhōng xiù－０５")
    'zhongxiu05'
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text[: 4 * LONGEST]).casefold())
    return re.sub(r"[\W_]+", "", plain)[:LONGEST]


def without_suffix(text: str, suffixes: tuple[str, ...] = ANY_SUFFIX) -> str:
    """The folded text without its kind of area at the end or before a number; unchanged when nothing would be left.

    >>> without_suffix("中心村社区02")
    '中心村02'
    """
    name = text.rstrip("0123456789")
    if name in suffixes:
        return text
    for suffix in suffixes:
        if name.endswith(suffix):
            return name.removesuffix(suffix) + text[len(name) :]
    return text


@dataclass(frozen=True)
class Form:
    """One way to write an area: the folded text, the row of the area and what kind of writing it is."""

    text: str
    row: int
    kind: str


@dataclass(frozen=True)
class Index:
    """All forms of all areas of one data version, ready to be compared with what a reader types."""

    shown: pd.DataFrame
    forms: list[Form]
    paths: list[str]

    @staticmethod
    def of(frame: pd.DataFrame) -> Index:
        """The index of a frame of areas (columns of `areas`)."""
        frame = frame.reset_index(drop=True)
        shown = frame[["code", "level", "name_zh", "name_en"]].assign(
            path_zh=_paths(frame, "name_zh"), path_en=_paths(frame, "name_en")
        )
        paths = [folded(" ".join(names)) for names in zip(shown["path_zh"], shown["path_en"], strict=True)]
        lazy_pinyin("暖")  # loads its dictionary now, so that no reader waits for it
        return Index(shown, list(_forms(frame)), paths)

    def search(self, text: str, limit: int) -> pd.DataFrame:
        """The rows of `search_areas`."""
        scores = self._scores(text)
        found = self.shown.loc[list(scores)].assign(score=[round(score, 1) for score in scores.values()])
        found = found.assign(depth=found["level"].map(LEVELS.index).astype("int64"))
        ordered = found.sort_values(["score", "depth", "code"], ascending=[False, True, True])
        return ordered.drop(columns="depth").head(limit).reset_index(drop=True)

    def _scores(self, text: str) -> dict[int, float]:
        words = folded(text)
        if not words:
            return {}
        return self._direct(words) or self._by_path(text) or self._by_sound(words) or self._by_likeness(words)

    def _direct(self, words: str) -> dict[int, float]:
        """Score by row of the areas that have a form that is, begins with or contains the words."""
        shorter = without_suffix(words)
        best: dict[int, float] = {}
        for form in self.forms:
            score = _score(form, words)
            if shorter != words:
                score = max(score, _score(form, shorter) - 1.0)
            if score > best.get(form.row, 0.0):
                best[form.row] = score
        return best

    def _by_path(self, text: str) -> dict[int, float]:
        """The areas that the last word finds, among those whose way down holds all the words before it."""
        *before, last = [folded(word) for word in re.split(r"[\s/›>,，、]+", text[: 4 * LONGEST]) if folded(word)] or [
            ""
        ]
        if not before:
            return self._by_whole_path(last)
        inside = [row for row, path in enumerate(self.paths) if all(word in path for word in before)]
        found = self._direct(last)
        return {row: found[row] - BY_PATH for row in inside if row in found}

    def _by_whole_path(self, words: str) -> dict[int, float]:
        """The areas whose name ends the words, when the rest of the words names an area above (钟秀街道中心村社区)."""
        best: dict[int, float] = {}
        for form in self.forms:
            rest = words.removesuffix(form.text)
            if form.kind in ("name", "short", "english") and rest != words and rest and rest in self.paths[form.row]:
                best[form.row] = max(best.get(form.row, 0.0), EQUAL[form.kind] - BY_PATH)
        return best

    def _by_sound(self, words: str) -> dict[int, float]:
        """The areas whose pinyin is, or begins with, the pinyin of the words."""
        sound = folded("".join(lazy_pinyin(words)))
        if sound == words:
            return {}
        shorter = without_suffix(sound, SUFFIXES["pinyin"])
        best: dict[int, float] = {}
        for form in self.forms:
            if form.kind == "pinyin" and form.text.startswith(shorter):
                equal = form.text in (sound, shorter)
                best[form.row] = max(best.get(form.row, 0.0), EQUAL["pinyin"] - BY_SOUND - (0.0 if equal else BEGINS))
        return best

    def _by_likeness(self, words: str) -> dict[int, float]:
        """The areas with a form spelt like the words."""
        best: dict[int, float] = {}
        alike = process.extract(
            words, [form.text for form in self.forms], scorer=fuzz.ratio, score_cutoff=LIKE_ENOUGH, limit=200
        )
        for _, likeness, place in alike:
            row = self.forms[place].row
            best[row] = max(best.get(row, 0.0), likeness * BY_LIKENESS)
        return best


def _score(form: Form, words: str) -> float:
    """How well the words fit one form: equal, at its beginning, inside it (not in a code or initials), or 0."""
    if words not in form.text:
        return 0.0
    longer = len(form.text) - len(words)
    if not longer:
        return EQUAL[form.kind]
    if form.text.startswith(words):
        return EQUAL[form.kind] - BEGINS - min(longer * 0.5, 8.0)
    return 0.0 if form.kind in ("code", "initials") else EQUAL[form.kind] - CONTAINS - min(longer * 0.5, 8.0)


def _forms(frame: pd.DataFrame) -> Iterator[Form]:
    columns = frame[["code", "name_zh", "name_en", "pinyin", "initials", "aliases"]].fillna("")
    for row, (code, zh, en, pinyin, initials, aliases) in enumerate(columns.itertuples(index=False, name=None)):
        written = [(code, "code"), (zh, "name"), (en, "english"), (pinyin, "pinyin"), (initials, "initials")]
        written += [(alias, "alias") for alias in aliases.split("|")]
        texts = {(folded(text), kind) for text, kind in written}
        texts |= {(without_suffix(text, SUFFIXES[kind]), _short(kind)) for text, kind in texts if kind in SUFFIXES}
        for text, kind in sorted(texts):
            if text:
                yield Form(text, row, kind)


def _short(kind: str) -> str:
    return "short" if kind == "name" else kind


def _paths(frame: pd.DataFrame, column: str) -> list[str]:
    names = dict(zip(frame["code"], frame[column], strict=True))
    parents = dict(zip(frame["code"], frame["parent"], strict=True))
    return [" › ".join(_above(code, names, parents)) for code in frame["code"]]


def _above(code: str, names: dict[str, str], parents: dict[str, str | None]) -> list[str]:
    above: list[str] = []
    parent = parents.get(code)
    while parent in names and len(above) < len(LEVELS):
        above.insert(0, names[parent])
        parent = parents.get(parent)
    return above
