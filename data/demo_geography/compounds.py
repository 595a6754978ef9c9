"""Compounds (小区) and village groups: adjoining blocks that belong together, with neutral numbered names."""

from __future__ import annotations

from collections import deque

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DIGITS = "零一二三四五六七八九"
SMALLEST_COMPOUND = 70
"""Households a group of blocks needs to be a compound: at least two blocks of flats."""

SIZES, SIZE_SHARES = [100, 150, 200, 310], [0.32, 0.33, 0.23, 0.12]
"""Households a compound may grow to, and how often."""

LARGE_ESTATES, LARGE_SIZE = 0.02, 900
"""Share of inhabited blocks that start an estate of several neighbourhoods, and its households at most."""

OPEN_WITHIN = ("wall", "lane", "none")
"""What may run through a compound: its own walls and lanes, not a street or water."""


def chinese_number(n: int) -> str:
    """Return 1..99 in Chinese numerals."""
    if n < 10:
        return DIGITS[n]
    tens, ones = divmod(n, 10)
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def inner_neighbours(count: int, edges: pd.DataFrame, community: Integers) -> list[list[int]]:
    """Return for each block the blocks of its own community across nothing stronger than a lane or wall."""
    left, right = edges["left"].to_numpy(), edges["right"].to_numpy()
    open_edge = edges["barrier"].isin(OPEN_WITHIN).to_numpy() & (right >= 0)
    together = open_edge & (community[left] == community[np.maximum(right, 0)]) & (edges["length_m"].to_numpy() > 10)
    neighbours: list[list[int]] = [[] for _ in range(count)]
    for a, b in sorted(set(zip(left[together].tolist(), right[together].tolist(), strict=True))):
        neighbours[a].append(b)
        neighbours[b].append(a)
    return neighbours


def group_blocks(
    households: Integers, neighbours: list[list[int]], part: Integers, likely: Floats, rng: np.random.Generator
) -> Integers:
    """Return the compound number of each block, -1 for none: adjoining inhabited blocks up to a drawn size.

    Compounds stay inside a building area (`part`), only the few large ones reach beyond. `likely` is the chance per
    block that the group it starts becomes a compound (else it stays loose buildings).
    """
    compound = np.full(len(households), -1, dtype=np.int64)
    seen = households == 0
    number = 0
    # Large estates first: later there is no room for them.
    order = rng.permutation(np.flatnonzero(households > 0))
    for k, start in enumerate(order):
        if seen[start]:
            continue
        large = k < LARGE_ESTATES * len(order)
        wanted = LARGE_SIZE if large else int(rng.choice(SIZES, p=SIZE_SHARES))
        group = _reached(int(start), wanted, households, neighbours, seen, None if large else part)
        if households[group].sum() >= SMALLEST_COMPOUND and rng.random() < likely[start]:
            compound[group] = number
            number += 1
    return compound


def _reached(
    start: int, wanted: int, households: Integers, neighbours: list[list[int]], seen: Flags, part: Integers | None
) -> list[int]:
    """Return the blocks reached breadth first from `start` until `wanted` households are together."""
    group: list[int] = []
    total, queue = 0, deque([start])
    seen[start] = True
    while queue:
        block = queue.popleft()
        if group and total + households[block] > wanted:
            seen[block] = False
            continue
        group.append(block)
        total += int(households[block])
        for other in neighbours[block]:
            if not seen[other] and (part is None or part[other] == part[start]):
                seen[other] = True
                queue.append(other)
    return group


def named_compounds(
    compound: Integers,
    households: Integers,
    community: Integers,
    communities: pd.DataFrame,
    xy: Floats,
    resettled: Flags,
) -> pd.DataFrame:
    """Return the compounds: number (as in `compound`), compound_id, community, name, households, kind.

    Names are the community's short name and a number from north-west to south-east: nothing invented.
    """
    inside = np.flatnonzero(compound >= 0)
    table = _summed(compound[inside], community[inside], households[inside], xy[inside])
    table["resettled"] = pd.Series(resettled[inside]).groupby(compound[inside]).first().to_numpy()
    table = _numbered(table)
    place = communities.iloc[table["row"].to_numpy()]
    short = place["name_zh"].str.removesuffix("社区")
    word = np.where(table["resettled"], "安置小区", "小区")
    named = zip(short, table["serial"], word, strict=True)
    table["community"] = place["code"].to_numpy()
    table["compound_id"] = [f"{c}C{i:02d}" for c, i in zip(table["community"], table["serial"], strict=True)]
    table["name"] = [f"{name}{chinese_number(int(i))}{ending}" for name, i, ending in named]
    table["kind"] = np.where(table["resettled"], "resettlement", "estate")
    columns = ["number", "compound_id", "community", "name", "households", "kind"]
    return table[columns].sort_values("number", ignore_index=True)


def named_groups(
    part: Integers, part_row: Integers, xy: Floats, households: Integers, communities: pd.DataFrame
) -> pd.DataFrame:
    """Return the village groups, one per rural building area: part, id, community, name (第一组 …), households."""
    table = _summed(part, part_row[part], households, xy).rename(columns={"number": "part"})
    table = _numbered(table[(communities["kind"] == "rural").to_numpy()[table["row"]]])
    table["community"] = communities["code"].to_numpy()[table["row"]]
    table["id"] = [f"{code}G{i:02d}" for code, i in zip(table["community"], table["serial"], strict=True)]
    table["name"] = [f"第{chinese_number(int(i))}组" for i in table["serial"]]
    return table[["part", "id", "community", "name", "households"]].sort_values("part", ignore_index=True)


def _summed(group: Integers, row: Integers, households: Integers, xy: Floats) -> pd.DataFrame:
    """Return per group: number, row (its community), households, and its middle x, y."""
    frame = pd.DataFrame({"number": group, "row": row, "households": households, "x": xy[:, 0], "y": xy[:, 1]})
    how = {"row": ("row", "first"), "households": ("households", "sum"), "x": ("x", "mean"), "y": ("y", "mean")}
    return frame.groupby("number").agg(**how).reset_index()


def _numbered(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table in order, with `serial` from 1 in each community, north to south and then west to east."""
    table = table.sort_values(["row", "y", "x"], ascending=[True, False, True], kind="stable", ignore_index=True)
    return table.assign(serial=table.groupby("row").cumcount() + 1)
