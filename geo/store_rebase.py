"""Putting a draft on a newly published edition, block by block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import shapely
import sqlalchemy as sa

from geo import store_tables as tables
from geo.operations import Batch, Move, New, Operation, Retire, Single, Split, Transfer
from geo.plans import Plan, PlanRefused
from geo.store_base import StoreBase, new_id, row_of
from geo.store_errors import BlockConflict, RebaseConflict
from geo.store_line import Line
from geo.store_plans import difference, done
from geo.store_records import Action, Edition, Effects, Entry, Kind, User

Choice = Literal["mine", "theirs"]


class Rebase(StoreBase):
    """From one edition to the next."""

    def rebase(
        self, draft: str, user: User, edition: str, choices: Mapping[int, Choice] | None = None, *, id: str = ""
    ) -> list[Entry]:
        """Put a draft on another edition: its operations are done again there, as entries that can be undone.

        What only the draft changed is kept, what only the edition changed is taken over; of a block that both gave to
        different neighbourhoods, `choices` says whose version stays (mine: the draft's). Raises RebaseConflict when a
        choice is missing or the outcome is not sound, NotAllowed, WrongState, Unknown. Nothing is stored then.
        """
        user.must(Action.EDIT)
        key = id or new_id()
        self._warm(draft)
        with self._writing(f"draft {draft}", key) as connection:
            known = connection.scalar(sa.select(tables.entry.c.seq).where(tables.entry.c.id == key))
            line = self._line(connection, draft)
            if known is not None:
                return [entry for entry in line.entries.values() if entry.seq >= known]
            self._editable(connection, draft)
            target = self._edition(connection, edition)
            carried = self._carried(line, target, choices or {})
            entries = self._rebased(draft, line, target, carried, user, key)
            connection.execute(sa.insert(tables.entry), [row_of(entry) for entry in entries])
        self._remember(draft, line.after(entries))
        return entries

    def rebase_conflicts(self, draft: str, edition: str) -> list[BlockConflict]:
        """The blocks that the draft and the edition gave to different neighbourhoods: `rebase` wants a choice for each.

        Of a block that one of them divided, its neighbourhood there is None. Raises Unknown.
        """
        with self._reading() as connection:
            line, target = self._line(connection, draft), self._edition(connection, edition)
        base, first = (self.plans.replay(id, [])[0].plan for id in (line.base, target.id))
        return _conflicts(difference(base, self.plans.of(line)), difference(base, first), target)

    def _rebased(
        self, draft: str, line: Line, target: Edition, carried: list[Entry], user: User, key: str
    ) -> list[Entry]:
        """The entry that changes the edition, and the draft's operations again after it, with their reasons."""
        now, first = self.clock(), self.plans.replay(target.id, [])[0].plan
        effects = Effects(difference(self.plans.of(line), first))
        entries = [Entry(draft, line.head + 1, key, Kind.REBASE, user, now, "", base=target.id, effects=effects)]
        plan = first
        for old in carried:
            assert old.operation is not None
            plan, effects = done(plan, old.operation)
            number = line.head + len(entries) + 1
            again = Entry(draft, number, new_id(), Kind.DO, old.user, now, old.why, old.operation, effects=effects)
            entries.append(again)
        return entries

    def _carried(self, line: Line, target: Edition, choices: Mapping[int, Choice]) -> list[Entry]:
        """The draft's operations that make, on the new edition, what the draft and the choices say.

        Those that have nothing to do with what the edition changed stay as they are; one more makes up the rest.
        """
        base = self.plans.replay(line.base, [])[0].plan
        first = self.plans.replay(target.id, [])[0].plan
        theirs = difference(base, first)
        wish = _wish(difference(base, self.plans.of(line)), theirs, choices, target)
        plan, kept = first, []
        for entry in line.in_force:
            assert entry.operation is not None
            if _meets(entry, theirs, wish):
                continue
            try:
                plan = plan.attempt(entry.operation)
                kept.append(entry)
            except PlanRefused:
                continue  # the blocks it was about are among the rest
        try:
            return [*kept, *_rest(line, plan, _by_piece(wish, base, plan), kept)]
        except PlanRefused as refusal:
            raise RebaseConflict(target.id, (), refusal) from refusal


def _wish(
    mine: Mapping[int, tuple[str | None, str | None]],
    theirs: Mapping[int, tuple[str | None, str | None]],
    choices: Mapping[int, Choice],
    target: Edition,
) -> dict[int, str | None]:
    """Block -> the neighbourhood it shall have where the draft has a say. Raises RebaseConflict."""
    both = _conflicts(mine, theirs, target)
    open_ones = [each for each in both if each.block not in choices]
    if open_ones:
        raise RebaseConflict(target.id, open_ones)
    taken = {each.block for each in both if choices[each.block] == "theirs"}
    return {block: pair[1] for block, pair in mine.items() if block not in taken}


def _conflicts(
    mine: Mapping[int, tuple[str | None, str | None]],
    theirs: Mapping[int, tuple[str | None, str | None]],
    target: Edition,
) -> list[BlockConflict]:
    """The blocks that both changed, differently."""
    both = (block for block in sorted(mine.keys() & theirs.keys()) if mine[block][1] != theirs[block][1])
    return [BlockConflict(b, *mine[b], theirs[b][1], target.by.name, target.head) for b in both]


def _meets(entry: Entry, theirs: Mapping[int, object], wish: Mapping[int, object]) -> bool:
    """Whether an operation is about blocks that the edition changed; a block the draft divides stays divided."""
    met = entry.effects.blocks.keys() & theirs.keys()
    if isinstance(entry.operation, Split):
        return bool(met - wish.keys())
    return bool(met)


def _by_piece(wish: Mapping[int, str | None], base: Plan, plan: Plan) -> dict[int, str | None]:
    """The wish, with what was wished of a block that is divided now wished of each of its pieces."""
    gone = [block for block in wish if block not in plan.ground.shape and block in base.ground.shape]
    fresh = [block for block in plan.ground.shape if block not in base.ground.shape and block not in wish]
    inside = {
        piece: wish[block]
        for block in gone
        for piece in fresh
        if shapely.contains(base.ground.shape[block], shapely.point_on_surface(plan.ground.shape[piece]))
    }
    return {**wish, **inside}


def _rest(line: Line, plan: Plan, wish: Mapping[int, str | None], kept: list[Entry]) -> list[Entry]:
    """One entry that makes up what the operations kept leave undone; [] if nothing. Raises PlanRefused."""
    at = {block: code for home in plan.homes.values() for block, code in home.items()}
    missing = {b: code for b, code in wish.items() if code is not None and b in at and at[b] != code}
    if not missing:
        return []
    reasons = [each.operation.reason for each in line.in_force if isinstance(each.operation, Transfer)]
    steps = _making(at, missing, plan.ground.community, reasons[-1] if reasons else "rebase")
    operation: Operation = steps[0] if len(steps) == 1 else Batch(tuple(steps), "rebase")
    plan.apply(operation)
    old = next((entry for entry in reversed(line.in_force) if entry not in kept), line.in_force[-1])
    return [replace(old, operation=operation)]


def _making(
    at: Mapping[int, str], missing: Mapping[int, str], community: Mapping[int, str], reason: str
) -> list[Single]:
    """Operations that give blocks the neighbourhoods they miss.

    New ones are founded, those left without blocks retired; what goes to another community is transferred.
    """
    abroad = {block: to for block, to in missing.items() if community[block] != to[:12]}
    missing = {block: to for block, to in missing.items() if block not in abroad}
    return [*_at_home(at, missing), *_abroad(abroad, reason)]


def _abroad(missing: Mapping[int, str], reason: str) -> list[Transfer]:
    codes = sorted(set(missing.values()))
    return [Transfer(frozenset(b for b, to in missing.items() if to == code), code, reason) for code in codes]


def _at_home(at: Mapping[int, str], missing: Mapping[int, str]) -> list[Move | New | Retire]:
    before, after = set(at.values()), set({**at, **missing}.values())
    steps: list[Move | New | Retire] = []
    for code in sorted(set(missing.values())):
        blocks = frozenset(block for block, to in missing.items() if to == code and at[block] in after)
        if code not in before:
            steps.append(New(code, frozenset(block for block, to in missing.items() if to == code)))
        elif blocks:
            steps.append(Move(blocks, code, "rebase"))
    for code in sorted(before - after):
        heirs = tuple((block, missing[block]) for block in sorted(missing) if at[block] == code)
        steps.append(Retire(code, heirs))
    return steps
