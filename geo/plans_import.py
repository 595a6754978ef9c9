"""An edited layer from a GIS as operations on a draft: matched block by block, the rest repaired or told."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import crs, formats, plans_repair
from geo.formats import TableError
from geo.operations import Batch, Operation, Rename, Split
from geo.plans import Plan
from geo.plans_between import attempted, steps_between
from geo.plans_steps import State, plain
from geo.refusals import PlanRefused
from geo.splitting import split_along

CODES = ("code", "neighbourhood", "neighbourh", "neighs", "CODE", "Code", "编码", "代码", "邻里编码")
NAMES = ("name_zh", "name", "NAME", "Name", "名称", "邻里名称")
"""Columns that a planner's file may call the code and the name of a neighbourhood."""

COVERED = 0.5
"""A block is a shape's if more than this share of it lies there; if no shape has so much, it is a gap."""

WHOLE = 0.95
"""Above this share a block counts as drawn whole; below, the shape's border runs through it."""


Finding = tuple[str, int, tuple[str, ...], float | None]


@dataclass(frozen=True)
class Imported:
    """What a file asks for: operations to append to the draft one after the other, and what was not simply taken.

    `matched`: blocks that lie whole in the shape of one neighbourhood. `findings`: kind, block, codes, share: gap (no
    shape covers it; it stays), overlap (several do; it stays, or goes to the largest), cut (a border runs through it;
    most of its area decides), other_community (would leave it; it stays), repaired (given to a neighbour, so that
    nobody is in pieces), left (no sound operation leads there), new_code (a shape without a known code),
    unknown_block (of a layer of blocks: there is none of this id).
    """

    operations: tuple[Operation, ...]
    matched: int
    findings: pd.DataFrame


def read_edited(path: Path) -> gpd.GeoDataFrame:
    """An edited layer: code, name (None: not told), geometry as in the file, and block_id if its rows are blocks.

    GeoPackage, Shapefile (also zipped), GeoJSON and whatever `geo.formats.read` opens. Raises TableError,
    MissingCrsError.
    """
    return edited_layer(formats.read(path), f"The file {path.name}")


def edited_layer(layer: gpd.GeoDataFrame, what: str) -> gpd.GeoDataFrame:
    """What `read_edited` gives, of a layer that was read already; `what` names it in errors."""
    if (shapely.get_dimensions(layer.geometry.to_numpy()) != 2).any():
        raise TableError(what, "some of its shapes are no areas", "Give the layer of neighbourhoods.")
    if layer.crs is None:
        raise crs.MissingCrsError(what)
    code = next((name for name in CODES if name in layer.columns), None)
    if code is None:
        raise TableError(what, "there is no column code", "Add it with the codes of the neighbourhoods.")
    name = next((name for name in NAMES if name in layer.columns), None)
    table = gpd.GeoDataFrame(
        {"code": layer[code].map(_as_code), "name": None if name is None else layer[name].map(_as_text)},
        geometry=layer.geometry.to_numpy(),
        crs=layer.crs,
    )
    if "block_id" in layer.columns:
        table["block_id"] = pd.to_numeric(layer["block_id"], errors="coerce").fillna(-1).astype("int64")
    return table


def edited(
    plan: Plan, layer: gpd.GeoDataFrame, *, names: Mapping[str, str] | None = None, split: bool = False
) -> Imported:
    """Operations that make a plan what an edited layer (see `read_edited`) says.

    A layer of neighbourhoods is matched by area; one of blocks (block_id, code: `write_plan` makes one) by their ids.
    `names`: the present Chinese names by code; where the layer's differ, it renames. With `split` blocks that a border
    runs through are split along it, where both pieces are thicker than 8 m. Communities that no shape's code or area
    concerns stay as they are, and are not told of. Raises TableError if the layer lies elsewhere.
    """
    if "block_id" in layer.columns:
        wish, findings, fresh = _listed(plan, layer)
        return _imported(plan, [], wish, findings, dict.fromkeys(fresh, ("", "")), {}, len(wish))
    shapes = layer.to_crs(plan.ground.crs) if plan.ground.crs is not None else layer
    drawn = _Drawn(plan, shapes)
    if drawn.table.empty:
        raise TableError("The layer", "it lies outside this place", "Check its coordinate system.")
    splits = drawn.splits(plan) if split else []
    at: State = plain(plan)
    for step in splits:
        at = attempted(at, step) or at
    if splits:
        drawn = _Drawn(at, shapes, drawn)
    wish, findings = drawn.wish(at)
    return _imported(plan, splits, wish, findings, drawn.names(), drawn.renamed(names or {}), drawn.matched())


def _imported(
    plan: Plan,
    splits: list[Split],
    wish: dict[int, str],
    findings: list[Finding],
    names: Mapping[str, tuple[str, str]],
    renamed: Mapping[str, str],
    matched: int,
) -> Imported:
    """The wish repaired, and the operations that lead there."""
    at: State = plain(plan)
    for step in splits:
        at = attempted(at, step) or at
    sound = _mended(at, wish)
    for block, code in sound.items():
        if wish.get(block, at.code_of(block)) != code:
            findings.append(("repaired", block, (wish.get(block, ""), code), None))
    steps, left = steps_between(at, sound, verb="import", names=names)
    findings += [("left", block, (code,), None) for block, code in sorted(left.items())]
    renames = [Rename(code, name) for code, name in renamed.items() if code in plan.codes]
    operations = [*([Batch(tuple(splits), "import")] if splits else []), *steps, *renames]
    table = pd.DataFrame(findings, columns=["kind", "block", "codes", "share"])
    return Imported(tuple(operations), matched, table.sort_values(["kind", "block"], ignore_index=True))


def _listed(plan: Plan, layer: gpd.GeoDataFrame) -> tuple[dict[int, str], list[Finding], list[str]]:
    """Block -> code of a layer of blocks; what cannot be taken stays and is told; codes that are new."""
    wish: dict[int, str] = {}
    findings: list[Finding] = []
    fresh: dict[str, None] = {}
    for block, code in zip(layer["block_id"].to_list(), layer["code"].to_list(), strict=True):
        community = plan.ground.community.get(block)
        if community is None:
            findings.append(("unknown_block", block, (), None))
        elif not isinstance(code, str):
            findings.append(("gap", block, (plan.code_of(block),), None))
        elif code[:12] != community or len(code) != 15 or not code[12:].isdigit() or code in plan.ended:
            findings.append(("other_community", block, (code,), None))
        else:
            wish[block] = code
            if not plan.members(code):
                fresh[code] = None
    return wish, findings + [("new_code", -1, (code,), None) for code in fresh], list(fresh)


class _Drawn:
    """Which share of each block lies in which shape."""

    def __init__(self, state: State, shapes: gpd.GeoDataFrame, earlier: _Drawn | None = None) -> None:
        self.layer = shapes.reset_index(drop=True)
        self.areas = shapely.make_valid(self.layer.geometry.to_numpy())
        self.blocks = np.array(sorted(state.ground.shape))
        self.shapes = np.array([state.ground.shape[block] for block in self.blocks], dtype=object)
        block, row = shapely.STRtree(self.areas).query(self.shapes, predicate="intersects")
        share = shapely.area(shapely.intersection(self.shapes[block], self.areas[row])) / shapely.area(
            self.shapes[block]
        )
        table = pd.DataFrame({"block": self.blocks[block], "row": row, "share": share})
        self.table = table[table["share"] > 1e-3].sort_values(["block", "share", "row"], ascending=[True, False, True])
        self.fresh: dict[int, str] = {} if earlier is None else earlier.fresh
        self.codes: list[str] = self._codes(state) if earlier is None else earlier.codes
        self.table["code"] = [self.codes[row] for row in self.table["row"]]

    def _codes(self, state: State) -> list[str]:
        """Code of each shape; one that says none, or none of the place, gets the next of the community it lies in."""
        known = {code for home in state.homes.values() for code in home.values()}
        area = self.table.assign(
            area=self.table["share"] * [state.ground.shape[block].area for block in self.table["block"]],
            community=[state.ground.community[block] for block in self.table["block"]],
        )
        sums = area.groupby(["row", "community"])["area"].sum().sort_values().reset_index()
        place = dict(zip(sums["row"], sums["community"], strict=True))  # the last one of a row counts: the largest
        found: list[str] = []
        for row, code in enumerate(self.layer["code"]):
            fits = isinstance(code, str) and len(code) == 15 and code[:12] in state.homes and code[12:].isdigit()
            if code not in known and row in place:
                if not fits or code in state.ended:
                    code = _next(state, str(place[row]), {*known, *found})
                self.fresh[row] = code
            found.append(code or "")
        return found

    def matched(self) -> int:
        """Blocks that lie whole in one neighbourhood's shapes."""
        return int((self.table.groupby(["block", "code"])["share"].sum() >= WHOLE).sum())

    def names(self) -> dict[str, tuple[str, str]]:
        """Names told for new codes."""
        return {code: (self.layer["name"].iloc[row] or "", "") for row, code in self.fresh.items()}

    def renamed(self, names: Mapping[str, str]) -> dict[str, str]:
        """Code -> name of the layer, where another one is known."""
        told = zip(self.codes, self.layer["name"], strict=True)
        return {code: name for code, name in told if name and code in names and names[code] != name}

    def wish(self, state: State) -> tuple[dict[int, str], list[Finding]]:
        """Block -> code as drawn, of the communities concerned, and what was not simply taken."""
        findings: list[Finding] = []
        findings += [("new_code", -1, (code,), None) for code in self.fresh.values()]
        shares = self._shares()
        wish: dict[int, str] = {}
        for community in sorted(self._concerned(state)):
            for block in sorted(state.homes[community]):
                code, finding = _decided(state, block, shares.get(block, {}))
                wish |= {block: code} if code is not None else {}
                findings += [finding] if finding is not None else []
        return wish, findings

    def _shares(self) -> dict[int, dict[str, float]]:
        """Block -> code -> share of the block, the largest first."""
        sums = self.table.groupby(["block", "code"])["share"].sum().reset_index()
        sums = sums.sort_values(["block", "share", "code"], ascending=[True, False, True])
        found: dict[int, dict[str, float]] = {}
        for block, code, share in zip(sums["block"].to_list(), sums["code"], sums["share"], strict=True):
            found.setdefault(block, {})[code] = float(share)
        return found

    def _concerned(self, state: State) -> set[str]:
        """Communities that a shape's code names or half of whose blocks lie in shapes."""
        named = {code[:12] for code in self.codes} & state.homes.keys()
        covered = self.table.groupby("block")["share"].sum()
        inside = pd.Series([state.ground.community[block] for block in covered.index[covered > COVERED]], dtype=object)
        many = inside.value_counts()
        return named | {str(c) for c, n in many.items() if n > len(state.homes[str(c)]) / 2}

    def splits(self, state: State) -> list[Split]:
        """Splits of blocks along the border that runs through them, where both pieces are thick enough."""
        found = []
        through = self.table[(self.table["share"] > 1 - WHOLE) & (self.table["share"] < WHOLE)]
        first = through.drop_duplicates("block")
        for block, row in zip(first["block"].to_list(), first["row"].to_list(), strict=True):
            codes = set(through.loc[through["block"] == block, "code"])
            if {code[:12] for code in codes} == {state.ground.community[block]}:
                with contextlib.suppress(PlanRefused):
                    border = shapely.boundary(self.areas[row])
                    found.append(split_along(state, block, border, carry_on=False).operation)
        return found


def _decided(state: State, block: int, shares: Mapping[str, float]) -> tuple[str | None, Finding | None]:
    """The code of a block as drawn (None: it stays), and what is to be told of it."""
    now = state.code_of(block)
    many = [code for code, share in shares.items() if share > COVERED]
    if sum(shares.values()) <= COVERED:
        return None, ("gap", block, (now,), round(sum(shares.values()), 3))
    best = next(iter(shares))
    if best[:12] != state.ground.community[block]:
        return None, ("other_community", block, (best,), round(shares[best], 3))
    if len(many) > 1:
        return now if now in many else best, ("overlap", block, tuple(many), round(shares[best], 3))
    told = None if shares[best] >= WHOLE else ("cut", block, tuple(shares), round(shares[best], 3))
    return best, told


def _mended(state: State, wish: Mapping[int, str]) -> dict[int, str]:
    """A wish with every neighbourhood in one piece."""
    found: dict[int, str] = {}
    for community in sorted({state.ground.community[block] for block in wish}):
        home = {block: wish.get(block, code) for block, code in state.homes[community].items()}
        found |= plans_repair.mended(state.ground, home)
    return found


def _next(state: State, community: str, taken: set[str]) -> str:
    used = {int(code[12:]) for code in (*taken, *state.ended) if code[:12] == community and code[12:].isdigit()}
    return f"{community}{max(used, default=0) + 1:03d}"


def _as_code(value: object) -> str | None:
    """A code as text; whole numbers, which a table may have made of it, too."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None or value != value else str(value).strip()
    return text or None


def _as_text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
