"""What people confirmed once and need not say again: headers, names of areas; kept below the data folder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from data.contract import load_contract
from data.imports.cells import simplified
from data.imports.problems import ImportRefused

FILE = "mappings.json"


@dataclass
class Mappings:
    """`headers`: table -> simplified header -> column; `areas`: simplified name -> code."""

    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    areas: dict[str, str] = field(default_factory=dict)

    def remember_header(self, header: str, column: str) -> None:
        """From now on `header` means the column in every table that has it. Raises ImportRefused unknown_column."""
        tables = [table.name for table in load_contract().records.values() if column in table.columns]
        if not tables:
            raise ImportRefused("unknown_column", column=column)
        for table in tables:
            self.headers.setdefault(table, {})[simplified(header)] = column

    def remember_area(self, name: str, code: str, known: Mapping[str, str]) -> None:
        """From now on `name` means the area `code`. Raises ImportRefused unknown_code."""
        if code not in known:
            raise ImportRefused("unknown_code", code=code)
        self.areas[simplified(name)] = code


def mappings_path(root: Path) -> Path:
    """Where the mappings stand."""
    return root / "loads" / FILE


def read_mappings(root: Path) -> Mappings:
    """The mappings as kept; none where there are none, or where the file was spoiled by hand."""
    try:
        stored = json.loads(mappings_path(root).read_text(encoding="utf-8"))
        return Mappings(dict(stored["headers"]), dict(stored["areas"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Mappings()


def keep_mappings(root: Path, mappings: Mappings) -> None:
    """Replace the kept mappings in one step."""
    path = mappings_path(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{FILE}.{os.getpid()}")
    partial.write_text(json.dumps(asdict(mappings), ensure_ascii=False, indent=1), encoding="utf-8")
    partial.replace(path)
