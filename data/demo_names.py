"""Names of the demonstration's neighbourhoods: community and serial, never an invented real-looking name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

REFERENCE = Path(__file__).parent / "reference"
TIANQIN = (
    "320613007005003"  # the one neighbourhood of this community that the report names; which serial it has isn't known
)
_TIANQIN_NAMES = {"name_zh": "天勤", "name_en": "Tianqin", "pinyin": "tianqin", "initials": "tq"}


def communities() -> pd.DataFrame:
    """Return the 166 communities of the 2020 edition: columns of reference/communities.csv, all text."""
    table = pd.read_csv(REFERENCE / "communities.csv", dtype=str, keep_default_na=False)
    return table[table["in_2020_edition"] == "1"].reset_index(drop=True)


def subdistricts() -> pd.DataFrame:
    """Return the 16 subdistricts: columns of reference/subdistricts.csv, all text."""
    table = pd.read_csv(REFERENCE / "subdistricts.csv", dtype=str, keep_default_na=False)
    return table[table["kind"] == "subdistrict"].reset_index(drop=True)


def neighbourhood_names(codes: Iterable[str]) -> pd.DataFrame:
    """Return one row per code (15 digits: community + serial), in order: code, name_zh, name_en, pinyin, initials."""
    table = pd.DataFrame({"code": list(codes)})
    known = communities().set_index("code")
    places = known.loc[table["code"].str[:12].to_list()].reset_index(drop=True)
    serial = table["code"].str[12:].astype(int).astype(str).str.zfill(2)
    table["name_zh"] = places["short_zh"] + "-" + serial
    table["name_en"] = places["short_en"] + "-" + serial
    table["pinyin"] = places["short_en"].str.lower().str.replace("'", "", regex=False) + serial
    table["initials"] = _short_initials(places) + serial
    table.loc[table["code"] == TIANQIN, list(_TIANQIN_NAMES)] = list(_TIANQIN_NAMES.values())
    return table


def _short_initials(places: pd.DataFrame) -> pd.Series[str]:
    """Initials without those of 社区, one letter a character of the short name."""
    return pd.Series(
        [initials[: len(short)] for initials, short in zip(places["initials"], places["short_zh"], strict=True)]
    )
