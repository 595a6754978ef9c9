"""What each operation does to a plan, before anybody asks whether the result is sound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import singledispatch

import numpy as np
import shapely

from geo import plans_repair, plans_split
from geo.operations import Batch, Draw, Merge, Move, New, Operation, Rename, Retire, Split, Transfer
from geo.plans_ground import Ground
from geo.refusals import PlanRefused, Reason

Name = tuple[str, str]
"""Of a neighbourhood, in Chinese and in English ("" if unknown)."""


@dataclass(frozen=True, eq=False)
class State:
    """Who has which block, and under what names.

    `homes`: community -> block_id -> code; communities that an operation did not touch are shared. `names`: names given
    since the first plan, by code. `ended`: codes retired so far, never to be used again. `alive`: within a batch, codes
    that were there when it began; a step may leave one without blocks if a later one gives it some.
    """

    ground: Ground
    homes: Mapping[str, plans_repair.Home]
    names: Mapping[str, Name] = field(default_factory=dict)
    ended: frozenset[str] = frozenset()
    alive: frozenset[str] = frozenset()

    def members(self, code: str) -> set[int]:
        """Blocks of one neighbourhood (none if there is no such)."""
        return plans_repair.members(self.homes.get(code[:12], {}), code)

    def code_of(self, block: int) -> str:
        """Neighbourhood of a block. Raises KeyError if there is no such block."""
        return self.homes[self.ground.community[block]][block]

    def home_of(self, *codes: str) -> plans_repair.Home:
        """The community of some neighbourhoods (of the first). Raises PlanRefused if one is unknown."""
        unknown = [code for code in codes if not self.members(code) and code not in self.alive]
        if unknown:
            raise PlanRefused(Reason.UNKNOWN_NEIGHBOURHOOD, unknown)
        return self.homes[codes[0][:12]]

    def known(self, blocks: Iterable[int]) -> None:
        """Raise PlanRefused unless there are such blocks."""
        unknown = [block for block in blocks if block not in self.ground.community]
        if unknown:
            raise PlanRefused(Reason.UNKNOWN_BLOCK, blocks=unknown)

    def given(self, blocks: Mapping[int, str], ends: Iterable[str] = ()) -> State:
        """The state after each of some blocks went to a neighbourhood of its own community, and some codes ended."""
        homes = dict(self.homes)
        for community in {self.ground.community[block] for block in blocks}:
            mine = {block: code for block, code in blocks.items() if self.ground.community[block] == community}
            homes[community] = {**homes[community], **mine}
        return replace(self, homes=homes, ended=self.ended.union(ends))


def plain(state: State) -> State:
    """The state alone, of a plan that is one."""
    return State(state.ground, state.homes, state.names, state.ended)


@singledispatch
def stepped(operation: Operation, state: State) -> State:
    """The state after an operation, sound or not. Raises PlanRefused if the operation makes no sense there."""
    raise TypeError(operation)


@stepped.register
def _moved(operation: Move, state: State) -> State:
    home = state.home_of(operation.to)
    state.known(operation.blocks)
    if operation.blocks - home.keys():
        raise PlanRefused(Reason.OTHER_COMMUNITY, [operation.to], operation.blocks - home.keys())
    return state.given(dict.fromkeys(operation.blocks, operation.to))


@stepped.register
def _merged(operation: Merge, state: State) -> State:
    kept, retired = operation.kept, operation.retired
    state.home_of(kept, retired)
    if kept[:12] != retired[:12]:
        raise PlanRefused(Reason.OTHER_COMMUNITY, [kept], state.members(retired))
    if kept == retired:
        raise PlanRefused(Reason.NOTHING_CHANGES, [kept])
    return state.given(dict.fromkeys(state.members(retired), kept), [retired])


@stepped.register
def _drawn(operation: Draw, state: State) -> State:
    code = operation.neighbourhood
    home = state.home_of(code)
    inside = state.ground.shares(code[:12], drawn_area(operation))
    wanted = {block for block, share in inside.items() if share > 0.5}
    if not wanted:
        raise PlanRefused(Reason.NOTHING_INSIDE, [code])
    after = plans_repair.redrawn(state.ground, home, wanted, code)
    if after is None:
        raise PlanRefused(Reason.NO_HEIR, [code])
    return state.given({block: after[block] for block in home if after[block] != home[block]})


@stepped.register
def _split(operation: Split, state: State) -> State:
    state.known([operation.block])
    ground, pieces = plans_split.divided(state.ground, operation)
    community = ground.community[pieces[0]]
    home = dict(state.homes[community])
    home |= dict.fromkeys(pieces, home.pop(operation.block))
    return replace(state, ground=ground, homes={**state.homes, community: home})


@stepped.register
def _founded(operation: New, state: State) -> State:
    code, blocks = operation.code, operation.blocks
    if state.members(code) or code in state.ended:
        raise PlanRefused(Reason.CODE_TAKEN, [code])
    if len(code) != 15 or not code[12:].isdigit() or code[:12] not in state.homes:
        raise PlanRefused(Reason.CODE_UNFIT, [code])
    if not blocks:
        raise PlanRefused(Reason.EMPTIED, [code])
    state.known(blocks)
    if blocks - state.homes[code[:12]].keys():
        raise PlanRefused(Reason.OTHER_COMMUNITY, [code], blocks - state.homes[code[:12]].keys())
    after = state.given(dict.fromkeys(blocks, code))
    after = replace(after, alive=after.alive | {code} if after.alive else after.alive)
    if not operation.name.strip():
        return after
    return replace(after, names={**after.names, code: (operation.name.strip(), operation.name_en.strip())})


@stepped.register
def _retired(operation: Retire, state: State) -> State:
    code, heirs = operation.code, dict(operation.heirs)
    home = state.home_of(code, *sorted(set(heirs.values())))
    own = state.members(code)
    if own - heirs.keys() or code in heirs.values():
        raise PlanRefused(Reason.NO_NEIGHBOURHOOD, [code], own - heirs.keys() or own)
    if heirs.keys() - own:
        raise PlanRefused(Reason.UNKNOWN_BLOCK, [code], heirs.keys() - own)
    strangers = {block for block, heir in heirs.items() if heir not in home.values()}
    if strangers:
        raise PlanRefused(Reason.OTHER_COMMUNITY, {heirs[block] for block in strangers}, strangers)
    return state.given(heirs, [code])


@stepped.register
def _renamed(operation: Rename, state: State) -> State:
    state.home_of(operation.code)
    name = (operation.name.strip(), operation.name_en.strip())
    if not name[0]:
        raise PlanRefused(Reason.NO_NAME, [operation.code])
    return replace(state, names={**state.names, operation.code: name})


@stepped.register
def _transferred(operation: Transfer, state: State) -> State:
    to, community = operation.to, operation.to[:12]
    state.home_of(to)
    state.known(operation.blocks)
    if not operation.reason.strip():
        raise PlanRefused(Reason.NO_REASON, [to], operation.blocks)
    at_home = {block for block in operation.blocks if state.ground.community[block] == community}
    if at_home or not operation.blocks:
        raise PlanRefused(Reason.SAME_COMMUNITY, [to], at_home)
    ground = state.ground.with_changes(community=dict.fromkeys(operation.blocks, community))
    homes = dict(state.homes)
    for source in {state.ground.community[block] for block in operation.blocks}:
        homes[source] = {block: code for block, code in homes[source].items() if block not in operation.blocks}
    homes[community] = {**homes[community], **dict.fromkeys(operation.blocks, to)}
    return replace(state, ground=ground, homes=homes)


@stepped.register
def _all(operation: Batch, state: State) -> State:
    codes = frozenset(code for home in state.homes.values() for code in home.values())
    state = replace(state, alive=codes)
    several = sum(isinstance(step, Split | Transfer) for step in operation.steps) > 1
    if several:  # nobody sees the grounds in between, so one copy does for all
        state = replace(state, ground=state.ground.as_own())
    for step in operation.steps:
        state = stepped(step, state)
    return replace(state, alive=frozenset(), ground=state.ground.shared() if several else state.ground)


def drawn_area(operation: Draw) -> shapely.Geometry:
    """The drawing as valid polygons (a line that crosses itself encloses what lies on either side)."""
    polygon = operation.polygon
    finite = polygon is not None and bool(np.isfinite(shapely.get_coordinates(polygon)).all())
    sound = shapely.make_valid(polygon) if finite else None
    if sound is None or shapely.get_dimensions(polygon) != 2 or not shapely.area(sound) > 0:
        raise PlanRefused(Reason.NO_AREA, [operation.neighbourhood])
    return sound
