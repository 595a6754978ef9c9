"""Real records begin with one table of one office: every page stands on them, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.imports import applying, loads
from data.imports.examine import Options, examine
from data.imports.mappings import Mappings
from data.manifest import EDITION
from data.publish import make_edition, write_edition
from pages.parts import registry
from tests import office_files as office
from tests import tiny_district as tiny
from tests.edition_place import first_assignment
from tests.opening import html_of, opened, text_of
from tests.test_publish import make_geography, quiet

PAGES = [entry.name for entry in registry.PAGES]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation whose only records are two events, which somebody has just put in force."""
    root = tmp_path_factory.mktemp("begun") / "data"
    write_edition(make_edition(make_geography(), first_assignment(), quiet), root, EDITION)
    row = dict(zip(office.EVENT_HEADERS, office.EVENT, strict=True)) | {"主办邻里": tiny.A1}
    told = [list((row | {"活动编号": identity}).values()) for identity in ("E8", "E9")]
    file = office.text_file(root.parent / "events.csv", [office.EVENT_HEADERS, *told])
    load = loads.stage(root, examine([str(file)], root, Options(), Mappings()), "clerk")
    applying.apply(root, load.id, "clerk", "checked")
    return root


@pytest.mark.parametrize(("turn", "name"), list(enumerate(PAGES)), ids=PAGES)
def test_a_page_stands_on_the_first_delivery(
    begun: Path, monkeypatch: pytest.MonkeyPatch, turn: int, name: str
) -> None:
    monkeypatch.setenv("LINLI_DATA", str(begun))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for place, area in enumerate((tiny.DISTRICT, tiny.FIRST, tiny.A1)):
        app = opened(name, lang=("zh", "en")[(turn + place) % 2], area=area)
        assert not app.exception and 'class="ll-failure' not in html_of(app), area
        assert "Traceback" not in text_of(app)
