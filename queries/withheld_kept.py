"""What a version withholds, kept beside its tables, and what a version on other boundaries withholds for its sake.

The file holds k, the cells of each protected table and, on other boundaries than the records', what each area is made
of: so the second edition keeps its word also where k was changed after it was made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

KEPT = "withheld.json"
Cells = frozenset[tuple[Any, ...]]


@dataclass(frozen=True)
class Kept:
    """`cells` by table, withheld for `k` (0: nothing is kept); `made_of`: of which areas before an area has people.

    `source`: the version those stand in, a folder beside this one; made_of None: the records' own boundaries.
    """

    k: int = 0
    cells: Mapping[str, Cells] = field(default_factory=dict)
    made_of: frozenset[tuple[str, str]] | None = None
    source: str = ""


def read(folder: Path) -> Kept:
    """What is kept in a version's folder; nothing where the file is missing or broken: it is worked out anew."""
    try:
        said = json.loads((folder / KEPT).read_text(encoding="utf-8"))
        cells = {name: frozenset(map(tuple, found)) for name, found in said["cells"].items()}
        pairs = said.get("made_of")
        made_of = None if pairs is None else frozenset((str(now), str(was)) for now, was in pairs)
        return Kept(int(said["k"]), cells, made_of, str(said.get("source", "")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Kept()


def write(folder: Path, kept: Kept) -> None:
    """Keep it in a version's folder that nobody reads yet."""
    cells = {name: sorted([_plain(part) for part in cell] for cell in found) for name, found in kept.cells.items()}
    said: dict[str, Any] = {"k": kept.k, "cells": cells}
    if kept.made_of is not None:
        said |= {"made_of": sorted(map(list, kept.made_of)), "source": kept.source}
    (folder / KEPT).write_text(json.dumps(said), encoding="utf-8")


def _plain(part: Any) -> str | int:
    return part if isinstance(part, str) else int(part)


def carry(before: Path, folder: Path, came_from: Iterable[tuple[str, str]], source: str = "") -> None:
    """Withhold in `folder` (a version on other boundaries) also whatever is made of cells that `before` withholds.

    Both folders hold what `Withholding.keep` wrote. `came_from`: pairs of an area now and one before whose people it
    has some of; `source`: the version before. Then every cell told is a sum of shares of cells told before, so that
    both versions together give away no more than the first alone: without this, one neighbourhood's loss beside its
    neighbour's gain would.
    """
    kept = replace(read(folder), made_of=frozenset(came_from), source=source)
    known = read(before).cells
    cells = {name: kept.cells.get(name, frozenset()) | _made(known.get(name, frozenset()), kept.made_of or ())
             for name in {*kept.cells, *known}}  # fmt: skip
    write(folder, replace(kept, cells=cells))


def carried(kept: Kept, table: str, before: Callable[[], Cells]) -> Cells:
    """The cells of a table that are made of withheld ones, for another k than the kept one.

    `before` works out what the version before withholds for that k, and raises OSError where it is not here: then
    what was kept stays withheld.
    """
    try:
        return _made(before(), kept.made_of or ())
    except OSError:
        return kept.cells.get(table, frozenset())


def _made(cells: Cells, came_from: Iterable[tuple[str, str]]) -> Cells:
    goes: dict[str, set[str]] = {}
    for now, former in came_from:
        goes.setdefault(former, set()).add(now)
    return frozenset((now, *rest) for area, *rest in cells for now in goes.get(area, {area}))
