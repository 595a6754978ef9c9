"""Splitting a block: along a line drawn by hand, or between its rows of buildings; households counted on each side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.operations import Counts, Draw, Operation, Split
from geo.plans_ground import Ground
from geo.plans_split import fitted, pieces_of
from geo.plans_steps import State, drawn_area
from geo.refusals import PlanRefused, Reason

SNAP_M = 0.5
"""A line that ends this near to a corner of the block ends in it."""

GAP_M = 3.0
"""Rows of buildings are told apart where this many metres (between their middles) are free."""

ALTERNATIVES = 3

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SplitChoice:
    """A way to split a block: the operation, its pieces (metres) with their counts, and the free metres it runs in.

    `gap_m` is None for a line drawn by hand or where no buildings are known.
    """

    operation: Split
    pieces: tuple[shapely.Geometry, ...]
    gap_m: float | None = None

    @property
    def counts(self) -> tuple[Counts, ...]:
        """What lives in each piece."""
        return self.operation.counts


def split_along(
    state: State,
    block: int,
    line: shapely.Geometry,
    *,
    barrier: str = "none",
    name: str | None = None,
    carry_on: bool = True,
) -> SplitChoice:
    """Split a block along a line (metres): carried on to the border where it ends inside, cut off where it goes on.

    Households are counted by buildings, else by area. Preview `choice.operation`, commit the same. `barrier`, `name`:
    what the line lies on. Without `carry_on` a stretch that ends inside divides nothing. Raises PlanRefused.
    """
    state.known([block])
    ready = ended_on_border(state.ground.shape[block], line, carry_on=carry_on)
    return _choice(state.ground, block, ready, barrier, name)


def split_between_rows(state: State, block: int, most: int = ALTERNATIVES) -> list[SplitChoice]:
    """Up to three ways to split a block between its rows of buildings, the best first.

    Better is more even in households and wider between the rows. Where no buildings are known, through its middle.
    Raises PlanRefused if there is no way with both pieces thick enough.
    """
    state.known([block])
    ground = state.ground
    found: list[tuple[float, SplitChoice]] = []
    for gap, line in _between_rows(ground, block):
        try:
            choice = _choice(ground, block, ended_on_border(ground.shape[block], line), "none", None, gap)
        except PlanRefused:
            continue
        found.append((_merit(choice), choice))
    if not found:
        raise PlanRefused(Reason.THIN, blocks=[block])
    return _different([choice for _, choice in sorted(found, key=lambda pair: -pair[0])], most)


def split_for_drawing(state: State, drawing: Draw) -> tuple[Operation, ...]:
    """Operations that follow a drawing exactly where they can: blocks split along it if both pieces are thick, then
    the drawing itself.

    A block is split only if more than 5 % of it lie on either side. Apply them as one `Batch`.
    """
    area = drawn_area(drawing)
    steps: list[Operation] = []
    if not state.members(drawing.neighbourhood):
        raise PlanRefused(Reason.UNKNOWN_NEIGHBOURHOOD, [drawing.neighbourhood])
    for block, share in sorted(state.ground.shares(drawing.neighbourhood[:12], area).items()):
        if 0.05 < share < 0.95:
            try:
                steps.append(split_along(state, block, shapely.boundary(area)).operation)
            except PlanRefused:
                continue
    return (*steps, drawing)


def ended_on_border(shape: shapely.Geometry, line: shapely.Geometry, *, carry_on: bool = True) -> shapely.Geometry:
    """The stretches of a line inside a polygon, from border to border, on the grid of centimetres."""
    if shapely.get_dimensions(line) != 1 or not np.isfinite(shapely.get_coordinates(line)).all():
        return shapely.MultiLineString()
    parts = shapely.get_parts(line)
    long = shapely.MultiLineString([carried_on(part, shape) for part in parts]) if carry_on else line
    # What runs along the border itself divides nothing.
    inside = shapely.line_merge(shapely.difference(shapely.intersection(long, shape), shapely.boundary(shape)))
    parts = [_fixed(part, shape) for part in shapely.get_parts(inside) if part.geom_type == "LineString"]
    return shapely.MultiLineString([part for part in parts if part is not None])


def carried_on(line: shapely.Geometry, shape: shapely.Geometry) -> shapely.Geometry:
    """A line whose ends inside a polygon are carried straight on until they are outside."""
    xy = shapely.get_coordinates(line)
    far = float(np.hypot(*np.ptp(shapely.get_coordinates(shape), axis=0))) + 1
    for end, before in ((0, 1), (-1, -2)):
        step = xy[end] - xy[before]
        length = float(np.hypot(*step))
        if length and shapely.contains_xy(shape, *xy[end]):
            beyond = xy[end] + step / length * far
            xy = np.vstack([beyond, xy]) if end == 0 else np.vstack([xy, beyond])
    return shapely.linestrings(xy)


def _fixed(line: shapely.Geometry, shape: shapely.Geometry) -> shapely.Geometry | None:
    """A stretch with its ends on the border or in a near corner, None if it only grazes the border."""
    xy = np.round(shapely.get_coordinates(line), 2)
    border = shapely.boundary(shape)
    corners = shapely.get_coordinates(border)
    for end in (0, -1):
        apart = np.hypot(*(corners - xy[end]).T)
        if apart.min() <= SNAP_M:
            xy[end] = corners[int(np.argmin(apart))]
    xy = xy[np.r_[True, (np.diff(xy, axis=0) != 0).any(axis=1)]]
    if len(xy) < 2 or shapely.distance(shapely.points(xy[[0, -1]]), border).max() > 0.02:
        return None
    return shapely.linestrings(xy)


def _choice(
    ground: Ground, block: int, line: shapely.Geometry, barrier: str, name: str | None, gap: float | None = None
) -> SplitChoice:
    _, pieces = pieces_of(ground, block, line)
    return SplitChoice(Split(block, line, count_pieces(ground, block, pieces), barrier, name), tuple(pieces), gap)


def count_pieces(ground: Ground, block: int, pieces: list[shapely.Geometry]) -> tuple[Counts, ...]:
    """What lives in each piece of a block: in proportion to the buildings in it, where none are known to its area."""
    rows = ground.buildings.get(block)
    area = [round(float(shapely.area(piece))) for piece in pieces]
    if rows is None:
        return tuple(fitted(ground.counts(block), [Counts(a, a, a, a) for a in area]))
    inside = [rows[shapely.intersects_xy(piece, rows[:, 0], rows[:, 1])] for piece in pieces]
    homes = [part[:, 2] > 0 for part in inside]
    by_building = [
        Counts(int(part[:, 2].sum()), int(part[:, 3].sum()), int(part[~lived, 3].sum()), int(lived.sum()))
        for part, lived in zip(inside, homes, strict=True)
    ]
    return tuple(fitted(ground.counts(block), _known(by_building, area)))


def _known(counts: list[Counts], area: list[int]) -> list[Counts]:
    """Counts with columns that say nothing (all 0) filled by people, and those by area."""
    rows = np.array(counts, dtype=np.int64)
    if not rows[:, 1].any():
        rows[:, 1] = area
    for column in (0, 2, 3):
        if not rows[:, column].any():
            rows[:, column] = rows[:, 1]
    return [Counts(*map(int, row)) for row in rows]


# ── rows of buildings ──


def _between_rows(ground: Ground, block: int) -> Iterator[tuple[float | None, shapely.Geometry]]:
    """Straight lines through the block along its axes, between rows of buildings; the free metres with each."""
    shape = ground.shape[block]
    rows = ground.buildings.get(block)
    middle = shapely.get_coordinates(shapely.centroid(shape))[0]
    for axis in _axes(shape):
        across = np.array([-axis[1], axis[0]])
        if rows is None or len(rows) < 2:
            yield None, _straight(shape, middle, across)
            continue
        along = np.sort((rows[:, :2] - middle) @ axis)
        gaps = np.diff(along)
        for i in np.flatnonzero(gaps >= GAP_M):
            at = middle + axis * (along[i] + along[i + 1]) / 2
            yield float(gaps[i]), _straight(shape, at, across)


def _axes(shape: shapely.Geometry) -> list[Floats]:
    """Directions of the long and the short side of the rectangle around a polygon, as unit vectors."""
    xy = shapely.get_coordinates(shapely.oriented_envelope(shape))
    sides = [xy[1] - xy[0], xy[2] - xy[1]]
    sides.sort(key=lambda side: -float(np.hypot(*side)))
    return [side / max(float(np.hypot(*side)), 1e-9) for side in sides]


def _straight(shape: shapely.Geometry, at: Floats, direction: Floats) -> shapely.Geometry:
    far = float(np.hypot(*np.ptp(shapely.get_coordinates(shape), axis=0))) + 1
    return shapely.linestrings([at - direction * far, at + direction * far])


def _merit(choice: SplitChoice) -> float:
    """1 for halves between rows 30 m apart; less for uneven pieces and narrow gaps."""
    households = [count.households for count in choice.counts]
    weights = households if sum(households) else [round(float(shapely.area(piece))) for piece in choice.pieces]
    even = 1 - (max(weights) - min(weights)) / max(sum(weights), 1)
    return 0.8 * even + 0.2 * min((choice.gap_m or 0.0) / 30, 1.0) - 0.2 * (len(choice.pieces) - 2)


def _different(choices: list[SplitChoice], most: int) -> list[SplitChoice]:
    """The first few choices whose lines lie at least 15 m apart somewhere."""
    kept: list[SplitChoice] = []
    for choice in choices:
        lines = [other.operation.line for other in kept]
        if all(shapely.hausdorff_distance(choice.operation.line, line) >= 15 for line in lines):
            kept.append(choice)
    return kept[:most]
