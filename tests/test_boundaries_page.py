"""The page on boundaries: what it says is what the edition's own measures say, in both languages and at every level."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo.four_boundaries import Side
from geo.quality import Quality
from geo.tables import Published, read_published
from pages.parts import bounds, data, edition
from pages.parts.words import speaking, t, words
from tests.opening import html_of, opened, table_called, text_of

BESIDE = "（邻中心村社区）", " (next to Zhongxincun Community)"
BORDER = "（与中心村社区交界）", " (border with Zhongxincun Community)"
BOTH = (
    "无名主干路（与中心村社区交界，工农路以西约10米）",
    "an unnamed main road (border with Zhongxincun Community; about 10 m west of Gongnong Road)",
)
AREAS = {
    "district": "320613", "zone": "320613401", "subdistrict": "320613007", "community": "320613007005",
    "neighbourhood": "320613007005001",
}  # fmt: skip
HERE = AREAS["community"]
UNFILLED = re.compile(r"\{\w+\}|\bnan\b|\bNone\b|<NA>")


@pytest.fixture(scope="module")
def published(extracts: Path) -> Published:
    return read_published()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("level", AREAS)
def test_every_level_opens_whole_in_both_languages(level: str, language: str, extracts: Path) -> None:
    app = opened("boundaries", area=AREAS[level], lang=language)
    shown = text_of(app)
    areas = pd.read_parquet(extracts / "area.parquet").set_index("code")
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    assert areas.at[AREAS[level], f"name_{language}"] in shown
    assert not UNFILLED.search(shown), UNFILLED.search(shown)
    for part in ("rules", "in_words", "files", "map"):
        assert words(language)[f"boundaries.{part}"] in shown, part


def test_the_first_sentence_and_the_table_say_what_the_edition_measures(published: Published) -> None:
    app = opened("boundaries")
    sizes = published.blocks.groupby("neighbourhood").agg(households=("households", "sum"), kind=("kind", "first"))
    off = sizes["households"] / sizes["kind"].map({"rural": 150}).fillna(300) - 1
    within = {width: (off.abs() <= width).mean() for width in (0.20, 0.12)}
    shown = text_of(app)
    assert f"其中 {100 * within[0.20]:.1f}% 的户数在标准的 ±20% 以内" in shown
    assert "1,074 个邻里" in shown and "各邻里连成一片，不跨社区，无缝隙、无重叠" in shown
    table = table_called(app, "质量与规则").set_index("指标")
    assert table.at["户数在标准 ±12% 以内", "本版本"] == f"{100 * within[0.12]:.1f}%"
    assert set(table["结论"]) == {"达到", "—"}
    assert f"{(off.abs() > 0.12).sum()} 个的户数偏离标准超过 12%" in shown


def test_a_neighbourhood_outside_the_range_is_listed_with_how_far(published: Published) -> None:
    app = opened("boundaries", range="12")
    households = published.blocks.groupby("neighbourhood")["households"].sum()
    rural = published.blocks.groupby("neighbourhood")["kind"].first() == "rural"
    off = (households / rural.map({True: 150, False: 300}) - 1)[lambda found: found.abs() > 0.12]
    table = table_called(app, f"1,074 个邻里中 {len(off)} 个的户数偏离标准超过 12%")
    signs = table["偏离"].str.replace("−", "-", regex=False).str.rstrip("%").astype(float)
    assert sorted(signs) == pytest.approx(sorted((100 * off).round(1)), abs=0.051)


def test_shares_never_round_to_all_or_nothing() -> None:
    shares = (1.0, 0.99987, 0.5, 0.0003, 0.0)
    assert [bounds.percent(share) for share in shares] == ["100.0%", "99.9%", "50.0%", "<0.1%", "0.0%"]


def test_the_quality_of_a_part_counts_the_part_only(published: Published) -> None:
    whole, part = edition.quality("320613"), edition.quality(AREAS["community"])
    assert isinstance(whole, Quality) and whole.neighbourhoods == 1074
    inside = published.blocks["community"] == AREAS["community"]
    assert part.neighbourhoods == published.blocks.loc[inside, "neighbourhood"].nunique()
    assert part.gap_m2 == part.overlap_m2 == 0
    assert part.severance_km is not None and whole.severance_km is not None and part.severance_km < whole.severance_km


@pytest.mark.parametrize(
    ("side", "zh", "en"),
    [
        (Side("工农路", "arterial", "320613007005001", "neighbourhood", 1.0), "工农路", "Gongnong Road"),
        (Side("狼山", "landmark", HERE, "community", 1.0), "狼山", "Langshan Hill"),
        (Side(None, "wall", None, "district", 1.0), "区界", "the district border"),
        (Side(None, "wall", HERE, "neighbourhood", 1.0), "小区边界" + BESIDE[0], "a compound boundary" + BESIDE[1]),
        (Side(None, "none", HERE, "neighbourhood", 1.0), "小区边界" + BESIDE[0], "a compound boundary" + BESIDE[1]),
        (Side(None, "lane", HERE, "community", 1.0), "里弄" + BORDER[0], "a lane" + BORDER[1]),
        (Side(None, "river", HERE, "neighbourhood", 1.0), "小河" + BESIDE[0], "a stream" + BESIDE[1]),
        (Side(None, "road", HERE, "neighbourhood", 1.0, "工农路", 124.0), "无名道路（工农路以西约120米）",
         "an unnamed street (about 120 m west of Gongnong Road)"),
        (Side(None, "arterial", HERE, "community", 1.0, "工农路", 3.0), BOTH[0], BOTH[1]),
    ],
)  # fmt: skip
def test_a_side_in_words(side: Side, zh: str, en: str, extracts: Path) -> None:
    with speaking("zh"):
        assert bounds.side_in_words("east", side) == zh
    with speaking("en"):
        assert bounds.side_in_words("east", side) == en


def test_four_boundaries_go_east_south_west_north() -> None:
    sides = {name: Side(name, "road", None, "district", 1.0) for name in ("east", "south", "west", "north")}
    with speaking("zh"):
        assert bounds.in_words(sides) == "东至east，南至south，西至west，北至north。"
    with speaking("en"):
        assert bounds.in_words(sides) == "East to east, south to south, west to west, north to north."


def test_most_neighbourhoods_are_placed_by_a_line_or_a_border_with_a_name(extracts: Path) -> None:
    everyone = data.areas().query("level == 'neighbourhood'")["code"]
    found = edition.sides("neighbourhood", everyone).values()
    named = [any(side.name or side.beyond for side in sides.values()) for sides in found]
    placed = [any(side.name or side.beyond or side.level != "neighbourhood" for side in s.values()) for s in found]
    assert sum(named) / len(named) > 0.8
    assert sum(placed) / len(placed) > 0.98


def test_every_name_a_border_has_is_known_in_english(extracts: Path) -> None:
    named = set(pd.read_parquet(extracts / "edges.parquet", columns=["name"])["name"].dropna())
    with speaking("en"):
        unknown = [name for name in named if re.search("[一-鿿]", data.line_name(name))]
    assert named and not unknown


@pytest.mark.parametrize("kind", edition.FORMATS)
def test_a_file_opens_again_with_the_same_shapes_and_says_what_it_is(
    kind: str, published: Published, tmp_path: Path
) -> None:
    with speaking("zh"):
        nature = t("boundaries.demonstration")
        path = tmp_path / f"edition.{'zip' if kind == 'shp' else kind}"
        path.write_bytes(edition.as_file(AREAS["community"], kind, nature))
    layer = gpd.read_file(path).set_index("code").to_crs(4549)
    own = published.boundaries.set_index("code")
    assert AREAS["community"] in layer.index and len(layer) == edition.quality(AREAS["community"]).neighbourhoods + 1
    assert set(layer["nature"]) == {"演示边界"}
    assert layer.at[AREAS["community"], "name_zh"] == "中心村社区"
    for code, shape in layer.geometry.items():
        assert shape.hausdorff_distance(own.geometry[code]) < 0.001
