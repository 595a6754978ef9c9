"""Another set of blocks under the same neighbourhoods: assignments carried over by area, repaired, and listed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo import plans_repair
from geo.plans import Plan
from geo.plans_ground import Ground
from geo.plans_steps import State

SAME = 0.999
"""Two blocks are the same if each covers this share of the other."""


@dataclass(frozen=True)
class CarriedOver:
    """A plan on new blocks, and `changes`: one row per new block that is no old one.

    Columns block, neighbourhood, from_blocks (old ids, the largest part first), share (of its area that lay in that
    neighbourhood), how: cut (part of one old block), joined (of several, all of one neighbourhood), majority (of
    several neighbourhoods), repaired (given to a neighbour, so that nobody is in pieces), nearest (lay in no old one).
    `lost`: neighbourhoods that no new block lies mostly in.
    """

    plan: Plan
    changes: pd.DataFrame
    lost: tuple[str, ...]


def overlaps(old: Ground, new: Ground) -> pd.DataFrame:
    """One row per pair of an old and a new block that share area: old, new, of_old, of_new (shares of 1)."""
    same = [b for b, shape in new.shape.items() if b in old.shape and shape.equals_exact(old.shape[b], 0.0)]
    kept = set(same)
    old_ids = np.array([b for b in old.shape if b not in kept], dtype=np.int64)
    new_ids = np.array([b for b in new.shape if b not in kept], dtype=np.int64)
    first = np.array([old.shape[b] for b in old_ids.tolist()], dtype=object)
    second = np.array([new.shape[b] for b in new_ids.tolist()], dtype=object)
    table = pd.DataFrame({"old": same, "new": same, "of_old": 1.0, "of_new": 1.0})
    if len(first) and len(second):
        j, i = shapely.STRtree(first).query(second, predicate="intersects")
        area = shapely.area(shapely.intersection(first[i], second[j]))
        pairs = {"old": old_ids[i], "new": new_ids[j]}
        shares = {"of_old": area / shapely.area(first[i]), "of_new": area / shapely.area(second[j])}
        found = pd.DataFrame({**pairs, **shares})
        table = pd.concat([table, found[(found["of_old"] > 1e-6) | (found["of_new"] > 1e-6)]], ignore_index=True)
    return table.sort_values(["new", "of_new", "old"], ascending=[True, False, True], ignore_index=True)


def carry_over(before: State, ground: Ground) -> CarriedOver:
    """Put a plan's neighbourhoods on newly cut blocks (a new network): each block goes where most of its area was.

    Only neighbourhoods of the block's own community count. Raises PlanRefused if a community's parts do not touch.
    """
    pairs = overlaps(before.ground, ground)
    pairs["code"] = [before.code_of(block) for block in pairs["old"]]
    shares = pairs.groupby(["new", "code"], sort=True)["of_new"].sum().reset_index()
    community = shares["new"].map(dict(ground.community))
    inside = shares[shares["code"].str[:12] == community].sort_values(["new", "of_new", "code"])
    wish = dict(zip(inside["new"].to_list(), inside["code"].to_list(), strict=True))  # the last one counts
    homes = {
        c: _filled(ground, {b: wish[b] for b in sorted(blocks) if b in wish}, blocks)
        for c, blocks in ground.members.items()
    }
    sound = {block: code for home in homes.values() for block, code in plans_repair.mended(ground, home).items()}
    plan = Plan.start(ground, pd.Series(sound, dtype=object))
    lost = {code for home in before.homes.values() for code in home.values()} - set(sound.values())
    return CarriedOver(plan, _changes(pairs, wish, sound), tuple(sorted(lost)))


def _filled(ground: Ground, home: dict[int, str], blocks: frozenset[int]) -> dict[int, str]:
    """Blocks that lay in no neighbourhood of their community go to the one they touch most, else to the nearest."""
    loose = set(blocks) - set(home)
    while loose and home:
        heir = plans_repair.longest_contact(ground, home, loose, "")
        if heir is None:
            block = min(loose)
            nearest = min(home, key=lambda other: (ground.shape[other].distance(ground.shape[block]), other))
            heir = (block, home[nearest])
        home[heir[0]] = heir[1]
        loose.remove(heir[0])
    return home


def _changes(pairs: pd.DataFrame, wish: dict[int, str], sound: dict[int, str]) -> pd.DataFrame:
    rows = []
    by_block = dict(list(pairs.groupby("new")))
    for block, code in sorted(sound.items()):
        parts = by_block.get(block)
        if (
            parts is not None
            and parts["of_old"].iloc[0] >= SAME
            and parts["of_new"].iloc[0] >= SAME
            and wish[block] == code
        ):
            continue
        mine = 0.0 if parts is None else float(parts.loc[parts["code"] == code, "of_new"].sum())
        olds = () if parts is None else tuple(int(old) for old in parts["old"])
        rows.append((block, code, olds, round(mine, 4), _how(block, code, wish, parts)))
    return pd.DataFrame(rows, columns=["block", "neighbourhood", "from_blocks", "share", "how"])


def _how(block: int, code: str, wish: dict[int, str], parts: pd.DataFrame | None) -> str:
    if parts is None or block not in wish:
        return "nearest"
    if wish[block] != code:
        return "repaired"
    large = parts[parts["of_new"] > 1 - SAME]
    if len(large) == 1:
        return "cut"
    return "joined" if large["code"].nunique() == 1 else "majority"
