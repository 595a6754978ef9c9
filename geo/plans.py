"""Plans: an edition as a table block -> neighbourhood, changed by operations that keep it sound and can be undone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
import shapely

from geo import plans_repair
from geo.operations import Draw as Draw
from geo.operations import Merge as Merge
from geo.operations import Move as Move
from geo.plans_ground import Ground
from geo.topology import touched_faults

Operation = Move | Merge | Draw


class Reason(StrEnum):
    """Why an operation was refused."""

    UNKNOWN_BLOCK = "unknown_block"
    UNKNOWN_NEIGHBOURHOOD = "unknown_neighbourhood"
    NO_NEIGHBOURHOOD = "no_neighbourhood"
    OTHER_COMMUNITY = "other_community"
    NOTHING_CHANGES = "nothing_changes"
    EMPTIED = "emptied"
    DISCONNECTED = "disconnected"
    NO_AREA = "no_area"
    NOTHING_INSIDE = "nothing_inside"
    NO_HEIR = "no_heir"
    NOTHING_TO_UNDO = "nothing_to_undo"


SENTENCES: Mapping[Reason, str] = {
    Reason.UNKNOWN_BLOCK: "There is no block {blocks}; choose blocks of this place.",
    Reason.UNKNOWN_NEIGHBOURHOOD: "There is no neighbourhood {codes} in this plan; choose one that is.",
    Reason.NO_NEIGHBOURHOOD: "Blocks {blocks} would have no neighbourhood; every block needs one.",
    Reason.OTHER_COMMUNITY: "Blocks {blocks} would leave their community for {codes}; choose blocks of one community.",
    Reason.NOTHING_CHANGES: "Nothing changes: {codes} has these blocks already; choose others.",
    Reason.EMPTIED: "Neighbourhood {codes} would lose its last block; leave it one, or merge it.",
    Reason.DISCONNECTED: "Neighbourhood {codes} would be in pieces (blocks {blocks}); add or spare what joins them.",
    Reason.NO_AREA: "The drawing for {codes} encloses no area; draw around at least one block.",
    Reason.NOTHING_INSIDE: "No block of the community of {codes} lies mostly in the drawing; draw around one.",
    Reason.NO_HEIR: "The drawing leaves blocks of {codes} that no other neighbourhood touches; draw around them too.",
    Reason.NOTHING_TO_UNDO: "This is the first plan; there is nothing to undo.",
}


class PlanRefused(ValueError):
    """An operation that would break the plan: why, where, and the smallest repair found.

    `neighbourhoods`, `blocks`: what is concerned (of pieces: all but the largest). `repair`: operations that do about
    the same soundly, to be applied instead, one after the other; () if none was found.
    """

    def __init__(self, reason: Reason, neighbourhoods: Iterable[str] = (), blocks: Iterable[int] = ()) -> None:
        self.reason = reason
        self.neighbourhoods = tuple(sorted(neighbourhoods))
        self.blocks = tuple(sorted(blocks))
        self.repair: tuple[Operation, ...] = ()
        some = ", ".join(map(str, self.blocks[:5])) + (", …" if len(self.blocks) > 5 else "")
        super().__init__(SENTENCES[reason].format(codes=", ".join(self.neighbourhoods), blocks=some))


@dataclass(frozen=True, eq=False)
class Plan:
    """An edition that never changes: every operation returns a new plan that remembers this one as its parent.

    Always true of a plan: every block has one neighbourhood, of its own community, in one piece by contact.
    `homes`: community -> block_id -> code; communities that an operation did not touch are shared with the parent.
    """

    ground: Ground
    homes: Mapping[str, plans_repair.Home]
    parent: Plan | None = None
    operation: Operation | None = None

    @classmethod
    def start(cls, ground: Ground, assignment: pd.Series) -> Plan:
        """The first plan, of an edition (block_id -> code). Raises PlanRefused if that is not sound."""
        codes = assignment.dropna().astype(str)
        missing = set(ground.community) - set(codes.index)
        if missing:
            raise PlanRefused(Reason.NO_NEIGHBOURHOOD, blocks=missing)
        at = codes.to_dict()
        homes = {
            community: {block: at[block] for block in rows["block_id"].to_list()}
            for community, rows in ground.by_community.items()
        }
        for community, home in homes.items():
            check(ground, community, home, set(home.values()))
        return cls(ground, homes)

    @property
    def assignment(self) -> pd.Series:
        """The edition as a table: block_id -> code, sorted by block."""
        at = {block: code for home in self.homes.values() for block, code in home.items()}
        return pd.Series(at, dtype=object, name="neighbourhood").rename_axis("block_id").sort_index()

    @property
    def history(self) -> list[Operation]:
        """Operations since the first plan, oldest first."""
        return [plan.operation for plan in reversed(list(self._line())) if plan.operation is not None]

    @property
    def changes(self) -> dict[int, tuple[str, str]]:
        """What the last operation did: block -> (neighbourhood before, after)."""
        if self.parent is None:
            return {}
        return {
            block: (self.parent.homes[community][block], code)
            for community, home in self.homes.items()
            if home is not self.parent.homes[community]
            for block, code in home.items()
            if code != self.parent.homes[community][block]
        }

    def _line(self) -> Iterator[Plan]:
        plan: Plan | None = self
        while plan is not None:
            yield plan
            plan = plan.parent

    def members(self, code: str) -> set[int]:
        """Blocks of one neighbourhood (none if there is no such)."""
        return plans_repair.members(self.homes.get(code[:12], {}), code)

    def polygon(self, code: str) -> shapely.Geometry:
        """Outline of one neighbourhood: the union of its blocks, vertex by vertex. Raises PlanRefused if unknown."""
        self._home_of(code)
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
            return self._apply(operation)
        except PlanRefused as refusal:
            refusal.repair = self._smallest(operation, refusal)
            raise

    def _apply(self, operation: Operation) -> Plan:
        match operation:
            case Move():
                return self._moved(operation)
            case Merge():
                return self._merged(operation)
            case Draw():
                return self._drawn(operation)

    def _home_of(self, *codes: str) -> plans_repair.Home:
        unknown = [code for code in codes if not self.members(code)]
        if unknown:
            raise PlanRefused(Reason.UNKNOWN_NEIGHBOURHOOD, unknown)
        return self.homes[codes[0][:12]]

    def _moved(self, operation: Move) -> Plan:
        home = self._home_of(operation.to)
        unknown = operation.blocks - self.ground.community.keys()
        if unknown:
            raise PlanRefused(Reason.UNKNOWN_BLOCK, blocks=unknown)
        if operation.blocks - home.keys():
            raise PlanRefused(Reason.OTHER_COMMUNITY, [operation.to], operation.blocks - home.keys())
        return self._with(operation, operation.to, {**home, **dict.fromkeys(operation.blocks, operation.to)})

    def _merged(self, operation: Merge) -> Plan:
        kept, retired = operation.kept, operation.retired
        home = self._home_of(kept, retired)
        if kept[:12] != retired[:12]:
            raise PlanRefused(Reason.OTHER_COMMUNITY, [kept], self.members(retired))
        after = {**home, **dict.fromkeys(self.members(retired), kept)}
        return self._with(operation, kept, after, ends=(retired,))

    def _drawn(self, operation: Draw) -> Plan:
        code = operation.neighbourhood
        home = self._home_of(code)
        inside = self.ground.shares(code[:12], drawn_area(operation))
        wanted = {block for block, share in inside.items() if share > 0.5}
        if not wanted:
            raise PlanRefused(Reason.NOTHING_INSIDE, [code])
        after = plans_repair.redrawn(self.ground, home, wanted, code)
        if after is None:
            raise PlanRefused(Reason.NO_HEIR, [code])
        return self._with(operation, code, {block: after[block] for block in home})

    def _with(self, operation: Operation, code: str, after: plans_repair.Home, ends: Collection[str] = ()) -> Plan:
        community = code[:12]
        home = self.homes[community]
        changed = [block for block in home if home[block] != after[block]]
        if not changed:
            raise PlanRefused(Reason.NOTHING_CHANGES, [code])
        touched = {home[block] for block in changed} | {after[block] for block in changed}
        check(self.ground, community, after, touched.difference(ends))
        return Plan(self.ground, {**self.homes, community: after}, self, operation)

    def _smallest(self, operation: Operation, refusal: PlanRefused) -> tuple[Operation, ...]:
        """Of the ways around a refusal that work, the one that differs least from what was asked for."""
        wish = self._wish(operation)
        best: tuple[int, tuple[Operation, ...]] | None = None
        for way in self._ways(operation, refusal):
            try:
                plan = self
                for step in way:
                    plan = plan._apply(step)
            except PlanRefused:
                continue
            off = sum(home[b] != wish.get(b, self.homes[c][b]) for c, home in plan.homes.items() for b in home)
            if best is None or off < best[0]:
                best = (off, way)
        return best[1] if best else ()

    def _wish(self, operation: Operation) -> dict[int, str]:
        match operation:
            case Move(blocks, to):
                return dict.fromkeys(blocks, to)
            case Merge(kept, retired):
                return dict.fromkeys(self.members(retired), kept)
            case Draw():
                return {}

    def _ways(self, operation: Operation, refusal: PlanRefused) -> Iterator[tuple[Operation, ...]]:
        """Operations that may do instead of a refused one."""
        match operation:
            case Move(blocks, to) if self.members(to):
                yield from self._ways_to_move(blocks & self.homes[to[:12]].keys(), to, refusal)
            case Merge(kept, retired) if refusal.reason == Reason.DISCONNECTED:
                home, own = self.homes[kept[:12]], self.members(kept)
                between = self.ground.path(own, self.members(retired), set(home) - own) or []
                joining = plans_repair.grown(self.ground, home, between, kept)
                if joining:
                    yield Move(frozenset(joining), kept), operation
            case Draw(_, code) if refusal.reason == Reason.EMPTIED:
                yield *(Merge(code, other) for other in refusal.neighbourhoods), operation
            case _:
                return

    def _ways_to_move(self, blocks: frozenset[int], to: str, refusal: PlanRefused) -> Iterator[tuple[Operation, ...]]:
        home = self.homes[to[:12]]
        if refusal.reason in (Reason.OTHER_COMMUNITY, Reason.UNKNOWN_BLOCK):
            yield (Move(blocks, to),)
        for chosen in (
            plans_repair.grown(self.ground, home, blocks, to),
            plans_repair.given_back(self.ground, home, blocks, to),
        ):
            if chosen:
                yield (Move(frozenset(chosen), to),)
        if refusal.reason == Reason.EMPTIED:
            ended = refusal.neighbourhoods
            rest = frozenset(block for block in blocks if home[block] not in {*ended, to})
            yield *(Merge(to, other) for other in ended), *([Move(rest, to)] if rest else [])


def check(ground: Ground, community: str, home: plans_repair.Home, codes: Collection[str]) -> None:
    """Raise PlanRefused unless these neighbourhoods have blocks, of their community only, in one piece."""
    at = pd.Series(home, dtype=object)
    faults = touched_faults(ground.contacts, ground.by_community[community], at, sorted(codes))
    emptied = [code for code, pieces in faults.items() if not pieces]
    if emptied:
        raise PlanRefused(Reason.EMPTIED, emptied)
    strays = [code for code in faults if code[:12] != community]
    if strays:
        raise PlanRefused(Reason.OTHER_COMMUNITY, strays, at.index[at.isin(strays)].to_list())
    if faults:
        cut_off = [block for pieces in faults.values() for piece in pieces[1:] for block in piece]
        raise PlanRefused(Reason.DISCONNECTED, faults, cut_off)


def drawn_area(operation: Draw) -> shapely.Geometry:
    """The drawing as valid polygons (a line that crosses itself encloses what lies on either side)."""
    polygon = operation.polygon
    finite = polygon is not None and bool(np.isfinite(shapely.get_coordinates(polygon)).all())
    sound = shapely.make_valid(polygon) if finite else None
    if sound is None or shapely.get_dimensions(polygon) != 2 or not shapely.area(sound) > 0:
        raise PlanRefused(Reason.NO_AREA, [operation.neighbourhood])
    return sound


def replay(plan: Plan, operations: Iterable[Operation]) -> Plan:
    """The plan after several operations. Raises PlanRefused at the first that does not fit."""
    for operation in operations:
        plan = plan.apply(operation)
    return plan
