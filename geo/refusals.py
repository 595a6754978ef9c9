"""Why an operation was refused, in a sentence and as data, with the smallest repair found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from geo.operations import Operation


class Reason(StrEnum):
    """Why an operation was refused."""

    UNKNOWN_BLOCK = "unknown_block"
    UNKNOWN_NEIGHBOURHOOD = "unknown_neighbourhood"
    NO_NEIGHBOURHOOD = "no_neighbourhood"
    OTHER_COMMUNITY = "other_community"
    SAME_COMMUNITY = "same_community"
    NOTHING_CHANGES = "nothing_changes"
    EMPTIED = "emptied"
    DISCONNECTED = "disconnected"
    ENCLAVE = "enclave"
    NOT_NEIGHBOURS = "not_neighbours"
    NO_AREA = "no_area"
    NOTHING_INSIDE = "nothing_inside"
    NO_HEIR = "no_heir"
    NOT_ACROSS = "not_across"
    NOT_ACROSS_BLOCKS = "not_across_blocks"
    THIN = "thin"
    WRONG_COUNTS = "wrong_counts"
    CODE_TAKEN = "code_taken"
    CODE_UNFIT = "code_unfit"
    NO_NAME = "no_name"
    NO_REASON = "no_reason"
    HARD_LIMIT = "hard_limit"
    INVALID = "invalid"
    GAP = "gap"
    OVERLAP = "overlap"
    NOTHING_TO_UNDO = "nothing_to_undo"


SENTENCES: Mapping[Reason, str] = {
    Reason.UNKNOWN_BLOCK: "There is no block {blocks}; choose blocks of this place.",
    Reason.UNKNOWN_NEIGHBOURHOOD: "There is no neighbourhood {codes} in this plan; choose one that is.",
    Reason.NO_NEIGHBOURHOOD: "Blocks {blocks} would have no neighbourhood; every block needs one.",
    Reason.OTHER_COMMUNITY: "Blocks {blocks} would leave their community for {codes}; choose blocks of one community.",
    Reason.SAME_COMMUNITY: "Blocks {blocks} are of the community of {codes} already; move them instead.",
    Reason.NOTHING_CHANGES: "Nothing changes: {codes} has these blocks already; choose others.",
    Reason.EMPTIED: "Neighbourhood {codes} would lose its last block; leave it one, or merge it.",
    Reason.DISCONNECTED: "Neighbourhood {codes} would be in pieces (blocks {blocks}); add or spare what joins them.",
    Reason.ENCLAVE: "Neighbourhood {codes} would lie wholly inside another (blocks {blocks}); leave it a way out.",
    Reason.NOT_NEIGHBOURS: "Neighbourhoods {codes} have no common border; choose two that do.",
    Reason.NO_AREA: "The drawing for {codes} encloses no area; draw around at least one block.",
    Reason.NOTHING_INSIDE: "No block of the community of {codes} lies mostly in the drawing; draw around one.",
    Reason.NO_HEIR: "The drawing leaves blocks of {codes} that no other neighbourhood touches; draw around them too.",
    Reason.NOT_ACROSS: "The line does not divide block {blocks}; draw it from border to border.",
    Reason.NOT_ACROSS_BLOCKS: "No line between blocks divides {codes} there; draw another, or split a block.",
    Reason.THIN: "A piece of block {blocks} would be 8 m thick or less; draw the line further inside.",
    Reason.WRONG_COUNTS: "The counts do not fit the pieces of block {blocks}; propose the split again.",
    Reason.CODE_TAKEN: "The code {codes} is or was in use; take the next free one.",
    Reason.CODE_UNFIT: "The code {codes} is not the community's code and three digits; take the next free one.",
    Reason.NO_NAME: "Neighbourhood {codes} needs a name; write one.",
    Reason.NO_REASON: "Moving blocks {blocks} to another community needs a reason; write one.",
    Reason.HARD_LIMIT: "Neighbourhood {codes} would break a limit that the district has set; change less.",
    Reason.INVALID: "The outline of {codes} crosses itself; cut the blocks again.",
    Reason.GAP: "The neighbourhoods leave {detail} m² of the outline uncovered; cut the blocks again.",
    Reason.OVERLAP: "Neighbourhoods lie over each other on {detail} m²; cut the blocks again.",
    Reason.NOTHING_TO_UNDO: "This is the first plan; there is nothing to undo.",
}


class PlanRefused(ValueError):
    """An operation that would break the plan: why, where, and the smallest repair found.

    `neighbourhoods`, `blocks`: what is concerned (of pieces: all but the largest). `repair`: operations that do about
    the same soundly, to be applied instead, one after the other; () if none was found. `detail`: which limit, how much.
    """

    def __init__(
        self, reason: Reason, neighbourhoods: Iterable[str] = (), blocks: Iterable[int] = (), detail: str = ""
    ) -> None:
        self.reason = reason
        self.neighbourhoods = tuple(sorted(neighbourhoods))
        self.blocks = tuple(sorted(blocks))
        self.detail = detail
        self.repair: tuple[Operation, ...] = ()
        some = ", ".join(map(str, self.blocks[:5])) + (", …" if len(self.blocks) > 5 else "")
        codes = ", ".join(self.neighbourhoods)
        super().__init__(SENTENCES[reason].format(codes=codes, blocks=some, detail=detail))
