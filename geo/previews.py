"""Previews: what an operation would do to every neighbourhood concerned, before anybody commits it."""

from __future__ import annotations

from dataclasses import dataclass

from geo.operations import Operation
from geo.plans import Plan
from geo.plans_checks import differences, touched
from geo.plans_figures import Figures, figures
from geo.plans_limits import Warned, warnings


@dataclass(frozen=True)
class Change:
    """One neighbourhood concerned: figures before (None: it is new) and after (None: it ends)."""

    code: str
    before: Figures | None
    after: Figures | None


@dataclass(frozen=True)
class Preview:
    """An operation that would be sound: the plan it leads to, and what changes.

    `moved`: block -> (neighbourhood before, after). `households`, `people`, `buildings`: what moves in them. `warnings`
    only ask for a reason. Committing is taking `plan`, or storing `operation`.
    """

    operation: Operation
    plan: Plan
    changes: tuple[Change, ...]
    moved: dict[int, tuple[str, str]]
    households: int
    people: int
    buildings: int
    warnings: tuple[Warned, ...]

    @property
    def asks_reason(self) -> bool:
        """Whether the planner is to be asked why."""
        return bool(self.warnings)


def preview(plan: Plan, operation: Operation) -> Preview:
    """What an operation would do (a few milliseconds; the plan stays as it is). Raises PlanRefused with a repair.

    Show `changes` as before -> after, `warnings` as questions; to commit, store `operation` and show `plan`.
    """
    after = plan.apply(operation)
    return compare(plan, after, operation)


def compare(before: Plan, after: Plan, operation: Operation) -> Preview:
    """The preview of an operation whose result is known."""
    moved = differences(before, after)
    counts = [after.ground.counts(block) for block in moved]
    kinds = dict(after.limits.kinds)
    codes = touched(before, after) | {code for code in after.names if after.names[code] != before.names.get(code)}
    return Preview(
        operation=operation,
        plan=after,
        changes=tuple(
            Change(
                code,
                figures(before, code, kinds) if before.members(code) else None,
                figures(after, code, kinds) if after.members(code) else None,
            )
            for code in sorted(codes)
        ),
        moved=moved,
        households=sum(count.households for count in counts),
        people=sum(count.people for count in counts),
        buildings=sum(count.buildings for count in counts),
        warnings=warnings(before, after, after.limits),
    )
