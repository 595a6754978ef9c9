"""Plans: an edition as a table block -> neighbourhood, changed by operations that keep it sound and can be undone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

import pandas as pd
import shapely

from geo import plans_checks, plans_limits, plans_ways
from geo.operations import Draw as Draw
from geo.operations import Merge as Merge
from geo.operations import Move as Move
from geo.operations import Operation as Operation
from geo.plans_ground import Ground
from geo.plans_limits import Limits
from geo.plans_steps import State, plain, stepped
from geo.refusals import PlanRefused as PlanRefused
from geo.refusals import Reason as Reason


@dataclass(frozen=True, eq=False, repr=False)
class Plan(State):
    """An edition that never changes: every operation returns a new plan that remembers this one as its parent.

    Always true of a plan: every block has one neighbourhood, of its own community, in one piece by contact, and no
    operation shut one in. `limits`: what else is watched or, where the district says so, refused.
    """

    parent: Self | None = None
    operation: Operation | None = None
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def start(
        cls, ground: Ground, assignment: pd.Series, *, ended: Iterable[str] = (), limits: Limits | None = None
    ) -> Plan:
        """The first plan, of an edition (block_id -> code). `ended`: codes retired in earlier editions.

        Raises PlanRefused if the edition is not sound.
        """
        codes = assignment.dropna().astype(str)
        missing = set(ground.community) - set(codes.index)
        if missing:
            raise PlanRefused(Reason.NO_NEIGHBOURHOOD, blocks=missing)
        at = codes.to_dict()
        homes = {
            community: {block: at[block] for block in sorted(blocks)} for community, blocks in ground.members.items()
        }
        plan = cls(ground, homes, ended=frozenset(ended), limits=limits or Limits())
        plans_checks.check_nesting(plan)
        for home in homes.values():
            plans_checks.check(plan, set(home.values()))
        return plan

    def __repr__(self) -> str:
        return f"<Plan of {len(self.ground.shape)} blocks in {len(self.codes)} neighbourhoods>"

    @property
    def assignment(self) -> pd.Series:
        """The edition as a table: block_id -> code, sorted by block."""
        at = {block: code for home in self.homes.values() for block, code in home.items()}
        return pd.Series(at, dtype=object, name="neighbourhood").rename_axis("block_id").sort_index()

    @property
    def codes(self) -> list[str]:
        """All neighbourhoods, sorted."""
        return sorted({code for home in self.homes.values() for code in home.values()})

    @property
    def base(self) -> Plan:
        """The first plan of this line."""
        *_, first = self._line()
        return first

    @property
    def history(self) -> list[Operation]:
        """Operations since the first plan, oldest first."""
        return [plan.operation for plan in reversed(list(self._line())) if plan.operation is not None]

    @property
    def changes(self) -> dict[int, tuple[str, str]]:
        """What the last operation did: block -> (neighbourhood before, after)."""
        return {} if self.parent is None else plans_checks.differences(self.parent, self)

    def _line(self) -> Iterator[Plan]:
        plan: Plan | None = self
        while plan is not None:
            yield plan
            plan = plan.parent

    def polygon(self, code: str) -> shapely.Geometry:
        """Outline of one neighbourhood: the union of its blocks, vertex by vertex. Raises PlanRefused if unknown."""
        self.home_of(code)
        return shapely.coverage_union_all([self.ground.shape[block] for block in sorted(self.members(code))])

    def move(self, blocks: Iterable[int], to: str) -> Plan:
        """Give blocks to a neighbourhood. Raises PlanRefused."""
        return self.apply(Move(frozenset(int(block) for block in blocks), to))

    def merge(self, kept: str, retired: str) -> Plan:
        """Join two neighbourhoods that touch; the first keeps its code. Raises PlanRefused."""
        return self.apply(Merge(kept, retired))

    def draw(self, polygon: shapely.Geometry, neighbourhood: str) -> Plan:
        """Let a neighbourhood be the blocks mostly inside a free-hand polygon, repaired so that all stay in one piece.

        Only its community is touched. Of a drawing in several parts the one with most households counts; holes that no
        other neighbourhood touches are filled. Raises PlanRefused.
        """
        return self.apply(Draw(polygon, neighbourhood))

    def undo(self) -> Plan:
        """The plan before the last operation. Raises PlanRefused on the first plan."""
        if self.parent is None:
            raise PlanRefused(Reason.NOTHING_TO_UNDO)
        return self.parent

    def apply(self, operation: Operation) -> Plan:
        """The plan after an operation; a refusal carries the smallest repair found. Raises PlanRefused."""
        try:
            return self.attempt(operation)
        except PlanRefused as refusal:
            refusal.repair = plans_ways.smallest(self, operation, refusal)
            raise

    def attempt(self, operation: Operation) -> Plan:
        """The same without looking for a repair, quicker where many are tried. Raises PlanRefused."""
        after = stepped(operation, plain(self))
        plans_checks.check_change(self, after)
        plans_limits.check_limits(self, after, self.limits)
        return Plan(
            after.ground, after.homes, after.names, after.ended, parent=self, operation=operation, limits=self.limits
        )

    def next_code(self, community: str, taken: Collection[str] = ()) -> str:
        """The first code of a community after all that were ever used (then any free one). Raises PlanRefused."""
        used = {code for code in (*self.codes, *self.ended, *taken) if code[:12] == community}
        last = max((int(code[12:]) for code in used if code[12:].isdigit()), default=0)
        serials = (*range(last + 1, 1000), *range(1, last + 1))
        free = next((f"{community}{i:03d}" for i in serials if f"{community}{i:03d}" not in used), None)
        if free is None or community not in self.homes:
            raise PlanRefused(Reason.CODE_UNFIT, [community])
        return free


def replay(plan: Plan, operations: Iterable[Operation]) -> Plan:
    """The plan after several operations. Raises PlanRefused at the first that does not fit."""
    for operation in operations:
        plan = plan.apply(operation)
    return plan
