"""From one plan to a wished-for table: ordinary operations, each sound when its turn comes, and what each rests on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from geo import plans_checks
from geo.operations import Batch, Move, New, Operation, Retire
from geo.plans_steps import State, plain, stepped
from geo.refusals import PlanRefused

Wish = Mapping[int, str]
"""block_id -> neighbourhood of the block's own community; blocks that are not named stay."""


def steps_between(
    state: State, wish: Wish, *, verb: str = "paint", names: Mapping[str, tuple[str, str]] | None = None
) -> tuple[list[Operation], dict[int, str]]:
    """Operations that lead to a wish, one after the other, and what of it could not be had (block -> code).

    Blocks that go the same way are moved together where that is sound, else as connected parts or one by one; what
    only works at once (an exchange) is a Batch. New codes are founded, those that lose all their blocks retired.
    """
    at = plain(state)
    steps: list[Operation] = []
    open_ = _open(at, wish)
    while open_:
        found = _next(at, open_, verb, names or {})
        if found is None:
            break
        steps.append(found[0])
        at = found[1]
        open_ = _open(at, wish)
    return steps, open_


def needs(state: State, steps: Sequence[Operation]) -> list[tuple[int, ...]]:
    """For each of some operations in order, the earlier ones that it rests on: with these done it can be accepted.

    Each is the smallest found: none, one, those that concern the same neighbourhoods, or all before it.
    """
    found: list[tuple[int, ...]] = []
    for k, step in enumerate(steps):
        choices = _choices(state, steps, k, found)
        found.append(next(chosen for chosen in choices if _works(state, steps, chosen, step)))
    return found


def attempted(state: State, operation: Operation) -> State | None:
    """The state after an operation, None if it is refused."""
    try:
        after = stepped(operation, state)
        plans_checks.check_change(state, after)
    except PlanRefused:
        return None
    return plain(after)


def concerned(state: State, operation: Operation) -> set[str]:
    """Neighbourhoods that an operation takes blocks from or gives them to, as far as it names them."""
    match operation:
        case Move(blocks=blocks, to=to):
            return {to, *(state.code_of(block) for block in blocks)}
        case New(blocks=blocks, code=code):
            return {code, *(state.code_of(block) for block in blocks)}
        case Retire(code=code, heirs=heirs):
            return {code, *(heir for _, heir in heirs)}
        case Batch(steps=steps):
            return set().union(*(concerned(state, step) for step in steps))
        case _:
            return set()


def _open(state: State, wish: Wish) -> dict[int, str]:
    """What of a wish is not yet so, within communities."""
    known = state.ground.community
    return {
        block: code for block, code in wish.items() if known.get(block) == code[:12] and state.code_of(block) != code
    }


def _next(state: State, open_: Wish, verb: str, names: Mapping[str, tuple[str, str]]) -> tuple[Operation, State] | None:
    """The first operation towards a wish that is sound now: large ones before small ones, at last all together."""
    for operation in _towards(state, open_, verb, names):
        after = attempted(state, operation)
        if after is not None:
            return operation, after
    return None


def _towards(state: State, open_: Wish, verb: str, names: Mapping[str, tuple[str, str]]) -> Iterator[Operation]:
    groups: dict[tuple[str, str], set[int]] = {}
    for block, to in open_.items():
        groups.setdefault((state.code_of(block), to), set()).add(block)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    targets = {to: set().union(*(blocks for (_, t), blocks in ordered if t == to)) for _, to in groups}
    yield from (_give(state, targets[to], to, verb, names) for to in sorted(targets))
    yield from _endings(state, open_)
    for (_, to), blocks in ordered:
        yield _give(state, blocks, to, verb, names)
    parts = [(part, to) for (_, to), blocks in ordered for part in state.ground.pieces(blocks)]
    yield from (_give(state, part, to, verb, names) for part, to in sorted(parts, key=lambda p: -len(p[0])))
    yield from (_give(state, {block}, to, verb, names) for block, to in sorted(open_.items()))
    for community in sorted({to[:12] for to in open_.values()}):
        mine = {to: blocks for to, blocks in targets.items() if to[:12] == community}
        yield Batch(tuple(_give(state, blocks, to, verb, names) for to, blocks in sorted(mine.items())), verb)


def _give(
    state: State, blocks: Collection[int], to: str, verb: str, names: Mapping[str, tuple[str, str]]
) -> Move | New:
    if state.members(to):
        return Move(frozenset(blocks), to, verb)
    return New(to, frozenset(blocks), *names.get(to, ("", "")), verb)


def _endings(state: State, open_: Wish) -> Iterator[Retire]:
    """Neighbourhoods all of whose blocks go elsewhere, and that get none."""
    for code in sorted({state.code_of(block) for block in open_}.difference(open_.values())):
        own = state.members(code)
        if own <= open_.keys():
            yield Retire(code, tuple((block, open_[block]) for block in sorted(own)))


def _choices(
    state: State, steps: Sequence[Operation], k: int, found: Sequence[tuple[int, ...]]
) -> Iterator[tuple[int, ...]]:
    """Sets of earlier operations, the smallest first, each with what it rests on itself."""
    yield ()
    codes, chosen = concerned(state, steps[k]), set()
    for i in range(k):
        if concerned(state, steps[i]) & codes:
            yield tuple(sorted({i, *found[i]}))
    for _ in range(k):
        more = {i for i in range(k) if i not in chosen and concerned(state, steps[i]) & codes}
        if not more:
            break
        chosen |= more.union(*(found[i] for i in more))
        codes |= set().union(*(concerned(state, steps[i]) for i in more))
        yield tuple(sorted(chosen))
    yield tuple(range(k))


def _works(state: State, steps: Sequence[Operation], chosen: Collection[int], step: Operation) -> bool:
    at: State | None = plain(state)
    for operation in (*(steps[i] for i in sorted(chosen)), step):
        at = attempted(at, operation) if at is not None else None
    return at is not None
