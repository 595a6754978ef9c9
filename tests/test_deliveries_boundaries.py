"""Boundaries among the deliveries: held against the edition in force block by block, and handed over as a draft."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest

from data.imports.examine import Options, examine
from data.imports.gis import Layer
from data.imports.mappings import Mappings
from data.manifest import data_root
from geo.datums import moved, to_gcj02
from geo.plans import Plan
from geo.plans_import import edited
from pages.parts import deliveries_boundaries as boundaries
from pages.parts import workbench_base, workbench_drafts, workbench_files
from pages.parts.planner import current_user
from pages.parts.words import speaking, words
from pages.parts.workbench_steps import Step, tried
from tests.opening import opened

pytestmark = pytest.mark.usefixtures("own_store")

HERE = "320613007005"


@pytest.fixture(scope="module")
def merged(plan: Plan) -> Plan:
    """The edition with the first two neighbourhoods of a community as one."""
    first = tried(plan, Step("merge", code=f"{HERE}001", other=f"{HERE}002")).preview
    assert first is not None
    return first.plan


def drawn(plan: Plan, language: str) -> gpd.GeoDataFrame:
    """The community's neighbourhoods as a planner's GIS would hold them, with their names in a language."""
    with speaking(language):  # type: ignore[arg-type]
        names = workbench_files._names(plan, [HERE])
    codes = sorted(set(plan.homes[HERE].values()))
    shapes = gpd.GeoSeries([plan.polygon(code) for code in codes], crs=plan.ground.crs)
    table = {"code": codes, "name": [names[code] for code in codes]}
    return gpd.GeoDataFrame(table, geometry=shapes.to_crs("EPSG:4490"))


def brought(layer: gpd.GeoDataFrame, path: Path) -> Layer:
    layer.to_file(path)
    found = examine([str(path)], data_root(), Options(), Mappings())
    (kept,) = found.layers
    assert kept.kind == "boundaries" and found.taken() == []
    assert [refused.kind for refused in found.unread] == ["gis_boundaries"]
    return kept


def held(plan: Plan, layer: Layer) -> boundaries.Held:
    assert layer.edited is not None
    names = workbench_files.present_names(plan, layer.edited)
    return boundaries.Held(layer, workbench_base.base().edition, edited(plan, layer.edited, names=names))


def test_what_was_drawn_elsewhere_opens_as_a_draft_in_the_workbench(plan: Plan, merged: Plan, tmp_path: Path) -> None:
    found = held(plan, brought(drawn(merged, "zh"), tmp_path / "改划.gpkg"))
    with speaking("zh"):
        assert "其余经 1 步操作可改到图层所画的样子" in boundaries.told(found)
        boundaries.make(found)
        said = boundaries.handed_over(found)
        address = boundaries.link(found, found.communities)
    assert found.communities == (HERE,) and f"draft={found.draft}" in address and "草案已建立" in said
    assert workbench_drafts.opened(found.draft, current_user()).plan.homes[HERE] == merged.homes[HERE]
    app = opened("workbench", area=HERE, draft=found.draft)
    (given,) = [e.proto for e in app.get("bidi_component") if e.proto.component_name == "linli_workbench"]
    assert not app.exception
    (step,) = json.loads(given.json)["operations"]
    assert step["about"].endswith("导入 改划.gpkg")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_layer_in_force_asks_for_nothing_whatever_the_language_of_its_names(
    language: str, plan: Plan, tmp_path: Path
) -> None:
    found = held(plan, brought(drawn(plan, language), tmp_path / "same.geojson"))
    with speaking(language):  # type: ignore[arg-type]
        assert words(language)["deliveries.boundaries.same"].split("{")[0] in boundaries.told(found)
    assert found.imported.operations == () and found.imported.findings.empty


def test_a_layer_from_a_web_map_is_brought_back_first(plan: Plan, merged: Plan, tmp_path: Path) -> None:
    whole = drawn(merged, "zh")
    found = held(plan, brought(moved(whole, to_gcj02, whole.crs), tmp_path / "gcj.gpkg"))
    assert found.layer.shifted and found.layer.system == "GCJ-02"
    assert len(found.imported.operations) == 1 and found.imported.findings.empty


def test_a_layer_without_codes_is_shown_and_told_what_it_lacks(plan: Plan, tmp_path: Path) -> None:
    every = [plan.polygon(code) for code in plan.codes]
    bare = gpd.GeoDataFrame({"n": range(len(every))}, geometry=every, crs=plan.ground.crs).to_crs("EPSG:4490")
    assert brought(bare, tmp_path / "bare.gpkg").edited is None
