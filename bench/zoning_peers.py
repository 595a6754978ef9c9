"""Other people's zoning tools behind one signature: a community in, a label for each of its blocks out."""

from __future__ import annotations

import contextlib
import io
import random
import signal
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pymetis
from gerrychain import Graph
from gerrychain.tree import recursive_tree_part
from libpysal.weights import W
from numpy.typing import NDArray
from spopt.region import MaxPHeuristic, RegionKMeansHeuristic, Skater

from geo.zoning import Weights

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Place:
    """One community: its blocks, its contacts (i, j by position, length_m, cost of cutting), K, the target."""

    code: str
    blocks: gpd.GeoDataFrame
    pairs: pd.DataFrame
    parts: int
    target: int


def place_of(code: str, blocks: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, target: pd.Series) -> Place:
    """Cut one community out of the district's tables; cutting a compound costs as much a metre as an oversize block."""
    mine = blocks[blocks["community"] == code].reset_index(drop=True)
    position = pd.Series(mine.index, index=mine["block_id"])
    inner = edges[edges["left"].isin(position.index) & edges["right"].isin(position.index) & edges["contact"]]
    group = mine.set_index("block_id")["compound"].fillna(mine.set_index("block_id")["village_group"])
    pairs = pd.DataFrame({
        "i": position.reindex(inner["left"]).to_numpy(),
        "j": position.reindex(inner["right"]).to_numpy(),
        "length_m": inner["length_m"].to_numpy(),
        "cost": inner["length_m"].to_numpy() * (inner["barrier"].map(Weights().cut).to_numpy() + 2),
        "same": group.reindex(inner["left"]).to_numpy() == group.reindex(inner["right"]).to_numpy(),
    })  # fmt: skip
    pairs["cost"] = pairs["cost"].where(~pairs.pop("same"), 40 * pairs["length_m"])
    pairs = pairs.groupby(["i", "j"], as_index=False).sum()
    return Place(code, mine, pairs, int(target["neighbourhoods"]), int(target["target"]))


@contextlib.contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block after so many seconds."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def graph_of(place: Place) -> nx.Graph:
    """Contacts as a networkx graph with households (gerrychain refuses a population of 0)."""
    graph = nx.Graph()
    for row, households in enumerate(place.blocks["households"]):
        graph.add_node(row, households=int(households) + 1)
    graph.add_edges_from(place.pairs[["i", "j"]].itertuples(index=False, name=None))
    return graph


def metis(place: Place, *, recursive: bool) -> Labels:
    """METIS: vertex weight households, edge weight metres times what a border there costs; the best of 8 seeds."""
    n = len(place.blocks)
    near: list[list[tuple[int, int]]] = [[] for _ in range(n)]
    for i, j, cost in place.pairs[["i", "j", "cost"]].itertuples(index=False, name=None):
        near[int(i)].append((int(j), max(1, int(cost))))
        near[int(j)].append((int(i), max(1, int(cost))))
    xadj = np.cumsum([0] + [len(row) for row in near]).tolist()
    adjncy, weights = ([pair[k] for row in near for pair in row] for k in (0, 1))
    households = (place.blocks["households"].astype(int) + 1).tolist()
    tries = []
    for seed in range(8):
        options = pymetis.Options(seed=seed, ufactor=50, contig=0 if recursive else 1)
        _, labels = pymetis.part_graph(
            place.parts, xadj=xadj, adjncy=adjncy, vweights=households, eweights=weights, recursive=recursive,
            options=options,
        )  # fmt: skip
        tries.append(np.asarray(labels, dtype=np.int64))
    return max(tries, key=lambda labels: in_range(place, labels))


def in_range(place: Place, labels: Labels) -> float:
    """Neighbourhoods within 12 % of the target, then within 20 %."""
    sums = np.bincount(labels, weights=place.blocks["households"].to_numpy(), minlength=place.parts)
    off = np.abs(sums / place.target - 1)
    return float((off <= 0.12).sum() + 0.1 * (off <= 0.20).sum())


def weights_of(place: Place) -> W:
    """Contacts as libpysal weights."""
    graph = graph_of(place)
    return W({node: sorted(graph[node]) for node in range(len(place.blocks))}, silence_warnings=True)


def features(place: Place) -> gpd.GeoDataFrame:
    """Position and households, standardised, the attributes that spopt's methods make alike."""
    centre = place.blocks.geometry.centroid
    table = place.blocks.assign(x=centre.x, y=centre.y)
    for name in ("x", "y"):
        table[name] = (table[name] - table[name].mean()) / max(table[name].std(), 1e-9)
    return table


def skater(place: Place) -> Labels:
    """Spopt Skater on positions, at least half of the mean number of blocks in each region."""
    floor = max(1, len(place.blocks) // (2 * place.parts))
    model = Skater(features(place), weights_of(place), ["x", "y"], n_clusters=place.parts, floor=floor)
    model.solve()
    return pd.factorize(np.asarray(model.labels_))[0].astype(np.int64)


def region_k_means(place: Place) -> Labels:
    """Spopt RegionKMeans on positions."""
    table = features(place)
    model = RegionKMeansHeuristic(table[["x", "y"]].to_numpy(), place.parts, weights_of(place), seed=1)
    model.solve()
    return pd.factorize(np.asarray(model.labels_))[0].astype(np.int64)


def max_p(place: Place) -> Labels:
    """Spopt MaxP: as many regions as possible with at least 80 % of the target's households."""
    model = MaxPHeuristic(
        features(place), weights_of(place), ["x", "y"], "households", 0.8 * place.target, top_n=2,
        max_iterations_construction=20,
    )  # fmt: skip
    model.solve()
    return pd.factorize(np.asarray(model.labels_))[0].astype(np.int64)


def recursive_tree(place: Place) -> Labels:
    """GerryChain recursive tree within 20 % of the mean."""
    random.seed(1)
    graph = Graph.from_networkx(graph_of(place))
    total = int(place.blocks["households"].sum()) + len(place.blocks)
    parts = recursive_tree_part(graph, range(place.parts), total / place.parts, "households", 0.2)
    return np.array([parts[node] for node in range(len(place.blocks))], dtype=np.int64)


def quiet(method: Callable[[Place], Labels]) -> Callable[[Place], Labels]:
    """A method without its warnings and its prints."""

    def run(place: Place) -> Labels:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            return method(place)

    return run


PEERS: dict[str, Callable[[Place], Labels]] = {
    "METIS k-way": quiet(lambda place: metis(place, recursive=False)),
    "METIS recursive": quiet(lambda place: metis(place, recursive=True)),
    "spopt Skater": quiet(skater),
    "spopt RegionKMeans": quiet(region_k_means),
    "spopt MaxP": quiet(max_p),
    "GerryChain recursive tree": quiet(recursive_tree),
}
