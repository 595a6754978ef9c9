"""The flow map: who crosses boundaries to take part, as arcs between homes and hosts over the areas' outlines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
import shapely

from geo.palettes import PALETTES, Theme
from pages.parts import charts_events
from pages.parts.charts import TONES, canvas, empty_chart, width_of
from pages.parts.charts_forms import Made
from pages.parts.words import number, t

MOST = 30  # arcs that can still be told apart
THINNEST, THICKEST = 1.0, 9.0  # px
BEND = 0.22  # how far an arc leaves the straight line, as a share of its length; always to the right of the way
STEPS = 24
WIDTH = 600  # px of a card of half the page
Points = npt.NDArray[np.float64]


def flow_map(
    told: pd.DataFrame, places: pd.DataFrame, ground: gpd.GeoDataFrame, level: str, own: str | None, k: int,
    theme: Theme, empty: str,
) -> Made:  # fmt: skip
    """Who attends where between `places` (code, name, lon, lat), over `ground` (polygons, EPSG:4490, by code).

    `told`: rows of events_exchange or chart_attendance_flow after suppression; counts that are withheld are not drawn,
    and marked in the table. `own` is the community in view, whose guests have another colour than those who leave it.
    """
    names = places.set_index("code")["name"]
    across = told[(told["host"] != told["home"]) & told["host"].isin(names.index) & told["home"].isin(names.index)]
    known = across.dropna(subset=["attendances"]).sort_values("attendances", ascending=False, kind="stable")
    title = t("events.flow_map_none", level=level)
    if len(known):
        top = known.iloc[0]
        title = t(
            "events.flow_map", level=level, home=names[top["home"]], host=names[top["host"]],
            count=number(float(top["attendances"])), shown=number(min(len(known), MOST)),
        )  # fmt: skip
    going = frozenset() if own is None else frozenset(known.index[known["home"] == own])
    figure = _arcs(known.head(MOST), places.set_index("code"), ground, title, going, theme, empty)
    table = across.assign(host=names.loc[across["host"]].to_numpy(), home=names.loc[across["home"]].to_numpy())
    cells = charts_events.told_cells(table, "attendances", k=k)
    return Made(title, figure, charts_events.headed(cells, host="host", home="home", attendances="attendances"))


def _arcs(
    drawn: pd.DataFrame, at: pd.DataFrame, ground: gpd.GeoDataFrame, title: str, second: frozenset[int], theme: Theme,
    empty: str,
) -> go.Figure:  # fmt: skip
    """An arc is as wide as its attendances, bends to the right of the way and ends at the host with a head."""
    if drawn.empty or at.empty:
        return empty_chart(title, empty, theme, 160)
    scale = 1 / math.cos(math.radians(float(at["lat"].mean())))
    west, south, east, north = _bounds(at, ground, scale)
    near = ground.cx[west:east, south:north]
    figure = canvas(title, theme, round(34 * TONES[theme].size + 120), right=0)
    _outlines(figure, list(near.geometry), theme)
    most = float(drawn["attendances"].astype("float64").max())
    for index, row in drawn.iloc[::-1].iterrows():  # the strongest on top
        _arc(figure, row, at, most, scale, theme, second=index in second)
    pixel = max((north - south) / (34 * TONES[theme].size), (east - west) / scale / WIDTH)
    busy = pd.concat([drawn["host"], drawn["home"]]).value_counts()
    order = sorted(at.index, key=lambda code: -int(busy.get(code, 0)))
    _places(figure, at, readable(at.loc[order], pixel, scale, TONES[theme].size - 1), theme)
    if second:
        _directions(figure, theme)
    axis = {"visible": False, "fixedrange": True, "constrain": "domain"}
    figure.update_xaxes(range=[west, east], **axis)
    figure.update_yaxes(range=[south, north], scaleanchor="x", scaleratio=scale, **axis)
    figure.update_layout(margin_b=4, margin_l=0)
    return figure


def _bounds(at: pd.DataFrame, ground: gpd.GeoDataFrame, scale: float) -> tuple[float, float, float, float]:
    """All of the ground where its areas are the places, else the places; with room around."""
    whole = set(at.index) == set(ground.index)
    points = shapely.points(at[["lon", "lat"]].to_numpy(dtype=float))
    west, south, east, north = ground.total_bounds if whole else shapely.total_bounds(points)
    room = (0.03 if whole else 0.12) * max((east - west) / scale, north - south, 0.01)
    wider = 0.0 if whole else max(0.65 * (north - south) - 0.5 * (east - west) / scale, 0.0)  # as wide as a card
    return west - (room + wider) * scale, south - room, east + (room + wider) * scale, north + room


def readable(at: pd.DataFrame, pixel: float, scale: float, size: float) -> set[str]:
    """The places, in their order, whose names have room: `pixel` is one in degrees of latitude, `size` that of type."""
    taken: list[tuple[float, float, float, float]] = []
    kept: set[str] = set()
    x_of, y_of = at["lon"].astype("float64") / scale / pixel, at["lat"].astype("float64") / pixel
    for code, name, x, y in zip(at.index, at["name"], x_of, y_of, strict=True):
        half = 0.29 * size * width_of(str(name))
        box = (x - half, y + 2, x + half, y + 6 + size)
        if not any(box[0] < b[2] and box[2] > b[0] and box[1] < b[3] and box[3] > b[1] for b in taken):
            taken.append(box)
            kept.add(str(code))
    return kept


def arc(start: tuple[float, float], end: tuple[float, float], scale: float) -> Points:
    """A quadratic curve from start to end (degrees) that bends to the right; `scale` is 1 ÷ cos(latitude)."""
    a, b = np.array(start) * (1, scale), np.array(end) * (1, scale)
    way = b - a
    control = (a + b) / 2 + BEND * np.array([way[1], -way[0]])
    s = np.linspace(0, 1, STEPS)[:, None]
    curve: Points = ((1 - s) ** 2 * a + 2 * s * (1 - s) * control + s**2 * b) / (1, scale)
    return curve


def _arc(
    figure: go.Figure, row: Any, at: pd.DataFrame, most: float, scale: float, theme: Theme, *, second: bool
) -> None:
    ends: Any = at[["lon", "lat"]].loc[[str(row["home"]), str(row["host"])]].to_numpy(dtype="float64")
    home, host = at.loc[str(row["home"])], at.loc[str(row["host"])]
    xy = arc(ends[0], ends[1], scale)
    share = float(row["attendances"]) / most
    width = THINNEST + (THICKEST - THINNEST) * share
    said = t(
        "events.flow_said", home=home["name"], host=host["name"], count=number(float(row["attendances"]))
    )  # fmt: skip
    colour = TONES[theme].series[1] if second else TONES[theme].accent
    figure.add_trace(
        go.Scatter(
            x=xy[:, 0], y=xy[:, 1], mode="lines+markers", opacity=0.45 + 0.45 * share,
            line={"color": colour, "width": width},
            marker={
                "symbol": "arrow", "angleref": "previous", "color": colour, "line": {"width": 0},
                "size": [0] * (STEPS - 1) + [7 + 1.4 * width],
            },
            customdata=[[str(row["host"]), said]] * STEPS, hovertemplate="%{customdata[1]}<extra></extra>",
        )
    )  # fmt: skip


def _outlines(figure: go.Figure, outlines: Sequence[shapely.Geometry], theme: Theme) -> None:
    x: list[float | None] = []
    y: list[float | None] = []
    for ring in shapely.get_exterior_ring(shapely.get_parts(list(outlines))):
        xy = shapely.get_coordinates(ring)
        x += [*xy[:, 0].round(5).tolist(), None]
        y += [*xy[:, 1].round(5).tolist(), None]
    palette = PALETTES[theme]
    figure.add_trace(
        go.Scatter(
            x=x, y=y, mode="lines", fill="toself", fillcolor=palette.land, hoverinfo="skip",
            line={"color": palette.line, "width": 1},
        )
    )  # fmt: skip


def _places(figure: go.Figure, at: pd.DataFrame, named: set[str], theme: Theme) -> None:
    tone = TONES[theme]
    halo = f"0 0 3px {tone.paper}, 0 0 3px {tone.paper}, 0 0 3px {tone.paper}"
    figure.add_trace(
        go.Scatter(
            x=at["lon"], y=at["lat"], mode="markers+text", textposition="top center",
            text=[name if code in named else "" for code, name in zip(at.index, at["name"], strict=True)],
            textfont={"color": tone.ink, "size": tone.size - 1, "shadow": halo},
            marker={"color": tone.ink, "size": 5, "line": {"color": tone.paper, "width": 1}},
            customdata=[[code, name] for code, name in zip(at.index, at["name"], strict=True)],
            hovertemplate="%{customdata[1]}<extra></extra>",
        )
    )  # fmt: skip


def _directions(figure: go.Figure, theme: Theme) -> None:
    """Which colour comes and which goes, in the colours themselves."""
    tone = TONES[theme]
    for row, (colour, words) in enumerate(((tone.accent, "coming"), (tone.series[1], "going"))):
        figure.add_annotation(
            x=0.01, y=0.01, xref="paper", yref="paper", xanchor="left", yanchor="bottom", showarrow=False,
            yshift=(1 - row) * tone.size * 1.5, text=f"<b>{t(f'events.{words}')}</b>",
            font={"color": colour, "size": tone.size}, bgcolor=tone.paper, opacity=0.9,
        )  # fmt: skip


def named_places(codes: Sequence[str], names: Mapping[str, str], areas: pd.DataFrame) -> pd.DataFrame:
    """One row per code: code, name, lon, lat (where the area's label stands)."""
    chosen = areas.loc[list(codes), ["lon", "lat"]]
    return pd.DataFrame({"code": list(codes), "name": [names[code] for code in codes]}).assign(
        lon=chosen["lon"].to_numpy(), lat=chosen["lat"].to_numpy()
    )
