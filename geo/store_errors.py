"""Every error of the edition store.

StoreError                what went wrong, why, what to do next
├── NotAllowed            the user's role may not do this
├── OwnSubmission         the approver is the one who submitted
├── Unknown               there is no such edition, draft, entry or step
├── WrongState            the draft is not in a state in which this can be done
├── ConflictError         another planner changed the same blocks, or both changes together would not be sound
├── NothingToUndo         this user has nothing (left) to undo in the draft
├── NothingToRedo         this user has nothing to redo in the draft
├── RestsOn               an operation can't be taken back because later ones rest on it
├── IdReused              one id was given to two different things
├── BaseOutdated          another edition was published since; the draft must be put on it first
├── RebaseConflict        draft and new edition give the same blocks to different neighbourhoods
├── LayerUnsound          the boundaries of a draft have gaps, overlaps or pieces
├── StepIncomplete        a step of the procedure lacks what it needs
├── EditionTaken          an edition of this name is in the store with another content
├── StoreNotEmpty         a history is read into an empty store only
└── HistoryBroken         a line of a history can't be read
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.operations import Operation
    from geo.plans import PlanRefused
    from geo.store_records import Entry, State, User


class StoreError(Exception):
    """An error that says what, why and what to do next."""

    def __init__(self, what: str, *, reason: str, next_step: str) -> None:
        super().__init__(f"{what}: {reason}. {next_step}")
        self.what, self.reason, self.next_step = what, reason, next_step


class NotAllowed(StoreError):
    """The role of `user` does not include `action`; `needed` are the roles that do."""

    def __init__(self, user: User, action: str, needed: Collection[str]) -> None:
        self.user, self.action, self.role, self.needed = user, action, str(user.role), ", ".join(sorted(needed))
        super().__init__(
            f"{user.name} may not {action} here", reason=f"his role is {user.role}",
            next_step=f"Let somebody do it whose role is {' or '.join(sorted(needed))}.",
        )  # fmt: skip


class OwnSubmission(StoreError):
    """Who submitted a draft can't approve it."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            "The draft cannot be approved", reason=f"{name} submitted it, and nobody approves his own",
            next_step="Let another approver decide.",
        )  # fmt: skip


class Unknown(StoreError):
    """`kind` (edition, draft, entry, step, attachment) has none called `name`."""

    def __init__(self, kind: str, name: object) -> None:
        self.kind, self.name = kind, str(name)
        super().__init__(
            f"There is no {kind} {name}", reason="the store does not hold it",
            next_step="Go back to the list and choose one that is there.",
        )  # fmt: skip


class WrongState(StoreError):
    """The draft is in `state`; the action asks for one of `wanted`."""

    def __init__(self, action: str, state: State, wanted: Collection[str]) -> None:
        self.action, self.state, self.wanted = action, str(state), ", ".join(sorted(wanted))
        super().__init__(
            f"The draft cannot be {action}", reason=f"it is {state}",
            next_step=f"This is done with a draft that is {' or '.join(sorted(wanted))}; look at its history.",
        )  # fmt: skip


@dataclass(frozen=True)
class BlockConflict:
    """One block in two versions: neighbourhood where both began, in mine and in theirs (None: the block is not there).

    `by` and `entry` name who gave it theirs, and with which entry.
    """

    block: int
    base: str | None
    mine: str | None
    theirs: str | None
    by: str
    entry: int


class ConflictError(StoreError):
    """Another planner was quicker: with what the page needs to let one choose.

    `operation`: mine, not stored. `mine`, `theirs`: the names. `blocks`: both versions of every block concerned.
    `entries`: theirs since `expect`. `refusal`: set when both changes touch different blocks and are unsound together.
    To keep theirs do nothing; to take mine append the operation again with `expect=head`.
    """

    def __init__(
        self,
        operation: Operation,
        mine: str,
        blocks: Iterable[BlockConflict],
        entries: Sequence[Entry],
        refusal: PlanRefused | None = None,
    ) -> None:
        self.operation, self.mine, self.refusal = operation, mine, refusal
        self.blocks, self.entries = tuple(blocks), tuple(entries)
        concerned = {conflict.by for conflict in self.blocks} or {entry.user.name for entry in entries}
        self.theirs = ", ".join(sorted(concerned))
        self.head = entries[-1].seq
        why = f"both changed blocks {', '.join(str(b.block) for b in self.blocks[:5])}"
        if not self.blocks:
            why = f"together with the other change it would not be sound ({refusal})" if refusal else "it comes to less"
        super().__init__(
            f"{self.theirs} changed the draft before {mine}", reason=why,
            next_step="Look at both versions and choose one.",
        )  # fmt: skip


class NothingToUndo(StoreError):
    """Nothing that the user has done in the draft is in force (any more)."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            "There is nothing to undo", reason=f"no change by {name} is in force in this draft",
            next_step="Take back an operation of another planner from the list instead.",
        )  # fmt: skip


class NothingToRedo(StoreError):
    """The user has undone nothing since his last change."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            "There is nothing to redo", reason=f"{name} has undone nothing since the last change",
            next_step="Make the change again.",
        )  # fmt: skip


class RestsOn(StoreError):
    """Entry `entry` can't go (or come back): `later` entries would do something else, or could not be done at all."""

    def __init__(self, entry: Entry, later: Sequence[Entry]) -> None:
        self.entry, self.later = entry.seq, tuple(later)
        self.entries = ", ".join(f"{e.seq} ({e.user.name})" for e in later)
        super().__init__(
            f"Operation {entry.seq} cannot be taken back alone", reason=f"later ones rest on it: {self.entries}",
            next_step="Take those back first, the last one first.",
        )  # fmt: skip


class IdReused(StoreError):
    """A client gave the id of something stored to something else."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"The id {name} is taken", reason="something else was stored under it",
            next_step="Reload the page and try again.",
        )  # fmt: skip


class BaseOutdated(StoreError):
    """The draft stands on edition `base`, and `newest` has been published since."""

    def __init__(self, base: str, newest: str) -> None:
        self.base, self.newest = base, newest
        super().__init__(
            f"The draft stands on edition {base}", reason=f"edition {newest} has been published since",
            next_step=f"Put the draft on edition {newest} first.",
        )  # fmt: skip


class LayerUnsound(StoreError):
    """The boundaries of a draft are not sound as a layer; `why` says how."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(
            "The draft cannot be handed in",
            reason=why,
            next_step="Take back the last changes and try again.",
        )


class RebaseConflict(StoreError):
    """A draft can't be put on an edition without choices: `blocks` in two versions (`theirs` is the edition's).

    `refusal` is set when every block is decided and the outcome would still not be sound.
    """

    def __init__(self, edition: str, blocks: Iterable[BlockConflict], refusal: PlanRefused | None = None) -> None:
        self.edition, self.blocks, self.refusal = edition, tuple(blocks), refusal
        self.count = len(self.blocks)
        why = f"{self.count} blocks were given to different neighbourhoods"
        if refusal is not None:
            why = f"the outcome would not be sound ({refusal})"
        super().__init__(
            f"The draft cannot be put on edition {edition} as it is", reason=why,
            next_step="Choose the draft's or the edition's version of each block.",
        )  # fmt: skip


class StepIncomplete(StoreError):
    """A step of the procedure lacks `field`, or it holds something that can't be."""

    def __init__(self, step: str, field: str, why: str) -> None:
        self.step, self.field, self.why = step, field, why
        super().__init__(f"The step {step} cannot be recorded", reason=why, next_step=f"Correct the field {field}.")


class EditionTaken(StoreError):
    """The store holds an edition of this name with other boundaries."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"Edition {name} is in the store already", reason="with other boundaries than these",
            next_step="Keep the boundaries in force, or publish the new ones as a draft.",
        )  # fmt: skip


class StoreNotEmpty(StoreError):
    """A history can only be read into a store that holds nothing."""

    def __init__(self) -> None:
        super().__init__(
            "The history cannot be read into this store", reason="it holds editions or drafts already",
            next_step="Name an empty database in DATABASE_URL, or move the file away.",
        )  # fmt: skip


class HistoryBroken(StoreError):
    """Line `line` of a history is not what it should be; nothing of it was stored."""

    def __init__(self, line: int, why: Any) -> None:
        self.line, self.why = line, str(why)
        super().__init__(
            f"Line {line} of the history cannot be read", reason=self.why,
            next_step="Export the history again; nothing was stored.",
        )  # fmt: skip
