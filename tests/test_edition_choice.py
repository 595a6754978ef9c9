"""Any edition on any page: the choice in the address, what the page says and shows, files, map, small counts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from data import prepare
from data.editions import come_into_force
from data.locks import held
from data.manifest import EDITION, edition_on, editions_built, extracts_dir, read_manifest, write_manifest
from data.publishing import publish_draft
from data.rebase import came_from
from data.static_assets import read_static
from data.stories import Scene, Story
from pages.parts import data, downloads, glass, map_view, staging, state, story_shelf
from pages.parts.state import Known, View
from queries.withheld_kept import KEPT
from tests import tiny_district as tiny
from tests.edition_place import DAY, approved_draft, publication, write_place
from tests.edition_place import opened as store_of
from tests.opening import html_of, opened, text_of
from tests.test_publish import quiet

NEW = "2021-01"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny place with a second edition in force: A1 gave a quarter of its homes to A2, B2 went to B1."""
    root = write_place(tmp_path_factory.mktemp("place"))
    publish_draft(root, publication(approved_draft(store_of(root)), day=DAY), quiet, root / "static")
    prepare._make_static(root, root / "static", quiet)
    return root


@pytest.fixture(autouse=True)
def place(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("LINLI_DATA", str(made))
    monkeypatch.setattr(map_view, "STATIC", made / "static")
    return made


def test_the_edition_in_force_says_that_its_figures_are_shared_out() -> None:
    app = opened("area", area=tiny.A2)
    assert not app.exception
    assert f"记录按 {EDITION} 版登记，邻里数字已按户数折算到 {NEW} 版，为估计数。" in text_of(app)
    assert f"邻里数字由 {EDITION} 版按户数折算" in text_of(app), "the footer says it too"
    assert "225" in text_of(app), "households of A2 since then"


@pytest.mark.parametrize(
    ("asked", "households"),
    [({"edition": EDITION}, "150"), ({"edition": "then", "period": "2020"}, "150"), ({}, "225")],
)
def test_a_page_shows_the_edition_of_the_address(asked: dict[str, str], households: str) -> None:
    app = opened("area", area=tiny.A2, **asked)
    assert not app.exception
    facts = text_of(app)
    assert households in facts
    former = "正在查看已被取代的边界版本 2020-07"
    assert (former in facts) == bool(asked)
    if asked:
        assert f"edition={asked['edition']}" in html_of(app), "links keep the choice"


def test_what_an_edition_does_not_have_gives_way_to_its_community() -> None:
    assert "这个边界版本里没有代码为" in text_of(opened("area", area=tiny.B2))
    assert "这个边界版本里没有代码为" not in text_of(opened("area", area=tiny.B2, edition=EDITION))


def test_an_edition_that_is_not_there_is_said_and_the_one_in_force_shown() -> None:
    for wrong in ("1999-01", "../manifest"):
        app = opened("records", edition=wrong)
        assert not app.exception
        assert f"没有可以显示的边界版本“{wrong}”" in text_of(app)
        assert f"邻里数字由 {EDITION} 版按户数折算" in text_of(app)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", ["overview", "boundaries", "records", "search"])
def test_every_kind_of_page_opens_on_a_former_edition(page: str, lang: str) -> None:
    app = opened(page, edition=EDITION, lang=lang)
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    assert {"zh": "正在查看已被取代的边界版本", "en": "You see a former boundary edition"}[lang] in text_of(app)


def test_pages_of_their_own_edition_pay_no_heed() -> None:
    app = opened("workbench", edition=EDITION)
    assert not app.exception and "正在查看" not in text_of(app) and 'class="ll-edition"' not in html_of(app)


def test_fragments_callbacks_and_files_follow_the_address(place: Path) -> None:
    """All doors ask the address itself, which fragments and callbacks see; a file is told its edition when offered."""
    former = View(page="boundaries", edition=EDITION)
    with state.viewing(former):
        assert data.manifest().edition == EDITION
        assert data.folder() == extracts_dir(place) / read_manifest(place, EDITION).version
        assert data.db().version == data.folder().name
        later = data.pinned(lambda: len(data.all_records("service_office", "320613", "2020", {})))
        codes = data.pinned(lambda: list(data.children(tiny.SECOND, "neighbourhood")["code"]))
        said = dict(downloads.about("", definition="", source="", period="").rows)
        assert EDITION in said["边界版本"] and "折算" not in said["边界版本"]
        assert set(map_view.published_assets().order["neighbourhood"]) == set(tiny.HOODS)
    assert tiny.B2 in codes() and later() == 2, "made after the reader went on"
    assert tiny.B2 not in list(data.children(tiny.SECOND, "neighbourhood")["code"])
    assert tiny.B2 not in map_view.published_assets().order["neighbourhood"]
    with state.viewing(View(page="area")):
        said = dict(downloads.about("", definition="", source="", period="").rows)
    assert f"邻里数字由 {EDITION} 版按户数折算" in said["边界版本"]


def test_the_edition_of_a_day(place: Path) -> None:
    known = editions_built(place)
    assert [made.edition for made in known] == [EDITION, NEW]
    days = {date(2019, 5, 1): EDITION, date(2020, 12, 31): EDITION, DAY: NEW, date(2030, 1, 1): NEW}
    assert {day: edition_on(known, day).edition for day in days} == days  # type: ignore[union-attr]


def test_parse_keeps_the_edition_and_drops_what_is_none() -> None:
    known = Known({"320613": "district"}, {"attendances_per_1000"}, {EDITION})
    view, notices = state.parse({"edition": EDITION}, known)
    assert not notices and state.parse(state.to_params(view), known)[0] == view
    assert state.parse({"edition": "2019-01"}, known)[0].edition == ""


def test_who_is_at_work_goes_along_to_other_pages() -> None:
    view = View(page="workbench", extra=(("as", "王"), ("draft", "d1")))
    assert dict(state.changed(view, "editions").extra) == {"as": "王"}
    assert dict(state.changed(view, lang="en").extra) == {"as": "王", "draft": "d1"}


# ── small counts ──


def kept(folder: Path) -> dict[str, set[tuple[str, ...]]]:
    cells = json.loads((folder / KEPT).read_text(encoding="utf-8"))["cells"]
    return {name: {tuple(map(str, cell)) for cell in found} for name, found in cells.items()}


def test_two_editions_together_tell_no_more_than_the_first(place: Path) -> None:
    """Whatever a later edition tells is made of cells that the first one tells: no difference between both is new."""
    before, after = (extracts_dir(place) / read_manifest(place, edition).version for edition in (EDITION, NEW))
    former, now = kept(before), kept(after)
    assert former["person"], "there is something to withhold"
    made_of = {tiny.A1: [tiny.A1], tiny.A2: [tiny.A1, tiny.A2], tiny.B1: [tiny.B1, tiny.B2]}
    for table in ("person", "hosted"):
        areas = {cell[0] for cell in former[table]} | set(made_of)
        rest = {cell[1:] for cell in former[table]}
        for area in areas - {tiny.B2}:
            for cell in rest:
                if any((origin, *cell) in former[table] for origin in made_of.get(area, [area])):
                    assert (area, *cell) in now[table], (table, area, cell)
    assert all(former[table] <= now[table] for table in former if table.startswith("exchange"))


def test_ground_that_changes_its_community_changes_what_stands_above() -> None:
    import pandas as pd

    def held(*pairs: tuple[str, str]) -> pd.DataFrame:
        return pd.DataFrame(pairs, columns=["ancestor", "code"])

    before = held(("P", "a"), ("Q", "b"), ("D", "a"), ("D", "b"), ("a", "a"), ("b", "b"), ("P", "P"), ("Q", "Q"))
    table = pd.DataFrame({"former": ["a", "a", "b"], "code": ["a", "b", "b"]})
    found = came_from(table, before, before)
    assert {("b", "a"), ("P", "a"), ("Q", "a"), ("P", "Q"), ("Q", "P")} <= found
    assert ("D", "a") not in found and ("a", "b") not in found


@pytest.mark.parametrize("edition", [EDITION, NEW])
def test_what_is_withheld_is_withheld_on_the_page(edition: str) -> None:
    with state.viewing(View(page="area", edition=edition)):
        known = kept(data.folder())["person"]
        first = [cell for cell in known if len(cell[0]) == 15 and cell[2:] == ("all", "first")]
        assert first
        for area, year, *_ in first:
            rows = data.measure_values(["attendances_first_time"], [area], year)
            assert rows["withheld"].all() and rows["value"].isna().all()


# ── an edition whose day is yet to come ──


def test_an_edition_comes_into_force_by_itself_on_its_day(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Back to the eve of the second edition: nobody sees it before its day, and from then on everybody."""
    first, second = read_manifest(place, EDITION), read_manifest(place, NEW)
    write_manifest(place, first)
    monkeypatch.setattr(data, "_looked", {})
    data.begin_day(date(2020, 12, 31))
    assert data.manifest().edition == EDITION
    data.begin_day(DAY)
    assert data.manifest() == second
    write_manifest(place, first)
    data.begin_day(DAY)
    assert data.manifest().edition == EDITION, "once a day a process looks, another one as well"
    assert come_into_force(place, DAY) == NEW and come_into_force(place, DAY) is None


def test_nobody_looks_into_a_publication_under_way(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_manifest(place, read_manifest(place, EDITION))
    monkeypatch.setattr(data, "_looked", {})
    with held(place / "editions" / ".publishing.lock"):
        data.begin_day(DAY)
        assert data.manifest().edition == EDITION
    data.begin_day(DAY)
    assert data.manifest().edition == NEW


def test_what_the_store_has_not_taken_in_cannot_be_chosen(place: Path) -> None:
    """A publication that was killed leaves a manifest behind; it bears no number, and no reader sees it."""
    write_manifest(place, replace(read_manifest(place, NEW), edition="2022-01", edition_number=0), "2022-01")
    try:
        assert [made.edition for made in editions_built(place)] == [EDITION, NEW]
        with state.viewing(View(page="area", edition="2022-01")):
            assert data.manifest().edition == NEW
    finally:
        (extracts_dir(place) / "edition-2022-01.json").unlink()


def test_a_story_is_shown_as_it_was_or_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/stories.sqlite")
    scene = Scene("area", {"area": tiny.A2, "level": "neighbourhood"}, highlights=(tiny.B2,), charts=("ranked",))
    past = read_manifest(data.data_root(), EDITION)
    store = story_shelf.store()
    made = store.add(Story("past", "Past", "en", (scene,), data_version=past.version, edition=EDITION))
    assert story_shelf.changed_since(made) == story_shelf.Changed(data.manifest().version, NEW, past.version, same=True)
    later = store.add(Story("later", "Later", "en", (scene,), data_version="v0", edition=EDITION))
    found = story_shelf.changed_since(later)
    assert found is not None and (found.older, found.same) == (past.version, False)
    with state.viewing(View(page="present", lang="en")):  # a link straight to the talk says it on the glass
        told = glass.changed(later)
    assert told is not None and NEW in told["said"] and f"data={past.version}" in told["there"]
    cover = html_of(opened("present", story="later", lang="en"))
    assert f"data={past.version}" in cover
    for version, edition, there in ((past.version, EDITION, True), ("", NEW, False)):
        with data.at_version(version):
            assert map_view.published_assets() == read_static(map_view.STATIC, edition)
            content = glass.content_of(staging.stage(scene, made))
        assert edition in content["source"] and (tiny.B2 in content["map"]["highlight"]) is there
        assert not opened("present", story="past", present="1", data=version, lang="en").exception
