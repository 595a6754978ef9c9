"""From a draft's line to its plan: operations replayed over the edition, with every step kept for a while.

A plan follows from the edition and the operations in force alone, so what was replayed once holds for ever and in every
process; the steps kept make doing, undoing and redoing cost one operation, not the whole draft.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from threading import RLock
from typing import NamedTuple

from geo.operations import Batch, Operation, Rename
from geo.plans import Plan
from geo.store_line import Line
from geo.store_records import Effects, Entry

KEPT = 2000
PlanOf = Callable[[str], Plan]
"""The first plan on an edition, by its id; the caller keeps it, for it is asked for often."""


class Replayed(NamedTuple):
    """A plan, and what its last operation did."""

    plan: Plan
    effects: Effects


class Plans:
    """Replays lines; safe to share between threads."""

    def __init__(self, plan_of: PlanOf) -> None:
        self._plan_of = plan_of
        self._kept: OrderedDict[bytes, Replayed] = OrderedDict()
        self._lock = RLock()

    def of(self, line: Line) -> Plan:
        """The plan of a line as it stands. Raises PlanRefused if the log was not written through the store."""
        return self.replay(line.base, line.in_force)[-1].plan

    def replay(self, base: str, entries: Collection[Entry]) -> list[Replayed]:
        """The plan on the edition, then after each of the entries. Raises PlanRefused at the first that doesn't fit."""
        steps = [Replayed(self._plan_of(base), Effects())]
        with self._lock:
            for key, entry in zip(_keys(base, entries), entries, strict=True):
                steps.append(self._step(key, steps[-1].plan, entry))
        return steps

    def _step(self, key: bytes, plan: Plan, entry: Entry) -> Replayed:
        found = self._kept.get(key)
        if found is None:
            assert entry.operation is not None
            found = self._kept[key] = done(plan, entry.operation)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return found


def _keys(base: str, entries: Iterable[Entry]) -> Iterable[bytes]:
    digest = hashlib.blake2b(base.encode(), digest_size=16)
    for entry in entries:
        digest.update(f" {entry.id}".encode())
        yield digest.digest()


def done(plan: Plan, operation: Operation) -> Replayed:
    """The plan after an operation, and what that did. Raises PlanRefused."""
    after = plan.apply(operation)
    return Replayed(after, Effects(difference(plan, after), renamed(operation)))


def difference(before: Plan, after: Plan) -> dict[int, tuple[str | None, str | None]]:
    """Block -> (neighbourhood before, after) where they differ; None where a plan has no such block."""
    changed = [c for c in {**before.homes, **after.homes} if before.homes.get(c) is not after.homes.get(c)]
    old = {block: code for c in changed for block, code in before.homes.get(c, {}).items()}
    new = {block: code for c in changed for block, code in after.homes.get(c, {}).items()}
    return {b: (old.get(b), new.get(b)) for b in sorted(old.keys() | new.keys()) if old.get(b) != new.get(b)}


def renamed(operation: Operation) -> frozenset[str]:
    """Codes of the neighbourhoods that an operation gives a name."""
    match operation:
        case Rename(code=code):
            return frozenset({code})
        case Batch(steps=steps):
            return frozenset().union(*(renamed(step) for step in steps))
        case _:
            return frozenset()
