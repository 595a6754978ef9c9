"""OpenStreetMap's further tags: GDAL packs what has no column into one text, `"bridge"=>"yes","lanes"=>"2"`."""

from __future__ import annotations

import re

import geopandas as gpd
import pandas as pd

PACKED = "other_tags"


def tag(layer: gpd.GeoDataFrame, name: str) -> pd.Series:
    """One tag of each row as text (None where it has none), from its own column or unpacked from `other_tags`."""
    nothing = pd.Series(None, index=layer.index, dtype="object")
    own = layer[name].astype("object").where(layer[name].notna(), None) if name in layer.columns else nothing
    if PACKED not in layer.columns:
        return own
    # Looking for one key is ten times as fast as unpacking all of them.
    one = re.compile(rf'"{re.escape(name)}"=>"((?:[^"\\]|\\.)*)"')
    packed = layer[PACKED].astype("object").where(layer[PACKED].notna(), "")
    values = [match[1].replace('\\"', '"') if (match := one.search(text)) else None for text in packed]
    return own.where(own.notna(), pd.Series(values, index=layer.index, dtype="object"))


def number(text: object) -> float | None:
    """The first number of a tag such as `12.5`, `12,5 m` or `3;4`; None where there is none."""
    found = re.search(r"\d+(?:[.,]\d+)?", text) if isinstance(text, str) else None
    return float(found[0].replace(",", ".")) if found else None
