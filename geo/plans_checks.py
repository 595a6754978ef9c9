"""Is a plan still sound after an operation? Only what was touched is looked at, in about a millisecond."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from geo.plans_ground import OUTSIDE
from geo.plans_steps import State
from geo.refusals import PlanRefused, Reason


def differences(before: State, after: State) -> dict[int, tuple[str, str]]:
    """Block (of `after`) -> its neighbourhood before and after, where it changed. Pieces had that of their block."""
    changed: dict[int, tuple[str, str]] = {}
    for community, home in after.homes.items():
        if home is before.homes.get(community):
            continue
        for block, code in home.items():
            known = after.ground.known_block(block, before.ground.community)
            was = before.code_of(known) if known is not None else ""
            if was != code:
                changed[block] = (was, code)
    return changed


def touched(before: State, after: State) -> set[str]:
    """Neighbourhoods that gained or lost a block, or had one split."""
    codes = {code for pair in differences(before, after).values() for code in pair}
    if after.ground is not before.ground:
        pieces = [block for block in after.ground.parents if block not in before.ground.parents]
        codes |= {after.code_of(block) for block in pieces if block in after.ground.shape}
    return codes - {""}


def check_change(before: State, after: State) -> None:
    """Raise PlanRefused unless what an operation touched has blocks, of its community, in one piece, and a way out."""
    codes = touched(before, after)
    if not codes and after.names == before.names:
        raise PlanRefused(Reason.NOTHING_CHANGES)
    check(after, codes - (after.ended - before.ended))
    enclosed = newly_enclosed(before, after, codes)
    if enclosed:
        blocks = [block for code in enclosed for block in after.members(code)]
        raise PlanRefused(Reason.ENCLAVE, enclosed, blocks)


def check(state: State, codes: Collection[str]) -> None:
    """Raise PlanRefused unless these neighbourhoods have blocks, of their community only, in one piece."""
    emptied = [code for code in codes if not state.members(code)]
    if emptied:
        raise PlanRefused(Reason.EMPTIED, emptied)
    cut_off: dict[str, list[int]] = {}
    for code in sorted(codes):
        pieces = state.ground.pieces(state.members(code))
        if len(pieces) > 1:
            cut_off[code] = [block for piece in pieces[1:] for block in piece]
    if cut_off:
        raise PlanRefused(Reason.DISCONNECTED, cut_off, [block for blocks in cut_off.values() for block in blocks])


def check_nesting(state: State) -> None:
    """Raise PlanRefused if a block's neighbourhood is of another community than the block."""
    strays = {
        block: code for community, home in state.homes.items() for block, code in home.items() if code[:12] != community
    }
    if strays:
        raise PlanRefused(Reason.OTHER_COMMUNITY, set(strays.values()), strays)


def newly_enclosed(before: State, after: State, codes: Iterable[str]) -> list[str]:
    """Of these neighbourhoods and those beside them, who lies wholly inside one other, and did not before."""
    near = {code for own in codes if after.members(own) for code in {own, *around(after, own)} if code is not None}
    return [
        code
        for code in sorted(near)
        if len(around(after, code)) == 1 and not (before.members(code) and len(around(before, code)) == 1)
    ]


def around(state: State, code: str) -> set[str | None]:
    """Neighbourhoods on the other side of a neighbourhood's border, of any community; None for the outside."""
    own = state.members(code)
    beyond = {rim.other for block in own for rim in state.ground.rims[block]} - own
    return {None if block == OUTSIDE else state.code_of(block) for block in beyond}
