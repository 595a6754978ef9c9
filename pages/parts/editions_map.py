"""Two maps with one view, side by side or swiped: neighbourhoods before and after, and the ground that moved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
import streamlit as st

from data.manifest import data_root, extracts_dir
from geo import drawing
from geo.drawing import Box, Points
from geo.palettes import PALETTES
from geo.plans import Plan
from pages.parts import data, trends, workbench_map
from pages.parts.editions_base import Side
from pages.parts.state import View
from pages.parts.words import number, t

FOLDER = Path(__file__).resolve().parent / "assets" / "editions"
FINEST_M = 1.5
WIDE_M = 12_000.0  # beyond this, minor roads are left out
MARGIN = 0.06

_maps = st.components.v2.component(
    "linli_editions_maps",
    js=f"{workbench_map.WHEEL}\n{(FOLDER / 'compare.js').read_text(encoding='utf-8')}",
    css=(FOLDER / "compare.css").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def show(view: View, before: Side, after: Side, codes: Collection[str], how: str) -> None:
    """Draw both sides of the communities in which neighbourhoods differ; `how` is side or swipe."""
    theme = trends.theme_of(view)
    given = {
        **layers(before, after, codes),
        "how": how,
        "ink": asdict(PALETTES[theme]),
        "leaflet": workbench_map.leaflet(),
        "words": {
            "before": before.title, "after": after.title, "swipe": t("editions.swipe_handle"),
            "zoom_in": t("editions.zoom_in"), "zoom_out": t("editions.zoom_out"), "label": t("editions.maps"),
            "home": t("editions.home"), "wheel": t("map.wheel"),
        },
    }  # fmt: skip
    _maps(key="editions_maps", data=given)


def layers(before: Side, after: Side, codes: Collection[str]) -> dict[str, Any]:
    """What the browser draws, in metres from the south-west corner: both sides, moved ground, roads and waters."""
    communities = {code[:12] for code in codes}
    old, new = shapes(before, communities), shapes(after, communities)
    box = framed([*old.values(), *new.values()])
    start = box[0], box[1]
    focus = framed([shape for found in (old, new) for code, shape in found.items() if code in codes])
    return {
        "focus": [round(focus[i] - start[i % 2], 1) for i in range(4)],
        "box": [0.0, 0.0, round(box[2] - box[0], 1), round(box[3] - box[1], 1)],
        "before": [_area(before, code, shape, start, codes) for code, shape in old.items()],
        "after": [_area(after, code, shape, start, codes) for code, shape in new.items()],
        "moved": [
            _moved(before, after, row, start) for row in moved(before.plan, after.plan, communities).to_dict("records")
        ],
        "lines": [
            {"kind": line.kind, "rank": line.rank, "name": line.name_zh, "paths": [_path(p, start) for p in line.paths]}
            for line in lines(box)
        ],
    }


def shapes(side: Side, communities: Collection[str]) -> dict[str, shapely.Geometry]:
    """Code -> outline of the neighbourhoods of some communities, simplified together."""
    codes = [code for code in side.plan.codes if code[:12] in communities]
    if not codes:
        return {}
    found = shapely.coverage_simplify([side.plan.polygon(code) for code in codes], FINEST_M)
    return dict(zip(codes, found, strict=True))


def framed(found: Collection[shapely.Geometry]) -> Box:
    """The box around shapes, with a margin."""
    west, south, east, north = (float(v) for v in shapely.total_bounds(list(found)))
    more = MARGIN * max(east - west, north - south)
    return west - more, south - more, east + more, north + more


def lines(box: Box) -> tuple[drawing.Line, ...]:
    """Roads and waters inside a box."""
    folder = extracts_dir(data_root()) / data.manifest().version
    kinds = ("roads", "rivers")
    return drawing.ground(folder, box, level="neighbourhood", without=(), lines=kinds).lines


def moved(before: Plan, after: Plan, communities: Collection[str]) -> pd.DataFrame:
    """One row per pair (before, after) of neighbourhoods: households, people, blocks and shape of the ground that goes
    from one to the other. Blocks that the earlier plan can't be asked about (a new network) are left out.
    """
    rows = []
    for community in communities:
        for block, code in after.homes.get(community, {}).items():
            origin = after.ground.known_block(block, before.ground.community)
            was = before.code_of(origin) if origin is not None else code
            if was != code:
                counts = after.ground.counts(block)
                rows.append((was, code, counts.households, counts.people, block))
    table = pd.DataFrame(rows, columns=["before", "after", "households", "people", "block"])
    found = []
    for pair, part in table.groupby(["before", "after"]):
        shape = shapely.union_all([after.ground.shape[block] for block in part["block"]])
        found.append((*pair, int(part["households"].sum()), int(part["people"].sum()), len(part), shape))
    return pd.DataFrame(found, columns=["before", "after", "households", "people", "blocks", "shape"])


def _area(side: Side, code: str, shape: Any, start: tuple[float, float], codes: Collection[str]) -> dict[str, Any]:
    households = sum(side.plan.ground.counts(block).households for block in side.plan.members(code))
    inside = shapely.point_on_surface(shape)
    return {
        "name": side.name(code),
        "tip": t("editions.tip", name=side.name(code), households=number(households)),
        "rings": rings(shape, start),
        "at": [round(inside.x - start[0], 1), round(inside.y - start[1], 1)],
        "changed": code in codes,
    }


def _moved(before: Side, after: Side, row: Mapping[Any, Any], start: tuple[float, float]) -> dict[str, Any]:
    tip = t(
        "editions.moved_tip", before=before.name(row["before"]), after=after.name(row["after"]),
        households=number(row["households"]),
    )  # fmt: skip
    return {"tip": tip, "rings": rings(row["shape"], start)}


def rings(shape: Any, start: tuple[float, float]) -> list[list[list[list[float]]]]:
    """Polygons of rings of [x, y], in metres from `start`."""
    polygons = [part for part in shapely.get_parts(shape) if shapely.get_type_id(part) == 3]
    return [[_path(shapely.get_coordinates(r), start) for r in shapely.get_rings(part)] for part in polygons]


def _path(points: Points, start: tuple[float, float]) -> list[list[float]]:
    placed: list[list[float]] = np.round(points - np.array(start), 1).tolist()
    return placed
