"""Published figures: bounds as the report words them, and every one of the demonstration's totals met."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from data import __main__ as command
from data.reconcile import PUBLISHED, TotalUnknown, is_met, published_table, reconcile, summary

FIGURES = pd.read_csv(PUBLISHED, dtype=str, keep_default_na=False)


@pytest.mark.parametrize(
    ("published", "bound", "ours", "met"),
    [
        ("0.722", "exact", 0.72249, True),
        ("0.722", "exact", 0.7225, False),  # half is rounded up, to 0.723
        ("0.86", "exact", 0.8649, True),
        ("2.0", "exact", 2.04, True),
        ("2.0", "exact", 2.06, False),
        ("234", "exact", 234.4, True),
        ("1074", "exact", 1073.0, False),
        ("0.85", "exact", 0.845, True),
        ("6000", "at_least", 6000.0, True),
        ("6000", "at_least", 5999.0, False),
        ("6000", "at_least", 6180.0, True),
        ("6000", "at_least", 6181.0, False),
        ("1080000", "about", 1101600.0, True),
        ("1080000", "about", 1058399.0, False),
        ("3", "min", 3.0, True),
        ("10", "max", 11.0, False),
    ],
)
def test_a_bound_means_what_the_words_say(published: str, bound: str, ours: float, met: bool) -> None:
    assert is_met("some_figure", published, bound, ours) is met


@pytest.mark.parametrize(("ours", "met"), [(686.0, True), (700.0, True), (701.0, False), (685.0, False)])
def test_nearly_is_at_most(ours: float, met: bool) -> None:
    assert is_met("interest_groups", "700", "about", ours) is met


def test_a_total_that_no_record_bears_on_is_missed_not_unknown() -> None:
    table = published_table({"gardens": 72.0}).set_index("id")
    assert table.loc["gardens", "met"]
    assert not table.loc["events", "met"]
    assert pd.isna(table.loc["gdp", "met"])


def test_a_total_never_published_is_refused() -> None:
    with pytest.raises(TotalUnknown, match="swimming_pools"):
        published_table({"swimming_pools": 3.0})


@pytest.mark.parametrize("figure", FIGURES.to_dict("records"), ids=FIGURES["id"])
def test_every_published_figure(figure: dict[str, str], extracts: Path) -> None:
    row = pd.read_parquet(extracts / "published.parquet").set_index("id").loc[figure["id"]]
    assert row["value"] == float(figure["value"])
    if figure["check"] == "total":
        assert row["met"], f"{figure['name_en']}: {row['ours']} against {figure['value']} ({figure['bound']})"
    else:
        assert pd.isna(row["ours"])
        assert pd.isna(row["met"])


def test_the_command_prints_what_is_met(
    extracts: Path, data_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LINLI_DATA", str(data_root))
    assert command.main(["reconcile", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"published": 69, "met": 45, "stated": 24, "missed": []}
    assert summary(reconcile(data_root)).published == len(FIGURES)


def test_without_a_build_the_command_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LINLI_DATA", str(tmp_path))
    assert command.main(["reconcile"]) == 1
    assert "Make them with `make data`" in capsys.readouterr().err


def test_no_sentence_of_the_report_is_carried() -> None:
    assert "quote" not in FIGURES.columns
    assert not any(re.search("[，；].*[，；]", text) for text in FIGURES["name_zh"])
