"""What edits stand on and never change: blocks by community, who touches whom and for how many metres, shapes."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping

import geopandas as gpd
import pandas as pd
import shapely

from geo.tables import require
from geo.topology import Contacts


class Ground:
    """Blocks and their contacts, ready for questions about one community at a time; share one among all plans."""

    def __init__(self, blocks: gpd.GeoDataFrame, edges: pd.DataFrame) -> None:
        """`blocks`: block_id, community, geometry (metres), households if known. `edges`: left, right (block ids, -1
        outside), length_m, contact. Raises TableError if a column is missing.
        """
        require("The blocks", blocks, ("block_id", "community"))
        require("The edges", edges, ("left", "right", "length_m", "contact"))
        table = blocks.sort_values("block_id", ignore_index=True)
        self.contacts = Contacts(table["block_id"], edges)
        self.by_community: dict[str, gpd.GeoDataFrame] = {
            str(code): rows.reset_index(drop=True) for code, rows in table.groupby(table["community"].astype(str))
        }
        ids = table["block_id"].to_list()
        self.community: Mapping[int, str] = dict(zip(ids, table["community"].astype(str), strict=True))
        self.shape: Mapping[int, shapely.Geometry] = dict(zip(ids, table.geometry.to_numpy(), strict=True))
        households = table["households"].to_list() if "households" in table.columns else [0] * len(ids)
        self.households: Mapping[int, int] = dict(zip(ids, households, strict=True))
        self.near: Mapping[int, Mapping[int, float]] = self._metres_of_contact(edges)

    def _metres_of_contact(self, edges: pd.DataFrame) -> dict[int, dict[int, float]]:
        near: dict[int, dict[int, float]] = {block: {} for block in self.community}
        touching = edges[edges["contact"].to_numpy(bool)]
        for left, right, metres in zip(touching["left"], touching["right"], touching["length_m"], strict=True):
            if self.community.get(left, "") == self.community.get(right, "-"):
                for a, b in ((left, right), (right, left)):
                    near[a][b] = near[a].get(b, 0.0) + metres
        return near

    def heaviest(self, pieces: Iterable[Collection[int]]) -> Collection[int]:
        """The piece with the most households, then the most blocks, then the smallest block id."""
        return max(pieces, key=lambda piece: (sum(self.households[b] for b in piece), len(piece), -min(piece)))

    def shares(self, community: str, polygon: shapely.Geometry) -> dict[int, float]:
        """Share (0 to 1) of the area of each of a community's blocks that lies in a polygon, where it is above 0."""
        rows = self.by_community[community]
        shapes = rows.geometry.to_numpy()
        shapely.prepare(polygon)
        met = shapely.intersects(polygon, shapes)
        part = shapely.area(shapely.intersection(shapes[met], polygon)) / shapely.area(shapes[met])
        return {b: float(s) for b, s in zip(rows["block_id"].to_numpy()[met].tolist(), part, strict=True) if s > 0}

    def path(
        self, start: Collection[int], goal: Collection[int], within: Collection[int], spare: Collection[int] = ()
    ) -> list[int] | None:
        """The fewest blocks of `within` that join two sets of blocks ([] if they touch, None if nothing joins them).

        Among equally short ways one that keeps off the blocks of `spare` is likelier.
        """

        def order(block: int) -> tuple[bool, int]:
            return block in spare, block

        before: dict[int, int] = dict.fromkeys(start, -1)
        queue = deque(sorted(start, key=order))
        while queue:
            block = queue.popleft()
            for other in sorted(self.near[block], key=order):
                if other in goal:
                    return self._between(block, before)
                if other in within and other not in before:
                    before[other] = block
                    queue.append(other)
        return None

    @staticmethod
    def _between(block: int, before: Mapping[int, int]) -> list[int]:
        found = []
        while before[block] >= 0:
            found.append(block)
            block = before[block]
        return found
