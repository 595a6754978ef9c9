"""Which encoding a Shapefile's attribute text is in: what it says if that is true, else UTF-8 or GBK by its bytes."""

from __future__ import annotations

import codecs
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ALIASES = {"65001": "UTF-8", "936": "GB18030", "gbk": "GB18030", "gb2312": "GB18030", "cp936": "GB18030",
           "1252": "CP1252", "ansi 936": "GB18030", "ansi 1252": "CP1252", "88591": "ISO-8859-1"}  # fmt: skip


def shapefile_encoding(shp: Path) -> str:
    """Name of the encoding of a Shapefile's text: its .cpg if the bytes bear it out, else UTF-8, GB18030 or CP1252."""
    table = _beside(shp, ".dbf")
    values = text_values(table) if table is not None else []
    said = stated_encoding(_beside(shp, ".cpg"))
    if said is not None and decodes(values, said):
        return said
    if decodes(values, "UTF-8"):
        return "UTF-8"
    return "GB18030" if is_chinese(values) else "CP1252"


def _beside(shp: Path, ending: str) -> Path | None:
    return next((p for e in (ending, ending.upper()) if (p := shp.with_suffix(e)).exists()), None)


def stated_encoding(cpg: Path | None) -> str | None:
    """Encoding that a .cpg file names, if Python knows it."""
    if cpg is None:
        return None
    word = cpg.read_text("ascii", errors="replace").strip().lower()
    name = ALIASES.get(word, word)
    try:
        codecs.lookup(name)
    except LookupError:
        return None
    return name


def text_values(dbf: Path) -> list[bytes]:
    """Distinct values with a byte above 127 in the text fields of a dBASE table."""
    content = dbf.read_bytes()
    if len(content) < 33:
        return []
    rows, header, width = struct.unpack_from("<IHH", content, 4)
    rows = min(rows, (len(content) - header) // width) if width else 0
    if rows <= 0:
        return []
    records: NDArray[np.uint8] = np.frombuffer(content, dtype=np.uint8, count=rows * width, offset=header)
    found: set[bytes] = set()
    start = 1
    for at in range(32, header - 31, 32):
        if content[at] == 0x0D:
            break
        size = content[at + 16]
        if content[at + 11 : at + 12] == b"C" and size:
            column = records.reshape(rows, width)[:, start : start + size]
            column = column[(column > 127).any(axis=1)]
            found |= {bytes(row).rstrip(b" \x00") for row in np.unique(column, axis=0)}
        start += size
    return sorted(found)


def decodes(values: list[bytes], encoding: str) -> bool:
    """Whether all values are text in an encoding; a character cut off by the field's width at the end is forgiven."""
    try:
        for value in values:
            codecs.getincrementaldecoder(encoding)("strict").decode(value, final=False)
    except UnicodeError:
        return False
    return True


def is_chinese(values: list[bytes]) -> bool:
    """Whether bytes above 127 come in the pairs of GB 2312, and not single among ASCII letters as in Müller."""
    if not decodes(values, "GB18030"):
        return False
    joined = np.frombuffer(b" ".join(values), dtype=np.uint8)
    high = np.diff(np.concatenate([[0], (joined > 127).astype(np.int8), [0]]))
    runs = np.flatnonzero(high < 0) - np.flatnonzero(high > 0)
    return bool(len(runs) and (runs % 2 == 0).mean() > 0.8)
