"""The smallest changes that make a wish of a planner sound: give a little more, take a little less, find an heir."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import combinations

from geo.plans_ground import Ground

Home = Mapping[int, str]
"""The blocks of one community and the neighbourhood of each."""

FEW = 12
"""Up to this many blocks, sparing any one or two of them is tried out (79 checks at most)."""


def members(home: Home, code: str) -> set[int]:
    """Blocks of one neighbourhood."""
    return {block for block, at in home.items() if at == code}


def grown(ground: Ground, home: Home, blocks: Collection[int], to: str) -> set[int] | None:
    """`blocks` and what must come along to `to`: blocks on the way there, and pieces that would be cut off.

    None if a neighbourhood would be left without blocks, or nothing joins the pieces.
    """
    chosen, own = set(blocks) - members(home, to), members(home, to)
    givers = sorted({home[block] for block in chosen})
    for _ in range(len(home)):
        before = len(chosen)
        pieces = ground.pieces(own | chosen)
        for piece in pieces[1:]:
            way = ground.path(piece, set(pieces[0]), set(home) - own - chosen)
            if way is None:
                return None
            chosen |= set(way)
        givers = sorted({home[block] for block in chosen} | set(givers))
        for giver in givers:
            left = members(home, giver) - chosen
            if not left:
                return None
            chosen |= left - set(ground.heaviest(ground.pieces(left)))
        if len(chosen) == before:
            return chosen
    return None


def given_back(ground: Ground, home: Home, blocks: Collection[int], to: str) -> set[int]:
    """Those of `blocks` that can move to `to` while everybody stays in one piece (perhaps none).

    Of few blocks, whether one or two can be spared is tried out; else whole pieces, and ways between pieces, are.
    """
    chosen = set(blocks) - members(home, to)
    for count in (1, 2) if len(chosen) <= FEW else ():
        for spared in combinations(sorted(chosen), count):
            if can_move(ground, home, chosen.difference(spared), to):
                return chosen.difference(spared)
    return without_pieces(ground, home, chosen, to)


def can_move(ground: Ground, home: Home, chosen: Collection[int], to: str) -> bool:
    """Whether blocks can move to `to` while it and their givers stay in one piece each."""
    givers = {home[block] for block in chosen}
    rests = [members(home, giver).difference(chosen) for giver in sorted(givers)]
    return all(rests) and all(ground.connected(part) for part in (members(home, to).union(chosen), *rests))


def without_pieces(ground: Ground, home: Home, blocks: Collection[int], to: str) -> set[int]:
    """`blocks` less those that do not reach `to`, and less the shortest ways that keep their givers together."""
    own = members(home, to)
    chosen = set(blocks)
    beside = {block for block in home if not own.isdisjoint(ground.near[block])}
    for _ in range(len(home)):
        before = len(chosen)
        joined = [set(piece) for piece in ground.pieces(own | chosen)]
        core = own or ground.heaviest(joined) if joined else own
        chosen = set().union(*(piece - own for piece in joined if piece.intersection(core)))
        for giver in sorted({home[block] for block in chosen}):
            all_of_it = members(home, giver)
            pieces = ground.pieces(all_of_it - chosen)
            if not pieces:
                chosen -= all_of_it
            for piece in pieces[1:]:
                chosen -= set(ground.path(piece, set(pieces[0]), all_of_it, beside) or all_of_it)
        if len(chosen) == before:
            break
    return chosen


def redrawn(ground: Ground, home: Home, wanted: Collection[int], code: str) -> dict[int, str] | None:
    """The community after `code` became the heaviest piece of `wanted`; None if blocks are left that nobody can take.

    Blocks it leaves, and pieces it cuts off its neighbours, go to the neighbour with the longest contact, and back to
    `code` only where they touch nobody else. A neighbourhood that is drawn over whole is missing in the result.
    """
    core = set(ground.heaviest(ground.pieces(wanted)))
    settled = dict.fromkeys(core, code)
    for other in sorted(set(home.values()) - {code}):
        left = members(home, other) - core
        if left:
            settled |= dict.fromkeys(ground.heaviest(ground.pieces(left)), other)
    loose = set(home) - set(settled)
    while loose:
        heir = longest_contact(ground, settled, loose, code)
        if heir is None:
            return None
        settled[heir[0]] = heir[1]
        loose.remove(heir[0])
    return settled


def longest_contact(ground: Ground, settled: Home, loose: Collection[int], last: str) -> tuple[int, str] | None:
    """The loose block and the settled neighbourhood with the longest contact; neighbourhood `last` comes last."""
    metres: dict[tuple[int, str], float] = {}
    for block in loose:
        for other, length in ground.near[block].items():
            if other in settled:
                key = (block, settled[other])
                metres[key] = metres.get(key, 0.0) + length
    return min(metres, key=lambda key: (key[1] == last, -metres[key], key), default=None)


def heirs(ground: Ground, home: Home, code: str) -> dict[int, str]:
    """Who takes each block of a neighbourhood that ends: the neighbour with the longest contact, block by block.

    {} if nobody else of its community touches it.
    """
    settled = {block: at for block, at in home.items() if at != code}
    loose = members(home, code)
    found: dict[int, str] = {}
    while loose:
        heir = longest_contact(ground, settled, loose, code)
        if heir is None:
            return {}
        settled[heir[0]] = found[heir[0]] = heir[1]
        loose.remove(heir[0])
    return found


def mended(ground: Ground, home: Home) -> dict[int, str]:
    """A community with every neighbourhood in one piece: each keeps its heaviest, the rest goes to a neighbour.

    That is the one with the longest contact, block by block. Blocks that nobody touches stay where they were.
    """
    settled: dict[int, str] = {}
    for code in sorted(set(home.values())):
        settled |= dict.fromkeys(ground.heaviest(ground.pieces(members(home, code))), code)
    loose = set(home) - set(settled)
    while loose:
        heir = longest_contact(ground, settled, loose, "")
        if heir is None:
            return {**settled, **{block: home[block] for block in loose}}
        settled[heir[0]] = heir[1]
        loose.remove(heir[0])
    return settled
