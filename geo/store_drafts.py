"""Drafts of the edition store: begun on an edition, changed by operations that merge, undone, redone and taken back."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo import store_tables as tables
from geo.operations import Operation
from geo.plans import Plan, PlanRefused
from geo.store_base import StoreBase, entry_of, new_id, row_of, who
from geo.store_errors import (
    BlockConflict,
    ConflictError,
    IdReused,
    NothingToRedo,
    NothingToUndo,
    RestsOn,
    Unknown,
)
from geo.store_line import Line
from geo.store_plans import Replayed, difference, done
from geo.store_records import Action, Draft, Effects, Entry, Kind, User


class Drafts(StoreBase):
    """What planners do to drafts."""

    def create_draft(self, user: User, name: str, base: str, why: str = "", *, id: str = "") -> Draft:
        """Begin a draft on an edition; the same `id` gives the same draft. Raises NotAllowed, Unknown, IdReused."""
        user.must(Action.EDIT)
        key = id or new_id()
        with self._writing(f"draft {key}", key) as connection:
            known = connection.execute(sa.select(tables.draft).where(tables.draft.c.id == key)).mappings().first()
            if known is not None and (known["name"], known["founded_on"], known["user"]) != (name, base, user.name):
                raise IdReused(key)
            if known is None:
                self._edition(connection, base)
                row = {"id": key, "name": name, "founded_on": base, **who(user, self.clock(), why)}
                connection.execute(sa.insert(tables.draft).values(row))
            return self._draft(connection, self._draft_row(connection, key))

    def drafts(self) -> list[Draft]:
        """All drafts, the latest begun first."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(tables.draft).order_by(tables.draft.c.at.desc(), tables.draft.c.id))
            return [self._draft(connection, dict(row)) for row in rows.mappings().all()]

    def draft(self, draft: str) -> Draft:
        """One draft as it stands. Raises Unknown."""
        with self._reading() as connection:
            return self._draft(connection, self._draft_row(connection, draft))

    def line(self, draft: str) -> Line:
        """The draft's log and what of it is in force. Raises Unknown."""
        with self._reading() as connection:
            line = self._line(connection, draft)
        self._remember(draft, line)
        return line

    def entries(self, draft: str) -> list[Entry]:
        """The whole log of a draft, oldest first. Raises Unknown."""
        return list(self.line(draft).entries.values())

    def operations(self, draft: str) -> list[Operation]:
        """The operations in force, to be replayed over the draft's edition. Raises Unknown."""
        return [entry.operation for entry in self.line(draft).in_force if entry.operation is not None]

    def plan(self, draft: str) -> Plan:
        """The draft's plan, with every operation in force as a step of its history. Raises Unknown."""
        return self.plans.of(self.line(draft))

    def append(
        self, draft: str, operation: Operation, user: User, why: str = "", *, expect: int | None = None, id: str = ""
    ) -> Entry:
        """Do an operation; when this returns it is on the disk. The same `id` again returns the entry stored before.

        `expect`: the entry the planner saw last (None: whatever is there). What others changed since on other blocks is
        merged. Raises PlanRefused (with a repair) when it isn't sound, ConflictError, NotAllowed, WrongState, Unknown,
        IdReused.
        """
        user.must(Action.EDIT)
        key = id or new_id()
        self._warm(draft)
        with self._writing(f"draft {draft}", key) as connection:
            if (known := _known(connection, key)) is not None:
                return _same(known, draft, user, Kind.DO, operation)
            line = self._editable(connection, draft)
            made = self._tried(line, line.head if expect is None else expect, operation, user)
            entry = self._entry(draft, line, key, Kind.DO, user, why, operation=operation, effects=made.effects)
            connection.execute(sa.insert(tables.entry).values(row_of(entry)))
        self._remember(draft, line.after([entry]))
        return entry

    def undo(self, draft: str, user: User, *, id: str = "") -> Entry:
        """Undo the user's own last action in force, on whichever computer it was done.

        Raises NothingToUndo, RestsOn (others built on it), NotAllowed, WrongState, Unknown.
        """
        return self._turn(draft, user, Kind.UNDO, id)

    def redo(self, draft: str, user: User, *, id: str = "") -> Entry:
        """Do again what the user undid last, until he changes something. Raises NothingToRedo, or as `undo`."""
        return self._turn(draft, user, Kind.REDO, id)

    def take_back(self, draft: str, entry: int, user: User, why: str = "", *, id: str = "") -> Entry:
        """Take one operation in force out, whoever did it, if nothing later rests on it; undo brings it back.

        Raises RestsOn, NotAllowed, WrongState, Unknown (also when the operation is not in force).
        """
        return self._turn(draft, user, Kind.TAKE_BACK, id, entry, why)

    def _turn(self, draft: str, user: User, kind: Kind, id: str, refers: int | None = None, why: str = "") -> Entry:
        user.must(Action.EDIT)
        key = id or new_id()
        self._warm(draft)
        with self._writing(f"draft {draft}", key) as connection:
            if (known := _known(connection, key)) is not None:
                return _same(known, draft, user, kind)
            line = self._editable(connection, draft)
            act = _act(line, user, kind, refers)
            in_force = line.again(act) if kind is Kind.REDO else line.without(act)
            effects = self._effects(line, act, in_force)
            entry = self._entry(draft, line, key, kind, user, why, refers=act.seq, effects=effects)
            connection.execute(sa.insert(tables.entry).values(row_of(entry)))
        self._remember(draft, line.after([entry]))
        return entry

    def _entry(self, draft: str, line: Line, key: str, kind: Kind, user: User, why: str, **more: object) -> Entry:
        return Entry(draft, line.head + 1, key, kind, user, self.clock(), why, **more)  # type: ignore[arg-type]

    def _tried(self, line: Line, expect: int, operation: Operation, user: User) -> Replayed:
        """The operation on the plan as it is now, if it still does what the planner saw."""
        plan = self.plans.of(line)
        if expect >= line.head:
            return done(plan, operation)
        then = self.plans.of(line.at(expect))
        seen = done(then, operation).effects
        theirs = difference(then, plan)
        since = [entry for entry in line.entries.values() if entry.seq > expect]
        named = frozenset().union(*(entry.effects.codes for entry in since)) & seen.codes
        if theirs.keys() & seen.blocks.keys() or named:
            raise ConflictError(operation, user.name, _versions(seen, theirs, since), since)
        try:
            made = done(plan, operation)
        except PlanRefused as refusal:
            raise ConflictError(operation, user.name, (), since, refusal) from refusal
        if made.effects != seen:
            raise ConflictError(operation, user.name, _versions(made.effects, theirs, since), since)
        return made

    def _effects(self, line: Line, act: Entry, in_force: frozenset[int]) -> Effects:
        """What changes when these operations are in force instead; RestsOn if later ones would not do the same."""
        seq = act.seq if act.kind is Kind.DO else act.refers
        assert seq is not None
        now = self.plans.replay(line.base, line.in_force)
        did = dict(zip((entry.seq for entry in line.in_force), (step.effects for step in now[1:]), strict=True))
        chosen = [line.entries[number] for number in sorted(in_force)]
        later = [entry for entry in chosen if entry.seq > seq]
        try:
            then = self.plans.replay(line.base, chosen)
        except PlanRefused as refusal:
            raise RestsOn(line.entries[seq], _resting(line.entries[seq], later)) from refusal
        does = dict(zip((entry.seq for entry in chosen), (step.effects for step in then[1:]), strict=True))
        if other := [entry for entry in later if does[entry.seq] != did[entry.seq]]:
            raise RestsOn(line.entries[seq], other)
        codes = line.entries[seq].effects.codes
        return Effects(difference(now[-1].plan, then[-1].plan), codes)


def _act(line: Line, user: User, kind: Kind, refers: int | None) -> Entry:
    """The action that is undone, redone or taken back."""
    if kind is Kind.TAKE_BACK:
        if refers not in line.done:
            raise Unknown("operation in force with number", refers)
        return line.entries[refers]
    act = line.undoable(user.name) if kind is Kind.UNDO else line.to_redo(user.name)
    if act is None:
        raise NothingToUndo(user.name) if kind is Kind.UNDO else NothingToRedo(user.name)
    return act


def _resting(entry: Entry, later: list[Entry]) -> list[Entry]:
    """Of the later entries those on the same blocks or in the same neighbourhoods; all of them if none is."""
    blocks = entry.effects.blocks
    codes = {code for pair in blocks.values() for code in pair}
    near = [
        other for other in later
        if blocks.keys() & other.effects.blocks.keys()
        or codes & {code for pair in other.effects.blocks.values() for code in pair}
    ]  # fmt: skip
    return near or later


def _versions(
    mine: Effects, theirs: Mapping[int, tuple[str | None, str | None]], since: list[Entry]
) -> list[BlockConflict]:
    """Both versions of the blocks that both changed, and who gave them theirs."""
    found = []
    for block in sorted(theirs.keys() & mine.blocks.keys()):
        last = next(entry for entry in reversed(since) if block in entry.effects.blocks)
        base, other = theirs[block]
        found.append(BlockConflict(block, base, mine.blocks[block][1], other, last.user.name, last.seq))
    return found


def _known(connection: Connection, key: str) -> Entry | None:
    row = connection.execute(sa.select(tables.entry).where(tables.entry.c.id == key)).mappings().first()
    return None if row is None else entry_of(row)


def _same(known: Entry, draft: str, user: User, kind: Kind, operation: Operation | None = None) -> Entry:
    """The entry stored under this id before, if it is the same thing."""
    if (known.draft, known.user.name, known.kind, known.operation) != (draft, user.name, kind, operation):
        raise IdReused(known.id)
    return known
