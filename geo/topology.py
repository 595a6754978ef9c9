"""Is an edition sound? Validity, gaps, overlaps, contiguity, nesting: of a layer or of what an edit touched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Integers = NDArray[np.int64]

AREA_GRID_M2 = 0.01
"""Areas below this are rounding of coordinates on their way through degrees, and count as none."""


@dataclass(frozen=True)
class Faults:
    """What is wrong with a layer: codes of invalid, disconnected and badly nested neighbourhoods; areas in m²."""

    invalid: list[str]
    non_contiguous: list[str]
    not_nested: list[str]
    gap_m2: float
    overlap_m2: float

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.invalid or self.non_contiguous or self.not_nested or self.gap_m2 or self.overlap_m2)


class Contacts:
    """Which blocks are neighbours, ready for questions about a few of them (a fraction of a millisecond each)."""

    def __init__(self, block_ids: Iterable[int], edges: pd.DataFrame) -> None:
        """`edges`: left, right (block ids, -1 outside), contact (False across a river without a bridge)."""
        self.ids = np.sort(np.fromiter(block_ids, dtype=np.int64))
        rows = edges[
            edges["contact"].to_numpy(bool) & (edges["left"] >= 0).to_numpy() & (edges["right"] >= 0).to_numpy()
        ]
        left = np.searchsorted(self.ids, rows["left"].to_numpy())
        right = np.searchsorted(self.ids, rows["right"].to_numpy())
        links = coo_array((np.ones(len(rows), dtype=np.int8), (left, right)), shape=(len(self.ids), len(self.ids)))
        self.links = (links + links.T).tocsr()

    def pieces(self, members: Iterable[int]) -> list[list[int]]:
        """Connected pieces of a set of block ids, the largest first."""
        chosen = np.sort(np.fromiter(members, dtype=np.int64))
        rows = np.searchsorted(self.ids, chosen)
        position = {int(row): i for i, row in enumerate(rows)}
        unseen = set(position)
        found: list[list[int]] = []
        while unseen:
            stack = [unseen.pop()]
            piece = []
            while stack:
                row = stack.pop()
                piece.append(int(self.ids[row]))
                near = self.links.indices[self.links.indptr[row] : self.links.indptr[row + 1]]
                fresh = unseen.intersection(near.tolist())
                unseen -= fresh
                stack.extend(fresh)
            found.append(sorted(piece))
        return sorted(found, key=lambda piece: (-len(piece), piece))

    def connected(self, members: Iterable[int]) -> bool:
        """Whether a set of block ids is in one piece."""
        return len(self.pieces(members)) <= 1


def touched_faults(
    contacts: Contacts, blocks: pd.DataFrame, assignment: pd.Series, codes: Iterable[str]
) -> dict[str, list[list[int]]]:
    """After an edit: those of `codes` that are wrong, with their pieces (block ids, largest first; [] if none is left).

    Wrong is a neighbourhood without blocks, in several pieces, or with a block outside its community; of the last the
    pieces are those outside.
    """
    faults: dict[str, list[list[int]]] = {}
    community = blocks.set_index("block_id")["community"]
    for code in codes:
        members = assignment.index[(assignment == code).to_numpy()]
        outside = members[(community.reindex(members) != code[:12]).to_numpy()]
        pieces = contacts.pieces(outside if len(outside) else members)
        if len(outside) or len(pieces) != 1:
            faults[code] = pieces
    return faults


def disconnected(assignment: pd.Series, edges: pd.DataFrame) -> list[str]:
    """Codes of the neighbourhoods whose blocks (`assignment`: block_id -> code) are not joined by contact."""
    codes, names = pd.factorize(assignment, sort=True)
    ids = pd.Index(assignment.index)
    rows = edges[edges["contact"].to_numpy(bool)]
    left, right = ids.get_indexer(rows["left"]), ids.get_indexer(rows["right"])
    same = (left >= 0) & (right >= 0) & (codes[left] == codes[right])
    links = coo_array((np.ones(int(same.sum())), (left[same], right[same])), shape=(len(ids), len(ids)))
    piece = connected_components(links, directed=False)[1]
    pieces = pd.DataFrame({"code": codes, "piece": piece}).drop_duplicates()["code"].value_counts()
    return [str(names[code]) for code in sorted(pieces.index[pieces > 1])]


def on_both_banks(assignment: pd.Series, edges: pd.DataFrame) -> list[str]:
    """Codes of the neighbourhoods with blocks on both banks of a stretch of a named river (left, right, length_m,
    barrier, name, contact; optional bank), though no bridge over that river joins two of their blocks.

    What lies on a `bank`, the edge of the water, has no opposite bank; stretches below a metre are corners; two blocks
    that also meet on land lie where the river ends.
    """
    bank = edges["bank"] if "bank" in edges.columns else pd.Series(False, index=edges.index)
    river = edges[(edges["barrier"] == "river") & edges["name"].notna() & ~bank & (edges["length_m"] > 1.0)]
    pair = ["left", "right"]
    on_land = pd.MultiIndex.from_frame(edges.loc[edges["contact"] & ~edges.index.isin(river.index), pair])
    river = river[~pd.MultiIndex.from_frame(river[pair]).isin(on_land)]
    left, right = river["left"].map(assignment), river["right"].map(assignment)
    inside = river[(left == right) & left.notna()].assign(code=left)
    bridged = inside.groupby(["code", "name"], sort=True)["contact"].any()
    return sorted(set(bridged.index[~bridged.to_numpy(dtype=bool)].get_level_values("code").astype(str)))


def crossing(blocks: pd.DataFrame, assignment: pd.Series) -> list[str]:
    """Codes of the neighbourhoods that have a block outside their community (the first 12 digits of the code)."""
    code = blocks["block_id"].map(assignment).astype(str)
    wrong = code.str[:12] != blocks["community"].astype(str)
    return sorted(set(code[wrong]))


def layer_faults(
    neighbourhoods: gpd.GeoDataFrame,
    *,
    outline: shapely.Geometry | None = None,
    communities: gpd.GeoDataFrame | None = None,
    blocks: pd.DataFrame | None = None,
    edges: pd.DataFrame | None = None,
    assignment: pd.Series | None = None,
) -> Faults:
    """Check a whole layer of neighbourhoods (code, community, geometry in metres).

    `outline`: the area it must fill (else gaps are its holes). `communities` (code, geometry): each neighbourhood
    must lie in its own. With `assignment` and `edges` contiguity is that of the blocks (a river without bridge parts
    them), else of the polygons.
    """
    shapes = neighbourhoods.geometry.to_numpy()
    codes = neighbourhoods["code"].astype(str).to_numpy()
    valid = shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
    sound = np.where(valid, shapes, shapely.make_valid(shapes))
    union = (
        shapely.union_all(sound)
        if not valid.all() or not shapely.coverage_is_valid(shapes)
        else shapely.coverage_union_all(shapes)
    )
    overlap = float(shapely.area(sound).sum() - shapely.area(union))
    if assignment is not None and edges is not None:
        broken = disconnected(assignment, edges)
    else:
        broken = sorted(codes[shapely.get_num_geometries(shapes) > 1])
    nested = set(codes[neighbourhoods["community"].astype(str).to_numpy() != np.array([code[:12] for code in codes])])
    nested |= set(crossing(blocks, assignment)) if blocks is not None and assignment is not None else set()
    nested |= set(outside_community(neighbourhoods, communities)) if communities is not None else set()
    return Faults(sorted(codes[~valid]), broken, sorted(nested), gap_area(union, outline), rounded(overlap))


def gap_area(union: shapely.Geometry, outline: shapely.Geometry | None) -> float:
    """Square metres of the outline that no neighbourhood covers; without an outline, of the holes in the layer."""
    if outline is not None:
        return rounded(float(shapely.area(shapely.difference(outline, union))))
    rings, parts = shapely.get_rings(shapely.get_parts(union)), shapely.get_parts(union)
    filled = shapely.area(shapely.polygons([ring.exterior for ring in parts])).sum() if len(rings) else 0.0
    return rounded(float(filled - shapely.area(union)))


def outside_community(neighbourhoods: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> list[str]:
    """Codes of the neighbourhoods that reach more than 1 m² beyond the polygon of their community, or have none."""
    homes = communities.set_index(communities["code"].astype(str)).geometry.reindex(
        neighbourhoods["community"].astype(str)
    )
    beyond = shapely.area(shapely.difference(shapely.make_valid(neighbourhoods.geometry.to_numpy()), homes.to_numpy()))
    return sorted(neighbourhoods["code"].astype(str)[~(beyond <= 1.0)])


def rounded(area: float) -> float:
    """Square metres to two decimals, without a negative zero."""
    return round(area, 2) if abs(area) >= AREA_GRID_M2 else 0.0
