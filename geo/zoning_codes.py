"""Which code a proposed neighbourhood gets: its forerunner's in the current edition, else a serial by position."""

from __future__ import annotations

import math
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from geo.compiled import Ints
from geo.zoning_graph import Flags, Graph, Part
from geo.zoning_rules import MOST

Labels = NDArray[np.object_]
Floats = NDArray[np.float64]


def match(labels: Ints, home: Ints, weight: Ints, parts: int) -> tuple[Ints, Ints]:
    """Pairs (label, number of the current neighbourhood) that keep as much weight as possible where it is."""
    shared = np.zeros((parts, int(home.max(initial=-1)) + 1))
    np.add.at(shared, (labels[home >= 0], home[home >= 0]), weight[home >= 0] + 1)
    rows, columns = linear_sum_assignment(shared, maximize=True)
    kept = shared[rows, columns] > 0
    return rows[kept].astype(np.int64), columns[kept].astype(np.int64)


def follow(labels: Ints, home: Ints, weight: Ints, parts: int) -> Ints:
    """`home` renumbered to the labels of a fresh division that took its neighbourhoods over (-1: none did)."""
    rows, columns = match(labels, home, weight, parts)
    number = np.full(int(home.max(initial=-1)) + 2, -1, dtype=np.int64)
    number[columns] = rows
    result: Ints = number[home]
    return result


def name_codes(graph: Graph, parts: list[Part], labels: list[Ints], present: Labels | None, held: Flags) -> Labels:
    """Codes of 15 digits for every block: current codes where they are matched, new ones by position."""
    codes = np.empty(len(graph.blocks), dtype=object)
    if present is not None:
        codes[held] = present[held]
    centre = graph.blocks.geometry.centroid
    place = np.column_stack([centre.x, centre.y])
    by_community: dict[str, list[int]] = {}
    for k, part in enumerate(parts):
        by_community.setdefault(part.community, []).append(k)
    for community, members in by_community.items():
        rows = np.concatenate([parts[k].blocks for k in members])
        offsets = np.cumsum([0] + [parts[k].parts for k in members])
        label = np.concatenate([labels[k] + offset for k, offset in zip(members, offsets[:-1], strict=True)])
        names = name_community(graph, community, rows, label, int(offsets[-1]), place, present, held)
        codes[rows] = names[label]
    return codes


def name_community(
    graph: Graph,
    community: str,
    rows: Ints,
    label: Ints,
    count: int,
    place: Floats,
    present: Labels | None,
    held: Flags,
) -> Labels:
    """Codes of one community's `count` new neighbourhoods, by label."""
    names = np.full(count, "", dtype=object)
    taken: set[int] = set()
    if present is not None:
        known = graph.blocks["community"].to_numpy() == community
        own = {code for code in present[known] if isinstance(code, str) and code.startswith(community)}
        taken = {int(code[-3:]) for code in own if code[-3:].isdigit()}
        home, current = pd.factorize(present[rows], sort=True)
        home = np.where(np.isin(current, present[held])[home], -1, home) if len(current) else home
        for new, old in zip(*match(label, home.astype(np.int64), graph.load[rows], count), strict=True):
            # A code of another community would break the nesting that codes express.
            names[new] = current[old] if current[old] in own else ""
    weight = np.maximum(graph.area[rows], 1).astype(float)
    total = np.bincount(label, weights=weight, minlength=count)
    x = np.bincount(label, weights=weight * place[rows, 0], minlength=count) / total
    y = np.bincount(label, weights=weight * place[rows, 1], minlength=count) / total
    after = max(taken, default=0) + 1
    serials = (serial for serial in chain(range(after, MOST + 1), range(1, after)) if serial not in taken)
    for new in reading_order(x, y):
        if not names[new]:
            names[new] = f"{community}{next(serials):03d}"
    return names


def reading_order(x: Floats, y: Floats) -> Ints:
    """Order of points from north-west to south-east, row by row; about as many rows as fit the shape they fill."""
    width, height = max(float(np.ptp(x)), 1e-9), max(float(np.ptp(y)), 1e-9)
    rows = max(1, round(math.sqrt(len(x) * height / width))) if len(x) > 1 else 1
    rows = min(rows, len(x))
    row = np.empty(len(x), dtype=np.int64)
    row[np.argsort(-y, kind="stable")] = np.arange(len(x)) * rows // len(x)
    return np.lexsort((x, row)).astype(np.int64)


def moved_share(assignment: pd.Series, present: Labels | None, households: Ints) -> float | None:
    """Share of households whose neighbourhood is another one than in the current edition."""
    if present is None:
        return None
    total = int(households.sum())
    return float(households[assignment.to_numpy() != present].sum() / total) if total else 0.0
