"""Are the tables given to zoning sound, and can their demands be met? Sentences for both."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from geo.compiled import Ints
from geo.zoning_graph import Graph
from geo.zoning_rules import MOST, Infeasible, ZoningError

BLOCK_COLUMNS = ("block_id", "community", "kind", "households", "buildings")
EDGE_COLUMNS = ("left", "right", "length_m", "barrier", "contact")
TARGET_COLUMNS = ("community", "neighbourhoods", "target")


def check_tables(
    blocks: pd.DataFrame,
    edges: pd.DataFrame,
    targets: pd.DataFrame,
    current: pd.Series | None,
    locked: Collection[str],
) -> None:
    """Raise ZoningError with a sentence if the tables do not fit each other."""
    check_columns("blocks", blocks, BLOCK_COLUMNS)
    check_columns("edges", edges, EDGE_COLUMNS)
    check_columns("targets", targets, TARGET_COLUMNS)
    check_blocks(blocks)
    check_edges(edges, blocks["block_id"])
    check_targets(targets, blocks["community"])
    check_locked(current, locked)


def check_columns(name: str, table: pd.DataFrame, columns: Collection[str]) -> None:
    """Refuse a table that lacks a column."""
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ZoningError(f"The table of {name} has no column {', '.join(missing)}; add it and try again.")


def check_blocks(blocks: pd.DataFrame) -> None:
    """Refuse no blocks, one block twice, and counts that are none."""
    ids = blocks["block_id"]
    if blocks.empty:
        raise ZoningError("There are no blocks to zone; cut them from a road and river network first.")
    if ids.duplicated().any():
        raise ZoningError(f"Block {ids[ids.duplicated()].iloc[0]} appears twice; block ids must be unique.")
    for column in ("households", "buildings"):
        bad = ~(pd.to_numeric(blocks[column], errors="coerce") >= 0)
        if bad.any():
            raise ZoningError(
                f"Block {ids[bad].iloc[0]} has no valid number of {column}; give a whole number, 0 or more."
            )


def check_edges(edges: pd.DataFrame, ids: pd.Series) -> None:
    """Refuse edges of unknown blocks and lengths that are none."""
    known = set(ids) | {-1}
    if not (edges["left"].isin(known).all() and edges["right"].isin(known).all()):
        raise ZoningError("The edges name blocks that are not in the table of blocks; make both from the same network.")
    if not (edges["length_m"] >= 0).all():
        raise ZoningError("An edge has no valid length; lengths are metres, 0 or more.")


def check_targets(targets: pd.DataFrame, communities: pd.Series) -> None:
    """Refuse a community without a target, and targets that are none."""
    unknown = communities[~communities.isin(targets["community"])]
    if len(unknown):
        raise ZoningError(
            f"Community {unknown.iloc[0]} has blocks but no row in the targets; "
            "add how many neighbourhoods it should have."
        )
    if not ((targets["target"] > 0) & (targets["neighbourhoods"] >= 0)).all():
        raise ZoningError(
            "A target of households must be above 0 and a number of neighbourhoods not below 0; correct the targets."
        )

    wanted = targets.groupby("community")["neighbourhoods"].sum()
    if (wanted > MOST).any():
        raise ZoningError(
            f"Community {wanted.idxmax()} would have {wanted.max()} neighbourhoods, but codes have room for {MOST}; "
            "divide it into communities first, or raise the target."
        )


def check_locked(current: pd.Series | None, locked: Collection[str]) -> None:
    """Refuse locks on what is not in the current edition."""
    if locked and current is None:
        raise ZoningError("Neighbourhoods can be locked only in a current edition; give the current edition too.")
    unknown = sorted(set(locked) - set(current.dropna())) if current is not None else []
    if unknown:
        raise ZoningError(f"Neighbourhood {unknown[0]} is locked but not in the current edition; check its code.")


def limits(
    graph: Graph, community: str, pieces: list[Ints], parts: list[int], unit: int, wanted: int
) -> list[Infeasible]:
    """What no division of one community can meet: its number of neighbourhoods, its households, its heaviest blocks.

    `pieces` are its unconnected parts (block positions), `parts` the neighbourhoods each gets, `unit` the load of one.
    """
    found = [number_limit(graph, community, pieces, sum(parts), wanted)] if sum(parts) != wanted else []
    for piece, number in zip(pieces, parts, strict=True):
        load = int(graph.load_in(piece, unit).sum())
        if abs(load - number * unit) * 5 > number * unit:
            found.append(household_limit(graph, community, piece, number, max(1, round(load / unit)), len(pieces)))
        found.extend(heavy_blocks(graph, community, piece))
    return found


def number_limit(graph: Graph, community: str, pieces: list[Ints], got: int, wanted: int) -> Infeasible:
    """The community cannot have the number of neighbourhoods that it should."""
    ids = graph.blocks["block_id"].to_numpy()
    rows = np.concatenate(pieces)
    if got > wanted:
        block = int(ids[min(pieces, key=lambda piece: int(graph.load[piece].sum()))[0]])
        why = (
            f"its blocks form {len(pieces)} parts without contact; declare a bridge to the part with block {block} "
            "or give that part to a neighbouring community"
        )
    else:
        block = int(ids[rows[np.argmax(graph.load[rows])]])
        why = f"it has only {len(rows)} blocks; split block {block}, its largest, between its buildings"
    sentence = f"Community {community} gets {got} neighbourhoods instead of {wanted}: {why}."
    return Infeasible(community, block, sentence)


def household_limit(graph: Graph, community: str, piece: Ints, number: int, fitting: int, pieces: int) -> Infeasible:
    """The households of a connected part do not fit its number of neighbourhoods."""
    block = int(graph.blocks["block_id"].iat[piece[0]])
    where = "" if pieces == 1 else f" (the part with block {block})"
    sentence = (
        f"Community {community}{where}: {graph.load[piece].sum()} households in {number} neighbourhoods cannot all be "
        f"within 20 % of the target; {fitting} would fit."
    )
    return Infeasible(community, None if pieces == 1 else block, sentence)


def heavy_blocks(graph: Graph, community: str, piece: Ints) -> list[Infeasible]:
    """Blocks that are too large for any neighbourhood."""
    heavy = piece[graph.load[piece] * 5 > graph.target[piece] * 6]
    ids = graph.blocks["block_id"].to_numpy()
    return [
        Infeasible(
            community,
            int(ids[row]),
            f"Block {ids[row]} in community {community} has {graph.load[row]} households, more than 120 % of "
            f"the target {graph.target[row]}; split it between its buildings.",
        )
        for row in heavy
    ]
