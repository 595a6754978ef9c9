"""Areas and records by code or by name: what is unmistakable is taken, what is nearly right is suggested."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from rapidfuzz import fuzz, process

from data.contract import Column
from data.imports.cells import CellProblem, read_code, simplified
from data.imports.rules import rule_of
from data.manifest import edition_dir
from data.wording import LANGUAGES, text

NEAR = 60.0
"""Below this likeness (0 to 100) a name is not worth suggesting."""
ENDINGS = ("经济开发区", "街道办事处", "社区居委会", "街道", "社区", "村委会", "邻里")


@dataclass
class Places:
    """The areas of an edition: `level_of` a code, codes by simplified name, and names that people confirmed."""

    level_of: dict[str, str]
    name_of: dict[str, str]
    parent_of: dict[str, str]
    codes: dict[str, set[str]]
    confirmed: dict[str, str] = field(default_factory=dict)

    def read(self, value: object, column: Column) -> str:
        """The code of an area given by code, name or path (街道/社区/邻里); raises CellProblem with a suggestion."""
        written = read_code(value, column)
        level = rule_of(column).level
        if written in self.level_of:
            return self._of_level(written, level)
        if (key := simplified(written)) in self.confirmed:
            return self._of_level(self.confirmed[key], level)
        found = self._named(written, level)
        if len(found) == 1:
            return found.pop()
        if found:
            raise CellProblem("ambiguous_area", likely=self._listed(sorted(found)))
        raise CellProblem(*self._unknown(written, level))

    def _of_level(self, code: str, level: str | None) -> str:
        if level and self.level_of[code] != level:
            raise CellProblem("wrong_level", likely=self.name_of[code])
        return code

    def _named(self, written: str, level: str | None) -> set[str]:
        """Codes of the level that answer to a name; the parts of a path before it must be above."""
        parts = [part for part in re.split(r"[/\\>›|]|\s{1,}", written) if part.strip()]
        if found := self._borne(written, level):
            return found
        return {code for code in self._borne(parts[-1], level) if self._lies_in(code, parts[:-1])} if parts else set()

    def _borne(self, name: str, level: str | None) -> set[str]:
        """Codes of the level that bear a name; one that is borne as written goes before one without its ending."""
        for form in _forms(name):
            found = {code for code in self.codes.get(form, ()) if not level or self.level_of[code] == level}
            if found:
                return found
        return set()

    def _lies_in(self, code: str, above: list[str]) -> bool:
        chain, parent = set[str](), self.parent_of.get(code)
        while parent:
            chain.add(parent)
            parent = self.parent_of.get(parent)
        return all(chain & {c for form in _forms(part) for c in self.codes.get(form, ())} for part in above)

    def _unknown(self, written: str, level: str | None) -> tuple[str]:
        likely = self.nearest(written, level)
        if not likely:
            raise CellProblem("unknown_area")
        raise CellProblem("unknown_area_near", likely=self._listed(likely))

    def nearest(self, written: str, level: str | None, most: int = 3) -> list[str]:
        """Codes of areas of a level whose names (or codes) look most like what was written."""
        names = {code: name for code, name in self.name_of.items() if not level or self.level_of[code] == level}
        if re.fullmatch(r"\d{6,}", written):
            names = {code: code for code in names}
        found = process.extract(written, names, scorer=fuzz.ratio, limit=most, score_cutoff=NEAR)
        return [str(code) for _name, _score, code in found]

    def _listed(self, codes: Iterable[str]) -> str:
        return "、".join(f"{self.name_of[code]}（{code}）" for code in list(codes)[:3])

    def confirm(self, name: str, code: str) -> None:
        """From now on `name` means the area `code`. Raises CellProblem unknown_area when there is no such code."""
        if code not in self.level_of:
            raise CellProblem("unknown_area")
        self.confirmed[simplified(name)] = code


def _forms(name: str) -> list[str]:
    """A name as it is, and without the kind of area at its end or before its number (德民社区-01 = 德民-01)."""
    bare = simplified(name)
    shorter = [bare.removesuffix(ending) for ending in ENDINGS if bare.endswith(ending)]
    numbered = re.sub(r"(社区|邻里)?第?(\d{1,3})(号)?(邻里)?$", lambda found: found[2].zfill(2), bare)
    return list(dict.fromkeys([bare, *shorter, numbered]))


def load_places(root: Path, confirmed: Mapping[str, str] | None = None) -> Places:
    """The areas of the published edition below `root`."""
    table = pd.read_parquet(edition_dir(root) / "areas.parquet")
    codes: dict[str, set[str]] = {}
    for row in table[["code", "name_zh", "name_en", "aliases"]].itertuples():
        for name in (row.name_zh, row.name_en, *str(row.aliases or "").split("|")):
            for form in _forms(str(name)):
                codes.setdefault(form, set()).add(str(row.code))
    codes.pop("", None)
    by_code = table.set_index("code")
    return Places(
        level_of=_texts(by_code["level"]),
        name_of=_texts(by_code["name_zh"]),
        parent_of=_texts(by_code["parent"].dropna()),
        codes=codes,
        confirmed=dict(confirmed or {}),
    )


def _texts(column: pd.Series[str]) -> dict[str, str]:
    return {str(code): str(value) for code, value in column.items()}


def level_label(level: str | None) -> str:
    """The Chinese word of a level, for prompts in templates."""
    return text(f"enum.level.{level}", LANGUAGES[0]) if level else ""
