"""The peer of bench_workbench: blocks of one community in st_folium; a click repaints one by a small feature group."""

from __future__ import annotations

import folium
import streamlit as st
from shapely.geometry import Point
from streamlit_folium import st_folium

from geo.tables import read_published

COMMUNITY = "320613007005"


@st.cache_resource
def blocks():  # type: ignore[no-untyped-def]
    """The blocks of one community in degrees."""
    own = read_published().blocks
    return own[own["community"] == COMMUNITY][["block_id", "neighbourhood", "geometry"]].to_crs(4326)


def main() -> None:
    """The usual way: the map stays the same, the clicked blocks come in a feature group that is outside of its hash."""
    layer = blocks()
    folium.Map.default_js = [script for script in folium.Map.default_js if script[0] == "leaflet"]
    x0, y0, x1, y1 = layer.total_bounds
    drawn = folium.Map(location=((y0 + y1) / 2, (x0 + x1) / 2), zoom_start=15, tiles=None)
    folium.GeoJson(layer, style_function=lambda _: {"fillColor": "#9cc3d3", "weight": 1}).add_to(drawn)
    chosen: set[int] = st.session_state.setdefault("chosen", set())
    group = folium.FeatureGroup(name="chosen")
    for block in sorted(chosen):
        shape = layer.loc[layer["block_id"] == block].geometry.iloc[0]
        style = {"fillColor": "#b3401f", "fillOpacity": 0.9, "weight": 2, "className": f"chosen-{block}"}
        folium.GeoJson(shape.__geo_interface__, style_function=lambda _, style=style: style).add_to(group)
    found = st_folium(
        drawn, key="map", width=900, height=600, feature_group_to_add=group, returned_objects=["last_clicked"]
    )
    clicked = found and found.get("last_clicked")
    if clicked and clicked != st.session_state.get("seen"):
        st.session_state["seen"] = clicked
        hit = layer[layer.contains(Point(clicked["lng"], clicked["lat"]))]
        if not hit.empty:
            chosen ^= {int(hit["block_id"].iloc[0])}
            st.rerun()


main()
