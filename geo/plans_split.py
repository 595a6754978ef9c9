"""Splitting a block: the ground with its pieces in place, all borders noded again so that shared corners stay equal."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Mapping

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks import in_reading_order
from geo.operations import Counts, Split
from geo.plans_ground import OUTSIDE, Facts, Ground, Rim
from geo.refusals import PlanRefused, Reason

THICK_M = 8.0
"""Both pieces of a split block must be thicker than this: a disk of that width fits in."""

NEAR_M = 0.03
"""How far (metres) an end of the line may lie from the border it ends on; more than rounding to the grid moves it."""

Point = tuple[float, float]
Segment = tuple[Point, Point]


def piece_ids(split: Split) -> list[int]:
    """Ids of the pieces, in their order: told by the block and the line, so that every replay gives the same.

    They lie between 2^48 and 2^49: apart from blocks that are numbered, and exact in JSON.
    """
    text = f"{split.block}|".encode() + shapely.to_wkb(shapely.normalize(split.line))
    return [
        (1 << 48) | int.from_bytes(hashlib.blake2s(text + bytes([i])).digest()[:6]) for i in range(len(split.counts))
    ]


def divided(ground: Ground, split: Split) -> tuple[Ground, list[int]]:
    """The ground after a split, and the ids of the pieces. Raises PlanRefused if the line does not divide the block."""
    block = split.block
    shapes, pieces = pieces_of(ground, block, split.line)
    facts = ground.facts[block]
    if len(split.counts) != len(pieces) or any(number < 0 for row in split.counts for number in row):
        raise PlanRefused(Reason.WRONG_COUNTS, blocks=[block])
    ids = piece_ids(split)
    named = dict(zip(ids, pieces, strict=True))
    counts = fitted(facts.counts, split.counts)
    after = ground.with_changes(
        gone=block,
        shape={**shapes, **named},
        rims=_new_rims(ground, split, _corners(ground.shape[block], _ends(split.line)), named),
        facts={i: Facts(facts.kind, facts.labels, count) for i, count in zip(ids, counts, strict=True)},
        community=dict.fromkeys(ids, ground.community[block]),
        parents=dict.fromkeys(ids, block),
    )
    return after, ids


def pieces_of(
    ground: Ground, block: int, line: shapely.Geometry
) -> tuple[dict[int, shapely.Geometry], list[shapely.Geometry]]:
    """The blocks around one with the corners that dividing it gives them, and its pieces in reading order.

    Raises PlanRefused unless the line goes from border to border and all pieces are thick enough.
    """
    corners = _corners(ground.shape[block], _ends(line))
    around = sorted({rim.other for rim in ground.rims[block]} - {OUTSIDE})
    shapes = {b: _with_corners(ground.shape[b], corners) for b in around}
    shape = _with_corners(ground.shape[block], corners)
    pieces = cut_shape(shape, line) if _meets_only_at(_ends(line), line, shape) else []
    if len(pieces) < 2 or not shapely.is_valid([*shapes.values(), *pieces]).all():
        raise PlanRefused(Reason.NOT_ACROSS, blocks=[block])
    if any(thin(piece) for piece in pieces):
        raise PlanRefused(Reason.THIN, blocks=[block])
    return shapes, pieces


def _meets_only_at(ends: list[Point], line: shapely.Geometry, shape: shapely.Geometry) -> bool:
    """Whether a line meets the border of a polygon in its own ends and nowhere else."""
    met = shapely.intersection(line, shapely.boundary(shape)) if ends else shapely.Point()
    return shapely.get_dimensions(met) == 0 and set(_points(shapely.get_coordinates(met))) <= set(ends)


def cut_shape(shape: shapely.Geometry, line: shapely.Geometry) -> list[shapely.Geometry]:
    """Pieces of a polygon along a line whose ends are corners of it, in reading order; [] if it can't be cut so."""
    faces = shapely.get_parts(shapely.polygonize([shapely.unary_union([shapely.boundary(shape), line])]))
    if not len(faces):
        return []
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    faces = faces[shapely.contains_xy(shape, inner[:, 0], inner[:, 1])]
    # A crossing that is no corner of both would be a corner that the neighbours do not have.
    known = set(map(tuple, shapely.get_coordinates([shape, line])))
    sound = known.issuperset(map(tuple, shapely.get_coordinates(faces)))
    return list(in_reading_order(faces)) if sound and len(faces) else []


def thin(piece: shapely.Geometry, metres: float = THICK_M) -> bool:
    """Whether no disk of this width fits into a polygon."""
    return bool(shapely.is_empty(shapely.buffer(piece, -metres / 2)))


def fitted(whole: Counts, parts: Iterable[Counts]) -> list[Counts]:
    """Counts of the pieces that add up to the block's, in the proportions written in the operation.

    They are the written ones unless the block's counts have changed since (a rebase onto newer records).
    """
    rows = np.array(list(parts), dtype=np.int64)
    columns = [_apportioned(total, rows[:, i]) for i, total in enumerate(whole)]
    return [Counts(*(int(column[k]) for column in columns)) for k in range(len(rows))]


def _apportioned(total: int, weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Whole numbers in the proportion of weights that add up to a total (largest remainders)."""
    if weights.sum() == total:
        return weights
    even = np.full(len(weights), 1 / len(weights))
    exact: NDArray[np.float64] = total * (weights / weights.sum() if weights.sum() else even)
    down: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - down), kind="stable")
    down[order[: total - int(down.sum())]] += 1
    return down


# ── corners ──


def _ends(line: shapely.Geometry) -> list[Point]:
    parts = shapely.get_parts(line)
    if not len(parts) or not np.isfinite(shapely.get_coordinates(line)).all() or shapely.get_dimensions(line) != 1:
        return []
    ends = np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)])
    return sorted({(float(x), float(y)) for x, y in shapely.get_coordinates(ends)})


def _corners(shape: shapely.Geometry, ends: list[Point]) -> list[tuple[Segment, Point]]:
    """Which straight pieces of a polygon's border get which ends of the line as a corner, one after the other."""
    found = []
    for end in ends:
        segment = _segment_at(shape, end)
        if segment is not None:
            found.append((segment, end))
            shape = _with_corners(shape, found[-1:])
    return found


def _segment_at(shape: shapely.Geometry, point: Point) -> Segment | None:
    """The straight piece of a polygon's border that a point lies on, None if it is a corner or lies on none."""
    for ring in shapely.get_rings(shape):
        xy = shapely.get_coordinates(ring)
        apart = shapely.distance(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)), shapely.Point(point))
        i = int(np.argmin(apart))
        if apart[i] <= NEAR_M:
            a, b = _points(xy[i : i + 2])
            return None if point in (a, b) else (a, b)
    return None


def _with_corners(shape: shapely.Geometry, corners: Iterable[tuple[Segment, Point]]) -> shapely.Geometry:
    """The polygon (or several) with corners put into its border; the same object if none of them lies there."""
    parts = shapely.get_parts(shape)
    changed = [_part_with_corners(part, corners) for part in parts]
    if all(new is old for new, old in zip(changed, parts, strict=True)):
        return shape
    return changed[0] if len(changed) == 1 else shapely.MultiPolygon(changed)


def _part_with_corners(part: shapely.Geometry, corners: Iterable[tuple[Segment, Point]]) -> shapely.Geometry:
    before = [_points(shapely.get_coordinates(ring)) for ring in shapely.get_rings(part)]
    rings = [_into(ring, corners) for ring in before]
    return part if rings == before else shapely.Polygon(rings[0], rings[1:])


def _into(xy: list[Point], corners: Iterable[tuple[Segment, Point]]) -> list[Point]:
    for segment, point in corners:
        for i, pair in enumerate(itertools.pairwise(xy)):
            if pair in (segment, segment[::-1]):
                xy = [*xy[: i + 1], point, *xy[i + 1 :]]
                break
    return xy


def _points(xy: NDArray[np.float64]) -> list[Point]:
    return [(float(x), float(y)) for x, y in xy]


# ── borders ──


def _new_rims(
    ground: Ground, split: Split, corners: list[tuple[Segment, Point]], pieces: Mapping[int, shapely.Geometry]
) -> dict[int, tuple[Rim, ...]]:
    """Borders of the pieces and of all that touched the block."""
    owners = _owners(pieces)
    found: dict[int, list[Rim]] = {piece: [] for piece in pieces}
    for rim in ground.rims[split.block]:
        for piece, stretch in _by_owner(rim, _into(_points(shapely.get_coordinates(rim.line)), corners), owners):
            found[piece].append(stretch)
    for a, b, line in _between(owners):
        contact = not (split.barrier == "river" and split.name is not None)
        for own, other in ((a, b), (b, a)):
            length = float(shapely.length(line))
            found[own].append(Rim(other, length, split.barrier, split.name, contact, line, -1))
    around = {rim.other for rim in ground.rims[split.block]} - {OUTSIDE}
    for other in around:
        kept = [rim for rim in ground.rims[other] if rim.other != split.block]
        found[other] = kept + [
            rim._replace(other=piece) for piece in pieces for rim in found[piece] if rim.other == other
        ]
    return {block: tuple(rims) for block, rims in found.items()}


def _owners(pieces: Mapping[int, shapely.Geometry]) -> dict[Segment, list[int]]:
    """Every straight piece of border of the pieces, with those it belongs to."""
    owners: dict[Segment, list[int]] = {}
    for piece, shape in pieces.items():
        for ring in shapely.get_rings(shape):
            for segment in _segments(ring):
                owners.setdefault(segment, []).append(piece)
    return owners


def _segments(line: shapely.Geometry) -> list[Segment]:
    xy = _points(shapely.get_coordinates(line))
    return [(a, b) if a <= b else (b, a) for a, b in itertools.pairwise(xy)]


def _by_owner(rim: Rim, xy: list[Point], owners: Mapping[Segment, list[int]]) -> list[tuple[int, Rim]]:
    """The stretches of a border (corners `xy`) that belong to one piece each."""
    runs: list[tuple[int, list[Point]]] = []
    for a, b in itertools.pairwise(xy):
        owner = owners[(a, b) if a <= b else (b, a)][0]
        if runs and runs[-1][0] == owner:
            runs[-1][1].append(b)
        else:
            runs.append((owner, [a, b]))
    lines = [(owner, shapely.LineString(points)) for owner, points in runs]
    return [(owner, rim._replace(line=line, metres=float(shapely.length(line)))) for owner, line in lines]


def _between(owners: Mapping[Segment, list[int]]) -> list[tuple[int, int, shapely.Geometry]]:
    """The borders between two pieces: both ids and the line."""
    shared: dict[tuple[int, int], list[Segment]] = {}
    for segment, mine in owners.items():
        if len(mine) == 2:
            shared.setdefault((mine[0], mine[1]), []).append(segment)
    return [
        (a, b, line)
        for (a, b), segments in shared.items()
        for line in shapely.get_parts(shapely.line_merge(shapely.multilinestrings(segments)))
    ]
