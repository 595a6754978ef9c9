"""Host × home attendances as a table of sums: what the charts of exchange tell, and how its cells add up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

ALL = "all"
Pair = tuple[str, str]
Cells = Mapping[Pair, float]
Sum = tuple[Pair, list[Pair]]


def crossed(
    flows: pd.DataFrame, holders: Mapping[str, tuple[str, Sequence[str]]]
) -> tuple[pd.DataFrame, npt.NDArray[np.bool_], list[tuple[int, list[int]]]]:
    """The rows of the table, which of them are known anyhow, and its sums as places of rows (whole, parts).

    `flows` has a row per pair of communities (host, home, counted); `holders` level and communities of each area. Rows
    (host, home, counted): pairs of communities; pairs of subdistricts; each community's and each subdistrict's sum over
    all hosts or all homes (label all: attendances by residents and attendances hosted, both told); and what an area's
    communities and subdistricts exchange with everywhere outside that area (label ~code).
    """
    above = {c: code for code, (level, inside) in holders.items() if level == "subdistrict" for c in inside}
    flows = flows[flows["host"].isin(above) & flows["home"].isin(above)]
    pairs = {(h, c): float(n) for h, c, n in zip(flows["host"], flows["home"], flows["counted"], strict=True)}
    upper = _gathered(pairs, lambda pair: (above[pair[0]], above[pair[1]]))
    cells: dict[Pair, float] = {**pairs, **_added(pairs, upper)}
    sums: list[Sum] = list(upper.items())
    for grain in (pairs, _added(pairs, upper)):
        for lines in (_gathered(grain, lambda pair: (ALL, pair[1])), _gathered(grain, lambda pair: (pair[0], ALL))):
            cells |= _added(grain, lines)
            sums += lines.items()
            away = [found for area, inside in _members(holders, above).items() for found in _away(lines, area, inside)]
            cells |= {label: sum(grain[pair] for pair in parts) for label, parts, _, _ in away}
            sums += [found for label, parts, line, rest in away for found in ((label, parts), (line, [label, *rest]))]
    at = {cell: row for row, cell in enumerate(cells)}
    rows = pd.DataFrame([(h, c, n) for (h, c), n in cells.items()], columns=["host", "home", "counted"])
    told = ((rows["host"] == ALL) | (rows["home"] == ALL)).to_numpy(dtype=bool)
    return rows, told, [(at[whole], [at[part] for part in parts]) for whole, parts in sums]


def _members(holders: Mapping[str, tuple[str, Sequence[str]]], above: Mapping[str, str]) -> dict[str, set[str]]:
    """Communities of each area, and the subdistricts that lie in it whole."""
    whole: dict[str, set[str]] = {}
    for community, subdistrict in above.items():
        whole.setdefault(subdistrict, set()).add(community)
    return {
        area: set(inside) | {code for code, parts in whole.items() if parts <= set(inside)}
        for area, (_, inside) in holders.items()
    }


def _away(
    lines: Mapping[Pair, list[Pair]], area: str, inside: set[str]
) -> Iterable[tuple[Pair, list[Pair], Pair, list[Pair]]]:
    """For each line of an area inside: label and pairs of its exchange with outside, the line, its pairs inside."""
    for line, parts in lines.items():
        place = 0 if line[0] == ALL else 1  # which end of the pairs varies along the line
        if line[1 - place] in inside and (outside := [pair for pair in parts if pair[place] not in inside]):
            label = (f"~{area}", line[1]) if place == 0 else (line[0], f"~{area}")
            yield label, outside, line, [pair for pair in parts if pair[place] in inside]


def _gathered(cells: Cells, turn: Callable[[Pair], Any]) -> dict[Pair, list[Pair]]:
    found: dict[Pair, list[Pair]] = {}
    for pair in cells:
        found.setdefault(turn(pair), []).append(pair)
    return found


def _added(cells: Cells, lines: Mapping[Pair, list[Pair]]) -> dict[Pair, float]:
    return {whole: sum(cells[pair] for pair in parts) for whole, parts in lines.items()}
