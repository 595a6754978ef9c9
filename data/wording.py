"""Words in both languages, by dotted key, for everything that speaks to people: pages, reports, commands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).with_name("words")
LANGUAGES = ("zh", "en")


class WordMissing(LookupError):
    """A key stands in no words file: name it in data/words/zh*.toml and en*.toml."""


@cache
def words(language: str) -> dict[str, str]:
    """All words of `language`, by dotted key, from every file data/words/<language>*.toml."""
    merged: dict[str, str] = {}
    for path in sorted(WORDS.glob(f"{language}*.toml")):
        merged |= dict(_flat(tomllib.loads(path.read_text(encoding="utf-8"))))
    return merged


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def text(key: str, language: str, **values: object) -> str:
    """The words of `key` in `language`, its {placeholders} filled. Raises WordMissing."""
    try:
        found = words(language)[key]
    except KeyError:
        where = "add the key to data/words/ in both languages"
        raise WordMissing(f"No words for “{key}” in {language}: {where}.") from None
    return found.format(**values) if values else found


def column_label(table: str, column: str, language: str) -> str:
    """What a column of a table is called; its own name where it has no words."""
    known = words(language)
    return known.get(f"column_of.{table}.{column}") or known.get(f"column.{column}") or column


def table_label(table: str, language: str) -> str:
    """What a table is called; its own name where it has no words."""
    return words(language).get(f"table.{table}.name", table)


def value_label(column: str, value: str, language: str) -> str:
    """Words of a column's allowed value; a value without words is shown as it is."""
    return words(language).get(f"enum.{column}.{value}", value)
