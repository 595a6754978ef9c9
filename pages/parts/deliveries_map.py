"""What a GIS file was read as, drawn over the present boundaries before anything of it is kept."""

from __future__ import annotations

import math
from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import plotly.graph_objects as go
import shapely
import streamlit as st
from numpy.typing import NDArray

from data.imports.examine import Examined
from data.imports.gis import FIRST_ROW, Layer
from geo.palettes import PALETTES, Theme
from pages.parts import charts, deliveries_boundaries, edition, state, tables, trends
from pages.parts.charts import TONES
from pages.parts.failures import guard
from pages.parts.words import lang, number, t

HEIGHT = 460
MOST_DRAWN = 20_000
"""Shapes drawn of a layer; more would not be told apart and make the page slow."""
STATES = ("good", "bad", "outside")


def layers(found: Examined) -> None:
    """Each layer in words and on a map; nothing where no GIS file was given."""
    if not found.layers:
        return
    st.html(tables.heading(t("deliveries.map_title"), level=3))
    for place, layer in enumerate(found.layers):
        st.html(tables.paragraph(sentence(layer)))
        name = f"{layer.file}-{layer.name}"
        figure = drawn(layer, conditions(found, layer), trends.theme_of(state.current_view()))
        st.plotly_chart(
            figure, theme=None, config=charts.config(lang(), name) | {"scrollZoom": True},
            key=f"deliveries_map_{place}_{name}", alt=sentence(layer),
        )  # fmt: skip
        if layer.kind == "boundaries":
            with guard("deliveries boundaries"):
                deliveries_boundaries.boundaries(layer, place)


def sentence(layer: Layer) -> str:
    """What a layer holds, in which system it came, and how much of it lies outside of every neighbourhood."""
    said = t(
        "deliveries.map_layer", layer=layer.name, kind=t(f"deliveries.map_kind.{layer.kind}"),
        count=number(len(layer.shapes)), system=layer.system,
    )  # fmt: skip
    if layer.shifted:
        said += t("deliveries.map_shifted", system=layer.system)
    astray = shapely.is_missing(layer.shapes)
    if astray.any():
        said += t("deliveries.map_astray", count=number(int(astray.sum())))
    if outside := int((~layer.inside & ~astray).sum()):
        said += t("deliveries.map_outside", count=number(outside))
    return said


def conditions(found: Examined, layer: Layer) -> NDArray[np.object_]:
    """For each shape whether its row can be taken (good), has a problem (bad), or lies outside all neighbourhoods."""
    told = np.where(layer.inside, "good", "outside").astype(object)
    if layer.kind != "points":
        return told
    for typed in found.sheets:
        if (typed.sheet.file, typed.sheet.name) == (layer.file, layer.name):
            told[typed.rows[typed.bad] - FIRST_ROW] = "bad"
    return told


def drawn(layer: Layer, told: NDArray[np.object_], theme: Theme) -> go.Figure:
    """The layer over the outlines of all neighbourhoods, with as much of them as it needs."""
    figure = charts.canvas("", theme, HEIGHT, right=0)
    _ground(figure, edition.outlines("neighbourhood"), theme)
    for condition in STATES:
        chosen = layer.shapes[told == condition][:MOST_DRAWN]
        if len(chosen):
            _shapes(figure, chosen, condition, int((told == condition).sum()), theme)
    west, south, east, north = shapely.total_bounds(layer.shapes)
    scale = 1 / math.cos(math.radians((south + north) / 2))
    room = 0.08 * max(east - west, north - south, 0.02)
    axis = {"visible": False}  # as wide as the page: what lies around fills it
    figure.update_xaxes(range=[west - room, east + room], **axis)
    figure.update_yaxes(range=[south - room, north + room], scaleanchor="x", scaleratio=scale, **axis)
    legend = {"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "font": {"size": TONES[theme].size}}
    figure.update_layout(margin_l=0, margin_t=8, dragmode="pan", showlegend=True, legend=legend)
    return figure


def _ground(figure: go.Figure, outlines: gpd.GeoDataFrame, theme: Theme) -> None:
    x, y = _path(shapely.get_exterior_ring(shapely.get_parts(outlines.geometry.to_numpy())))
    palette = PALETTES[theme]
    figure.add_trace(
        go.Scatter(
            x=x, y=y, mode="lines", fill="toself", fillcolor=palette.land, hoverinfo="skip", showlegend=False,
            line={"color": palette.line, "width": 1},
        )
    )  # fmt: skip


def _shapes(figure: go.Figure, shapes: NDArray[np.object_], condition: str, count: int, theme: Theme) -> None:
    tone = TONES[theme]
    colour = {"good": tone.accent, "bad": PALETTES[theme].worse, "outside": tone.series[1]}[condition]
    named = t(f"deliveries.map_is.{condition}", count=number(count))
    parts = shapely.get_parts(shapes)
    points = parts[shapely.get_dimensions(parts) == 0]
    lines = parts[shapely.get_dimensions(parts) > 0]
    if len(lines):
        rings = list(np.where(shapely.get_dimensions(lines) == 2, shapely.get_exterior_ring(lines), lines))
        x, y = _path(rings)
        line = {"color": colour, "width": 1.5}
        figure.add_trace(go.Scatter(x=x, y=y, mode="lines", line=line, name=named, hoverinfo="skip"))
    if len(points):
        xy = shapely.get_coordinates(points)
        symbol = "circle" if condition == "good" else "x"
        marker = {"color": colour, "size": 8, "symbol": symbol, "line": {"color": tone.paper, "width": 1}}
        figure.add_trace(
            go.Scatter(x=xy[:, 0], y=xy[:, 1], mode="markers", marker=marker, name=named, hoverinfo="skip")
        )


def _path(lines: Iterable[shapely.Geometry]) -> tuple[list[float | None], list[float | None]]:
    """Lines one after another, with a gap between."""
    x: list[float | None] = []
    y: list[float | None] = []
    for line in lines:
        xy = shapely.get_coordinates(line)
        x += [*xy[:, 0].round(6).tolist(), None]
        y += [*xy[:, 1].round(6).tolist(), None]
    return x, y
