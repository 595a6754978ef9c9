"""Push a border: grab it between two neighbourhoods and pull; blocks flip nearest first, and nobody falls apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.operations import Move
from geo.plans_checks import newly_enclosed
from geo.plans_steps import State
from geo.refusals import PlanRefused, Reason

ASIDE = 0.6
"""A metre beside the line of the pull counts as much as this part of a metre along it: the border bends, softly."""

LEAST_M = 1.0
"""A pull shorter than this is none."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Flip:
    """A block that changes sides once the border is pulled this many metres."""

    block: int
    metres: float


@dataclass(frozen=True)
class Push:
    """What a pull does: `flips` up to its length in their order, `further` what would follow if pulled on.

    `held`: blocks within the pull that stay, as the giver would fall apart or somebody be shut in. `operation` is the
    Move to preview and commit (None: nothing flips yet; `further[0].metres` is how far to pull).
    """

    gainer: str
    giver: str
    metres: float
    flips: tuple[Flip, ...]
    further: tuple[Flip, ...]
    held: tuple[int, ...]
    operation: Move | None


def push(state: State, one: str, other: str, grab: tuple[float, float], pull: tuple[float, float]) -> Push:
    """Pull the border between two neighbourhoods from `grab` to `pull` (points in metres, EPSG:4549).

    The neighbourhood pulled into gives, the other gains. While the pointer moves in the same direction the page can
    flip `flips` and `further` by itself, by their metres; on release preview and commit `operation`. Pulling further
    only ever adds blocks. Raises PlanRefused if the two do not touch.
    """
    home = state.home_of(one, other)
    vector = np.subtract(pull, grab).astype(float)
    metres = float(np.hypot(*vector))
    if not LEAST_M <= metres < np.inf:
        return Push(one, other, 0.0, (), (), (), None)
    place = _at_border(state, one, other, grab)
    direction = vector / metres
    giver = _pulled_into(state, one, other, place, direction)
    gainer = other if giver == one else one
    blocks = sorted(block for block, code in home.items() if code == giver)
    reach = reaches([state.ground.shape[block] for block in blocks], place, direction)
    ahead = {block: float(m) for block, m in zip(blocks, reach, strict=True) if np.isfinite(m)}
    flips = _flipping(state, gainer, giver, ahead)
    now = tuple(flip for flip in flips if flip.metres <= metres)
    chosen = {flip.block for flip in now}
    return Push(
        gainer,
        giver,
        metres,
        now,
        tuple(flip for flip in flips if flip.metres > metres),
        tuple(sorted(block for block, m in ahead.items() if m <= metres and block not in chosen)),
        Move(frozenset(chosen), gainer, "push") if chosen else None,
    )


def reaches(shapes: list[shapely.Geometry], place: Floats, direction: Floats) -> Floats:
    """How far (metres) a pull from `place` must go to reach each block; inf for blocks behind it.

    A block on the line of the pull is reached in the middle of where the line crosses it, another by its inner point:
    the metres along the line, and ASIDE of those beside it.
    """
    ray = shapely.linestrings([place, place + direction * 100_000])
    chord = shapely.intersection(np.array(shapes, dtype=object), ray)
    crossed = shapely.length(chord) > 0
    inner = shapely.get_coordinates(shapely.point_on_surface(np.array(shapes, dtype=object))) - place
    along, aside = inner @ direction, np.abs(inner @ np.array([-direction[1], direction[0]]))
    reach = np.where(along > 0, along + ASIDE * aside, np.inf)
    middle = shapely.get_coordinates(shapely.centroid(chord[crossed])) - place
    reach[crossed] = np.minimum(reach[crossed], middle @ direction)
    return np.asarray(np.round(reach, 2))


def _at_border(state: State, one: str, other: str, grab: tuple[float, float]) -> Floats:
    """The point of the border between two neighbourhoods that is nearest to where it was grabbed."""
    beyond = state.members(other)
    lines = [rim.line for block in state.members(one) for rim in state.ground.rims[block] if rim.other in beyond]
    if not lines:
        raise PlanRefused(Reason.NOT_NEIGHBOURS, [one, other])
    point = shapely.Point(grab)
    nearest = lines[int(np.argmin(shapely.distance(lines, point)))]
    return np.asarray(shapely.get_coordinates(shapely.shortest_line(nearest, point))[0])


def _pulled_into(state: State, one: str, other: str, place: Floats, direction: Floats) -> str:
    """Into which of two neighbourhoods a pull from their border goes."""
    for step in (0.5, 2.0, 5.0, 15.0):
        x, y = place + step * direction
        for code in (one, other):
            if any(shapely.contains_xy(state.ground.shape[block], x, y) for block in state.members(code)):
                return code
    towards = shapely.get_coordinates(shapely.centroid([state.ground.shape[b] for b in state.members(other)]))
    return other if float((towards.mean(axis=0) - place) @ direction) >= 0 else one


def _flipping(state: State, gainer: str, giver: str, ahead: dict[int, float]) -> list[Flip]:
    """All blocks that can flip, in order; one that cannot yet waits until others have."""
    flips: list[Flip] = []
    waiting: list[int] = []
    own, rest = state.members(gainer), state.members(giver)
    for block in sorted(ahead, key=lambda block: (ahead[block], block)):
        waiting.append(block)
        tried = True
        while tried:
            ready = next((b for b in waiting if _can_flip(state, b, gainer, own, rest)), None)
            tried = ready is not None
            if ready is not None:
                waiting.remove(ready)
                own, rest = own | {ready}, rest - {ready}
                state = state.given({ready: gainer})
                flips.append(Flip(ready, ahead[block]))
    return flips


def _can_flip(state: State, block: int, gainer: str, own: set[int], rest: set[int]) -> bool:
    left = rest - {block}
    if own.isdisjoint(state.ground.near[block]) or not left or not state.ground.connected(left):
        return False
    return not newly_enclosed(state, state.given({block: gainer}), [gainer, state.code_of(block)])
