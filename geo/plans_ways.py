"""The smallest repair: of the ways around a refusal that work, the one that differs least from what was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import singledispatch
from itertools import combinations

from geo import plans_checks, plans_repair
from geo.operations import Batch, Draw, Merge, Move, New, Operation, Retire, Single, Transfer
from geo.plans_steps import State, plain, stepped
from geo.refusals import PlanRefused, Reason

Way = tuple[Operation, ...]


def smallest(state: State, operation: Operation, refusal: PlanRefused) -> Way:
    """Operations to be applied instead of a refused one, one after the other; () if none was found."""
    wish = _wish(state, operation)
    best: tuple[int, Way] | None = None
    for way in _ways(operation, state, refusal):
        off = _distance(state, way, wish)
        if off is not None and (best is None or off < best[0]):
            best = (off, way)
    return best[1] if best else ()


def _distance(state: State, way: Way, wish: Mapping[int, str]) -> int | None:
    """In how many blocks a way differs from the wish; None if it does not work either."""
    at = plain(state)
    try:
        for step in way:
            after = stepped(step, at)
            plans_checks.check_change(at, after)
            at = after
    except PlanRefused:
        return None
    changed = {block: code for block, (_, code) in plans_checks.differences(state, at).items()}
    return sum(changed.get(block) != wish.get(block) for block in changed.keys() | wish.keys())


def _wish(state: State, operation: Operation) -> dict[int, str]:
    match operation:
        case Move(blocks=blocks, to=to) | New(blocks=blocks, code=to) | Transfer(blocks=blocks, to=to):
            wish = dict.fromkeys(blocks, to)
        case Merge(kept, retired):
            wish = dict.fromkeys(state.members(retired), kept)
        case Retire(heirs=heirs):
            wish = dict(heirs)
        case _:
            wish = {}
    community = state.ground.community
    return {b: to for b, to in wish.items() if b not in community or state.code_of(b) != to}


@singledispatch
def _ways(operation: Operation, state: State, refusal: PlanRefused) -> Iterator[Way]:
    """Operations that may do instead of a refused one."""
    yield from ()


@_ways.register
def _to_move(operation: Move, state: State, refusal: PlanRefused) -> Iterator[Way]:
    if not state.members(operation.to):
        return
    blocks = operation.blocks & state.homes[operation.to[:12]].keys()
    for chosen in _ways_to_take(state, blocks, operation.to, refusal):
        yield (replace(operation, blocks=frozenset(chosen)),)
    yield from _ways_to_end(state, operation, refusal)


@_ways.register
def _to_found(operation: New, state: State, refusal: PlanRefused) -> Iterator[Way]:
    mended = (Reason.DISCONNECTED, Reason.OTHER_COMMUNITY, Reason.UNKNOWN_BLOCK, Reason.ENCLAVE, Reason.EMPTIED)
    if operation.code[:12] in state.homes and refusal.reason in mended:
        blocks = operation.blocks & state.homes[operation.code[:12]].keys()
        for chosen in _ways_to_take(state, blocks, operation.code, refusal):
            yield (replace(operation, blocks=frozenset(chosen)),)
    if refusal.reason == Reason.ENCLAVE:
        yield _taking_in(operation, operation.code, refusal)


@_ways.register
def _to_transfer(operation: Transfer, state: State, refusal: PlanRefused) -> Iterator[Way]:
    yield from ((replace(operation, blocks=rest),) for rest in _sparing(operation.blocks) if rest)
    if refusal.reason == Reason.DISCONNECTED:
        along = set(operation.blocks)
        for giver in sorted({state.code_of(block) for block in operation.blocks}):
            pieces = state.ground.pieces(state.members(giver) - operation.blocks)
            along |= state.members(giver) - operation.blocks - set(state.ground.heaviest(pieces) if pieces else ())
        yield (replace(operation, blocks=frozenset(along)),)


@_ways.register
def _to_merge(operation: Merge, state: State, refusal: PlanRefused) -> Iterator[Way]:
    kept, retired = operation.kept, operation.retired
    if refusal.reason == Reason.DISCONNECTED:
        home, own = state.homes[kept[:12]], state.members(kept)
        between = state.ground.path(own, state.members(retired), set(home) - own) or []
        joining = plans_repair.grown(state.ground, home, between, kept)
        if joining:
            yield Move(frozenset(joining), kept), operation
    if refusal.reason == Reason.ENCLAVE:
        inside = tuple(Merge(kept, code) for code in refusal.neighbourhoods)
        yield (*inside, operation)
        yield (Batch((operation, *inside), "merge"),)


@_ways.register
def _to_retire(operation: Retire, state: State, refusal: PlanRefused) -> Iterator[Way]:
    if state.members(operation.code):
        heirs = plans_repair.heirs(state.ground, state.homes[operation.code[:12]], operation.code)
        if heirs:
            yield (Retire(operation.code, tuple(sorted(heirs.items()))),)
    if refusal.reason == Reason.ENCLAVE:
        yield from (_taking_in(operation, heir, refusal) for heir in sorted({heir for _, heir in operation.heirs}))


@_ways.register
def _to_draw(operation: Draw, state: State, refusal: PlanRefused) -> Iterator[Way]:
    if refusal.reason == Reason.EMPTIED:
        yield *(Merge(operation.neighbourhood, other) for other in refusal.neighbourhoods), operation
    if refusal.reason == Reason.ENCLAVE:
        yield _taking_in(operation, operation.neighbourhood, refusal)
        out = _way_out(stepped(operation, plain(state)), frozenset(), operation.neighbourhood)
        yield (Batch((operation, Move(out, operation.neighbourhood, "draw")), "draw"),)


@_ways.register
def _to_do_all(operation: Batch, state: State, refusal: PlanRefused) -> Iterator[Way]:
    kept = _fitting(state, operation.steps)
    if kept:
        yield (Batch(kept, operation.verb),)


def _ways_to_take(state: State, blocks: frozenset[int], to: str, refusal: PlanRefused) -> Iterator[frozenset[int]]:
    """Other choices of blocks for a neighbourhood: those of its community, more, fewer."""
    ground, home = state.ground, state.homes[to[:12]]
    if refusal.reason in (Reason.OTHER_COMMUNITY, Reason.UNKNOWN_BLOCK):
        yield blocks
    if refusal.reason == Reason.ENCLAVE:
        yield from _sparing(blocks)
        yield blocks | _way_out(state, blocks, to)
    for chosen in (plans_repair.grown(ground, home, blocks, to), plans_repair.given_back(ground, home, blocks, to)):
        if chosen:
            yield frozenset(chosen)


def _ways_to_end(state: State, operation: Move, refusal: PlanRefused) -> Iterator[Way]:
    """What is emptied or shut in can be merged instead."""
    concerned, to = refusal.neighbourhoods, operation.to
    home = state.homes[to[:12]]
    if refusal.reason == Reason.EMPTIED:
        rest = frozenset(block for block in operation.blocks if home.get(block) not in {*concerned, to})
        yield *(Merge(to, other) for other in concerned), *([replace(operation, blocks=rest)] if rest else [])
    if refusal.reason == Reason.ENCLAVE:
        yield _taking_in(operation, to, refusal)


def _taking_in(operation: Single, to: str, refusal: PlanRefused) -> Way:
    """What would be shut in goes to whoever closes the ring, in one step: the ring is never closed around it."""
    return (Batch((operation, *(Merge(to, other) for other in refusal.neighbourhoods if other != to)), "merge"),)


def _way_out(state: State, blocks: frozenset[int], to: str) -> frozenset[int]:
    """The fewest blocks that lead out of the neighbourhood which some blocks lie inside of."""
    home, own = state.homes[to[:12]], blocks | state.members(to)
    edge = {
        block
        for block in home.keys() - own
        if any(rim.other not in own and home.get(rim.other) != home[block] for rim in state.ground.rims[block])
    }
    path = state.ground.path(own, edge, home.keys() - own - edge)
    if path is None:
        return frozenset()
    reached = edge.intersection(*[{near for block in (path[:1] or own) for near in state.ground.near[block]}])
    return frozenset({*path, min(reached)})


def _sparing(blocks: frozenset[int]) -> Iterator[frozenset[int]]:
    """All but one or two of a few blocks."""
    if len(blocks) <= plans_repair.FEW:
        for count in (1, 2):
            yield from (blocks.difference(spared) for spared in combinations(sorted(blocks), count))


def _fitting(state: State, steps: tuple[Single, ...]) -> tuple[Single, ...]:
    """Those of some steps that can be taken one after the other."""
    at = plain(state)
    kept: list[Single] = []
    for step in steps:
        try:
            after = stepped(step, at)
            plans_checks.check_change(at, after)
        except PlanRefused:
            continue
        kept.append(step)
        at = after
    return tuple(kept)
