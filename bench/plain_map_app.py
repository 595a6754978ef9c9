"""The peer of bench_page: the usual way, a folium.GeoJson made again on each change, over the same areas and values."""

from __future__ import annotations

from pathlib import Path

import folium
import geopandas as gpd
import streamlit as st
from streamlit_folium import st_folium

from data.indicators import load_indicators
from data.manifest import current_folder, data_root
from geo.palettes import sequential
from queries.indicator_queries import indicator_by_area
from queries.indicators import classes, values
from queries.periods import Period
from queries.run import Database, open_database


@st.cache_data
def shapes(folder: Path) -> gpd.GeoDataFrame:
    """The neighbourhoods as plain polygons, simplified as little as the peer's users do."""
    boundaries = gpd.read_parquet(folder / "boundaries.parquet")
    return boundaries[boundaries["level"] == "neighbourhood"][["code", "name_zh", "geometry"]]


@st.cache_resource
def database(folder: Path) -> Database:
    """The same extracts that we read."""
    return open_database(folder)


def main() -> None:
    """One choropleth of the indicator in the address."""
    folder = current_folder(data_root())
    indicator = load_indicators()[st.query_params.get("indicator", "attendances_per_1000")]
    period = Period.parse("2020")
    found = indicator_by_area(
        database(folder),
        indicator.numerator,
        indicator.denominator,
        "neighbourhood",
        "320613",
        period.start,
        period.end,
    )
    found["value"] = values(found, indicator.scale)
    grouped = classes(found.set_index("code")["value"])
    ramp = sequential("light", grouped.k)
    colours = {code: ramp[k] if k >= 0 else "#ffffff" for code, k in grouped.index.items()}
    folium.Map.default_js = [script for script in folium.Map.default_js if script[0] == "leaflet"]
    drawn = folium.Map(location=(32.03, 120.86), zoom_start=12, tiles=None)
    areas = shapes(folder).merge(found[["code", "value"]], on="code")
    folium.GeoJson(
        areas,
        style_function=lambda feature: {"fillColor": colours[feature["properties"]["code"]], "weight": 1},
        tooltip=folium.GeoJsonTooltip(["name_zh", "value"]),
    ).add_to(drawn)
    st_folium(drawn, key="map", width=900, height=600, returned_objects=["last_object_clicked_tooltip"])
    st.write(f"shown {indicator.id}")


main()
