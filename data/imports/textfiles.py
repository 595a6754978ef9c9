"""CSV and its relatives: the encoding is proven by decoding the whole file, the separator by what fits the columns."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from data.imports.coded import Row, Sheet, sheet_of
from data.imports.problems import FileRefused

SEPARATORS = (",", "\t", ";", "；", "|")
SAMPLE = 64 << 10
PIECE = 1 << 20
LONGEST_CHARACTER = 3
"""Bytes of a character that were written when the file broke off."""
MOST_COLUMNS = 500
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
PRIVATE_USE = re.compile(r"[\ue000-\uf8ff]")
GARBLED = re.compile(r"锟斤拷|\ufffd|(?:[ÃÂ][\u0080-\u00ff]){2}|烫烫烫|屯屯屯")
csv.field_size_limit(1 << 20)


def read_text_file(path: Path, file: str) -> Sheet:
    """The one sheet of a text file. Raises FileRefused: encoding, NUL bytes, garbled, quotation marks, one column."""
    encoding = encoding_of(path, file)
    with path.open(encoding=encoding, newline="") as opened:
        sample = opened.read(SAMPLE)
    if GARBLED.search(sample) or len(PRIVATE_USE.findall(sample)) > 3:
        raise FileRefused("garbled", file)
    separator = separator_of(sample, file)
    with path.open(encoding=encoding, newline="") as opened:
        return sheet_of(file, "", _rows(opened, separator, file))


def encoding_of(path: Path, file: str) -> str:
    """utf-8-sig, utf-16 or gb18030 (GBK is part of it), whichever decodes every byte. Raises FileRefused."""
    with path.open("rb") as opened:
        start = opened.read(4)
    for mark, encoding in BOMS:
        if start.startswith(mark):
            if _undecodable(path, encoding) is not None:
                raise FileRefused("half_written", file)
            return encoding
    _refuse_nul(path, file)
    where = _undecodable(path, "utf-8")
    if where is None:
        return "utf-8"
    if path.stat().st_size - where <= LONGEST_CHARACTER and _has_other_than_ascii(path, where):
        raise FileRefused("half_written", file)
    if _undecodable(path, "gb18030") is None:
        return "gb18030"
    raise FileRefused("encoding", file, byte=where + 1)


def _has_other_than_ascii(path: Path, end: int) -> bool:
    """Whether what stands before `end` (and is UTF-8) says so by more than letters that are the same in GBK."""
    with path.open("rb") as opened:
        return not opened.read(end).isascii()


def _refuse_nul(path: Path, file: str) -> None:
    with path.open("rb") as opened:
        while piece := opened.read(PIECE):
            if b"\0" in piece:
                raise FileRefused("nul_bytes", file)


def _undecodable(path: Path, encoding: str) -> int | None:
    """The place of the first byte that is not of this encoding, None when all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as opened:
        while piece := opened.read(PIECE):
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                return done - held + error.start
            done += len(piece)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return done - len(decoder.getstate()[0])
    return None


def separator_of(sample: str, file: str) -> str:
    """The separator that gives the most rows of one width above one. Raises FileRefused no_columns."""
    best, most = "", 0
    for separator in SEPARATORS:
        widths = [len(row) for row in csv.reader(io.StringIO(sample[: SAMPLE // 2]), delimiter=separator)]
        wide = [width for width in widths[:50] if width > 1]
        common = max(map(wide.count, set(wide)), default=0)
        if common > most:
            best, most = separator, common
    if not best:
        raise FileRefused("no_columns", file)
    return best


def _rows(opened: io.TextIOBase, separator: str, file: str) -> Iterator[Row]:
    reader = csv.reader(opened, delimiter=separator, strict=True)
    try:
        for row in reader:
            if len(row) > MOST_COLUMNS:
                raise FileRefused("too_wide", file, columns=len(row), most=MOST_COLUMNS)
            yield row
    except csv.Error as error:
        kind = "half_written" if "end of data" in str(error) else "quotation"
        raise FileRefused(kind, file, line=reader.line_num) from error
