"""The line of a draft: which of its operations are in force after all that was done, undone, redone and taken back.

Undo and redo are each user's own: what a colleague did meanwhile stays. Both follow from the log alone, so they are
without limit, survive a reload and go on from another computer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from geo.store_records import Entry, Kind


@dataclass(frozen=True)
class Line:
    """`done`: seq of the operations in force. `acts`, `redoable`: by user the seq of actions, the last one last.

    An action is an operation done or taken back. `founded_on`: the edition the draft began with; `base`: the one under
    what is in force now; `entries` by seq.
    """

    founded_on: str
    base: str
    entries: Mapping[int, Entry] = field(default_factory=dict)
    done: frozenset[int] = frozenset()
    acts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    redoable: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def begin(cls, edition: str) -> Line:
        """The line of a new draft on an edition."""
        return cls(edition, edition)

    @property
    def head(self) -> int:
        """Seq of the last entry, 0 if there is none."""
        return len(self.entries)

    @property
    def in_force(self) -> list[Entry]:
        """Entries whose operations make the plan, in order."""
        return [self.entries[seq] for seq in sorted(self.done)]

    def after(self, entries: Iterable[Entry]) -> Line:
        """The line with more entries at its end."""
        line, known = self, dict(self.entries)
        for entry in entries:
            known[entry.seq] = entry
            line = replace(line, entries=known)._with(entry)
        return line

    def at(self, seq: int) -> Line:
        """The line as it was when entry `seq` was the last one."""
        return Line.begin(self.founded_on).after(entry for entry in self.entries.values() if entry.seq <= seq)

    def undoable(self, user: str) -> Entry | None:
        """The user's last action that is in effect: what undo would undo."""
        acts = (self.entries[seq] for seq in reversed(self.acts.get(user, ())))
        return next((act for act in acts if self._in_effect(act)), None)

    def to_redo(self, user: str) -> Entry | None:
        """What redo would do again: the user's last undone action, unless somebody else has done it already."""
        acts = (self.entries[seq] for seq in reversed(self.redoable.get(user, ())))
        return next((act for act in acts if not self._in_effect(act)), None)

    def without(self, entry: Entry) -> frozenset[int]:
        """The operations in force if this action had no effect."""
        return self._set(entry, effective=False)

    def again(self, entry: Entry) -> frozenset[int]:
        """The operations in force if this action had its effect."""
        return self._set(entry, effective=True)

    def _in_effect(self, act: Entry) -> bool:
        return (act.seq in self.done) if act.kind is Kind.DO else (act.refers not in self.done)

    def _set(self, act: Entry, *, effective: bool) -> frozenset[int]:
        if act.kind is Kind.DO:
            return self.done | {act.seq} if effective else self.done - {act.seq}
        assert act.refers is not None
        return self.done - {act.refers} if effective else self.done | {act.refers}

    def _with(self, entry: Entry) -> Line:
        grown, name = self, entry.user.name
        match entry.kind:
            case Kind.REBASE:
                return replace(grown, base=str(entry.base), done=frozenset(), acts={}, redoable={})
            case Kind.DO | Kind.TAKE_BACK:
                acts = {**self.acts, name: (*self.acts.get(name, ()), entry.seq)}
                return replace(grown, done=self.again(entry), acts=acts, redoable={**self.redoable, name: ()})
            case Kind.UNDO:
                act = self._referred(entry)
                return replace(
                    grown, done=self.without(act),
                    acts={**self.acts, name: _dropped(self.acts.get(name, ()), act.seq)},
                    redoable={**self.redoable, name: (*self.redoable.get(name, ()), act.seq)},
                )  # fmt: skip
            case Kind.REDO:
                act = self._referred(entry)
                return replace(
                    grown, done=self.again(act),
                    acts={**self.acts, name: (*self.acts.get(name, ()), act.seq)},
                    redoable={**self.redoable, name: _dropped(self.redoable.get(name, ()), act.seq)},
                )  # fmt: skip

    def _referred(self, entry: Entry) -> Entry:
        assert entry.refers is not None
        return self.entries[entry.refers]


def _dropped(acts: tuple[int, ...], seq: int) -> tuple[int, ...]:
    return tuple(act for act in acts if act != seq)
