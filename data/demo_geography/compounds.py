"""Compounds (小区) and village groups: adjoining blocks that belong together, with neutral numbered names."""

from __future__ import annotations

from collections import deque

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

DIGITS = "零一二三四五六七八九"
SMALLEST_COMPOUND = 70
"""Households a group of blocks needs to be a compound: at least two blocks of flats."""

SIZES, SIZE_SHARES = [100, 150, 200, 310], [0.32, 0.33, 0.23, 0.12]
"""Households a compound may grow to, and how often."""

LARGE_ESTATES, LARGE_SIZE = 0.012, 800
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
    start: int, wanted: int, households: Integers, neighbours: list[list[int]], seen: NDArray[np.bool_], part: Integers | None
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


def named_compounds(compound: Integers, households: Integers, community: Integers, communities: pd.DataFrame, xy: NDArray[np.float64],
                    resettled: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the compounds: number (as in `compound`), compound_id, community, name, households, kind.

    Names are the community's short name and a number from north-west to south-east: nothing invented.
    """
    inside = np.flatnonzero(compound >= 0)
    frame = pd.DataFrame({"number": compound[inside], "row": community[inside], "households": households[inside],
                          "x": xy[inside, 0], "y": xy[inside, 1], "resettled": resettled[inside]})
    table = frame.groupby("number").agg(row=("row", "first"), households=("households", "sum"), x=("x", "mean"), y=("y", "mean"),
                                        resettled=("resettled", "first")).reset_index()
    table = table.sort_values(["row", "y", "x"], ascending=[True, False, True], kind="stable")
    serial = table.groupby("row").cumcount() + 1
    place = communities.loc[table["row"].to_numpy()].reset_index(drop=True)
    short = place["name_zh"].str.removesuffix("社区").to_numpy()
    table["community"] = place["code"].to_numpy()
    table["compound_id"] = [f"{code}C{i:02d}" for code, i in zip(place["code"], serial, strict=True)]
    suffix = np.where(table["resettled"], "安置小区", "小区")
    table["name"] = [f"{name}{chinese_number(int(i))}{word}"
                     for name, i, word in zip(short, serial, suffix, strict=True)]
    table["kind"] = np.where(table["resettled"], "resettlement", "estate")
    return table[["number", "compound_id", "community", "name", "households", "kind"]].sort_values("number", ignore_index=True)


def named_groups(part: Integers, part_row: Integers, xy: NDArray[np.float64], households: Integers, communities: pd.DataFrame) -> pd.DataFrame:
    """Return the village groups, one per rural building area: part, id, community, name (第一组 …), households."""
    rural = communities["kind"].to_numpy()[part_row] == "rural"
    size = np.bincount(part, minlength=len(part_row))
    table = pd.DataFrame({"part": np.arange(len(part_row)), "row": part_row, "households": np.bincount(part, households, minlength=len(part_row)).astype(int),
                          "x": np.bincount(part, xy[:, 0], minlength=len(part_row)) / size, "y": np.bincount(part, xy[:, 1], minlength=len(part_row)) / size})[rural]
    table = table.sort_values(["row", "y", "x"], ascending=[True, False, True], kind="stable").reset_index(drop=True)
    serial = table.groupby("row").cumcount() + 1
    codes = communities["code"].to_numpy()[table["row"].to_numpy()]
    table["community"] = codes
    table["id"] = [f"{code}G{i:02d}" for code, i in zip(codes, serial, strict=True)]
    table["name"] = [f"第{chinese_number(int(i))}组" for i in serial]
    return table[["part", "id", "community", "name", "households"]].sort_values("part", ignore_index=True)
