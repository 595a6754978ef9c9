"""Each theme's page holds the report's figures of its theme against the records, on the district's page only."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pages.parts import reconciled
from pages.parts.words import words
from tests.opening import seen, table_called

PAGES = ("area", "party", "services", "events", "self_governance", "information", "workforce", "outcomes")


@pytest.mark.parametrize("page", PAGES)
def test_the_published_figures_of_a_theme_stand_on_its_page_with_ours(page: str, extracts: Path) -> None:
    figures = pd.read_parquet(extracts / "published.parquet")
    own = figures[figures["theme"] == reconciled.THEMES.get(page, page)]
    totals = own[own["check"] == "total"]
    app = seen(page, area="320613", lang="zh")
    assert not app.exception
    label = f"与报告对照：公布数 {len(own)} 项，其中总数 {len(totals)} 项，本库相符 {int(totals['met'].sum())} 项"
    if totals.empty:
        label = f"与报告对照：{len(own)} 项，均为报告写明的定数"
    table = table_called(app, label)
    assert list(table.iloc[:, 0]) == list(own["name_zh"]) and list(table.iloc[:, 4]) == list(own["meaning_zh"])
    verdicts = table.iloc[:, 3]
    assert (verdicts[own["check"].eq("total").to_numpy()] == "相符").all() and totals["met"].all()
    assert (verdicts[own["check"].ne("total").to_numpy()] == words("zh")["definitions.stated"]).all()


def test_every_published_figure_belongs_to_a_page(extracts: Path) -> None:
    themes = set(pd.read_parquet(extracts / "published.parquet")["theme"])
    assert themes == {reconciled.THEMES.get(page, page) for page in PAGES}


def test_a_part_of_the_district_has_no_published_figures() -> None:
    app = seen("party", area="320613007", lang="zh")
    assert not [box.label for box in app.expander if "与报告对照" in box.label]
