"""Small counts stay untold: an attacker who knows every published cell and every sum, against tables of every shape."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from data.rebase import came_from
from queries.exchange_sums import crossed
from queries.guards import GUARDS
from queries.run import FOLDER, Database, open_database, statement, statement_names
from queries.suppression import SMALL, WITHHELD, audit, protect, threshold
from queries.withheld_kept import KEPT, carry
from queries.withholding import PROTECTED, Withholding
from tests.test_structure import ROOT, python_files

DISTRICT = "320613"
YEAR = (date(2020, 1, 1), date(2020, 12, 31))
LEAVES = ("a", "b", "c", "d", "e", "f", "g", "h")
# two parents, and overlays that cut across them
NESTED: list[tuple[str, tuple[str, ...]]] = [
    ("top", ("P", "Q")),
    ("P", LEAVES[:4]),
    ("Q", LEAVES[4:]),
    ("zone", ("a", "b", "e")),
    ("former", ("P",)),
]
ANSWERS = ("yes", "no")


def table_of(leaves: Mapping[tuple[str, str], int]) -> pd.DataFrame:
    """All cells of area × answer, sums included, from the cells of the leaves."""
    cells = dict(leaves)
    for answer in ANSWERS:
        for whole, parts in (*NESTED[1:], NESTED[0]):
            cells[whole, answer] = sum(cells[part, answer] for part in parts)
    areas = {area for area, _ in cells}
    cells |= {(area, "all"): sum(cells[area, answer] for answer in ANSWERS) for area in areas}
    return pd.DataFrame([(*cell, count) for cell, count in sorted(cells.items())], columns=["area", "answer", "count"])


def told(frame: pd.DataFrame, k: int = SMALL) -> pd.DataFrame:
    return protect(frame, "count", {"area": NESTED}, {"answer": "all"}, k)


counts = st.one_of(st.integers(0, 14), st.integers(0, 120))
tables = st.lists(counts, min_size=16, max_size=16).map(
    lambda values: table_of(dict(zip(product(LEAVES, ANSWERS), values, strict=True)))
)


@settings(max_examples=60, deadline=None)
@example(table_of(dict(zip(product(LEAVES, ANSWERS), [0, 0, 0, 4, *[0] * 5, 1, *[0] * 5, 1], strict=True))), 3)
@given(tables, st.sampled_from([3, 5, 10]))
def test_no_small_count_can_be_worked_out(frame: pd.DataFrame, k: int) -> None:
    found = told(frame, k)
    small = (found["count"] > 0) & (found["count"] < k)
    assert (found.loc[small, "status"] == "suppressed").all()
    assert (found.loc[found["count"] == 0, "status"] == "zero").all()
    assert not audit(found, "count", {"area": NESTED}, {"answer": "all"}, k)


@settings(max_examples=40, deadline=None)
@given(tables)
def test_whole_numbers_leave_the_attacker_no_more(frame: pd.DataFrame) -> None:
    """The auditor bounds cells over all numbers; over whole numbers alone the intervals stay wide enough."""
    found = told(frame)
    for cell in np.flatnonzero(found["status"] == "suppressed")[:4]:
        low, high = attack(found, int(cell))
        assert high >= SMALL and high - low >= SMALL


def attack(found: pd.DataFrame, cell: int) -> tuple[float, float]:
    """Least and greatest whole number the cell can be, written apart from the auditor: one equation a sum."""
    at = {(row.area, row.answer): place for place, row in enumerate(found.itertuples())}
    rows = []
    for whole, parts in NESTED:
        rows += [[(at[whole, answer], -1), *((at[part, answer], 1) for part in parts)] for answer in (*ANSWERS, "all")]
    rows += [[(at[area, "all"], -1), *((at[area, answer], 1) for answer in ANSWERS)] for area in found["area"].unique()]
    matrix = np.zeros((len(rows), len(found)))
    for line, row in enumerate(rows):
        for place, sign in row:
            matrix[line, place] = sign
    hidden = found["status"].isin(WITHHELD).to_numpy()
    count = found["count"].to_numpy(float)
    bounds = Bounds(np.where(hidden, 1, count), np.where(hidden, np.inf, count))
    ends = []
    for sign in (1, -1):
        weights = np.zeros(len(found))
        weights[cell] = sign
        answer = milp(
            weights, constraints=LinearConstraint(matrix, 0, 0), bounds=bounds, integrality=np.ones(len(found))
        )
        ends.append(float("inf") if answer.fun is None else sign * float(answer.fun))
    return ends[0], ends[1]


MOVES = st.lists(
    st.tuples(st.sampled_from(LEAVES), st.sampled_from(LEAVES), st.sampled_from([0.25, 0.5, 1.0])), max_size=3
)


@settings(max_examples=25, deadline=None)
@given(tables, MOVES)
def test_a_later_edition_beside_the_first_gives_nothing_away(frame: pd.DataFrame, moves: list[Any]) -> None:
    """Areas give shares of their people to others; the attacker sets what both editions tell side by side."""
    weight = pd.DataFrame(np.eye(len(LEAVES)), index=list(LEAVES), columns=list(LEAVES))
    for giver, taker, share in moves:
        if giver != taker:
            weight.loc[taker] += share * weight.loc[giver]
            weight.loc[giver] *= 1 - share
    found = told(frame)
    hidden = {(row.area, row.answer) for row in found[found["status"].isin(WITHHELD)].itertuples()}
    later = carried(hidden, weight)
    held = {area: held_by(area) for area in found["area"].unique()}
    count = found.set_index(["area", "answer"])["count"]
    known = [
        (row(held[area], answer), value) for (area, answer), value in count.items() if (area, answer) not in hidden
    ]
    for area, answer in product(held, (*ANSWERS, "all")):
        if (area, answer) not in later:
            mixed = row(weight.loc[held[area]].sum(), answer)
            known.append((mixed, float(mixed @ [count[cell] for cell in product(LEAVES, ANSWERS)])))
    for cell in [c for c in product(LEAVES, ANSWERS) if 0 < count[c] < SMALL][:3]:
        ends = [extreme(known, cell, hidden, sign) for sign in (1, -1)]
        assert ends[1] >= SMALL - 1e-6 and ends[1] - ends[0] >= SMALL - 1e-6


def held_by(area: str) -> list[str]:
    """The leaves of an area; former holds P."""
    return [leaf for part in dict(NESTED).get(area, (area,)) for leaf in (held_by(part) if part in "PQ" else [part])]


def row(leaves: Any, answer: str) -> np.ndarray[Any, Any]:
    """What a cell is made of: a weight for each leaf × answer."""
    share = leaves if isinstance(leaves, pd.Series) else pd.Series(1.0, index=leaves)
    return np.array([share.get(leaf, 0.0) * (answer in (each, "all")) for leaf, each in product(LEAVES, ANSWERS)])


def carried(hidden: set[tuple[str, str]], weight: pd.DataFrame) -> set[tuple[str, str]]:
    """What the later edition withholds by `carry` alone."""
    held = pd.DataFrame([(area, leaf) for area in {*LEAVES, *dict(NESTED)} for leaf in held_by(area)])
    held.columns = ["ancestor", "code"]
    moved = [(former, code) for code, former in product(LEAVES, LEAVES) if weight.at[code, former] > 0]
    pairs = came_from(pd.DataFrame(moved, columns=["former", "code"]), held, held)
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        for place, cells in ((one, sorted(hidden)), (other, [])):
            (Path(place) / KEPT).write_text(json.dumps({"k": SMALL, "cells": {"survey": cells}}), encoding="utf-8")
        carry(Path(one), Path(other), pairs)
        kept = json.loads((Path(other) / KEPT).read_text(encoding="utf-8"))["cells"]["survey"]
    return {(area, answer) for area, answer in kept}


def extreme(known: list[Any], cell: tuple[str, str], hidden: set[tuple[str, str]], sign: int) -> float:
    """Least (1) or greatest (-1) number a leaf's cell can be."""
    cells = list(product(LEAVES, ANSWERS))
    low = [1.0 if each in hidden else 0.0 for each in cells]
    matrix, values = np.array([r for r, _ in known]), np.array([v for _, v in known], float)
    within = LinearConstraint(matrix, values - 1e-7, values + 1e-7)
    answer = milp([sign * (each == cell) for each in cells], constraints=within, bounds=Bounds(low, np.inf))
    return float("inf") if answer.fun is None else sign * float(answer.fun)


def test_primary_suppression_alone_is_caught() -> None:
    """The auditor must find what naive hiding gives away: one small answer, its total and its parent told."""
    values = dict.fromkeys(product(LEAVES, ANSWERS), 40) | {("b", "no"): 3}
    frame = table_of(values)
    naive = frame.assign(status=np.where((frame["count"] > 0) & (frame["count"] < SMALL), "suppressed", "shown"))
    (weak,) = audit(naive, "count", {"area": NESTED}, {"answer": "all"})
    assert weak.cell == ("b", "no") and weak.low == weak.high == weak.count == 3
    pairs = naive.assign(status=naive["status"].mask(naive["area"] == "b", "suppressed"))  # its row too: still alone
    assert [each.low for each in audit(pairs, "count", {"area": NESTED}, {"answer": "all"})] == [3]
    assert not audit(told(frame), "count", {"area": NESTED}, {"answer": "all"})
    shown = frame.assign(status="shown")
    assert [each.cell for each in audit(shown, "count", {"area": NESTED}, {"answer": "all"})] == [("b", "no")]


def test_nothing_is_withheld_where_nothing_is_small() -> None:
    frame = table_of(dict.fromkeys(product(LEAVES, ANSWERS), 40) | {("a", "no"): 0})
    assert set(told(frame)["status"]) == {"shown", "zero"}


def test_the_threshold_is_read_and_a_slip_lays_nobody_open(monkeypatch: pytest.MonkeyPatch) -> None:
    for given_, k in (("", 10), ("5", 5), (" 20 ", 20), ("0", 10), ("-3", 10), ("ten", 10), ("1", 1)):
        monkeypatch.setenv("LINLI_SMALL_COUNT", given_)
        assert threshold() == k


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.just(0), st.integers(1, 12), st.integers(0, 400)), min_size=36, max_size=36))
def test_no_small_flow_can_be_worked_out(values: list[int]) -> None:
    communities = ["320613001001", "320613001002", "320613001003", "320613002001", "320613002002", "320613002003"]
    flows = pd.DataFrame(list(product(communities, repeat=2)), columns=["host", "home"]).assign(counted=values)
    flows = flows[flows["counted"] > 0]
    holders = {c: ("community", [c]) for c in communities} | {
        DISTRICT: ("district", communities),
        "320613001": ("subdistrict", communities[:3]),
        "320613002": ("subdistrict", communities[3:]),
        "320613401": ("zone", communities[2:4]),
    }
    rows, known, sums = crossed(flows, holders)
    for whole, parts in sums:
        assert rows["counted"].iloc[whole] == rows["counted"].iloc[parts].sum()
    found = protect(rows, "counted", {}, told=known, also=sums)
    at = {(row.host, row.home): place for place, row in enumerate(found.itertuples())}
    kept = found["status"].eq("shown").to_numpy() & ~known
    for weak in audit(found, "counted", {}, told=known, also=sums):
        # attendances by residents and hosted are told anyhow: where they leave no room, nothing beside the cell is told
        place = at[weak.cell] if weak.cell else -1
        beside = [row for whole, parts in sums if place in (whole, *parts) for row in (whole, *parts)]
        assert not kept[beside].any()


# ── the data as built ──


@pytest.fixture(scope="module")
def db(extracts: Path) -> Iterator[Database]:
    database = open_database(extracts, small_count=SMALL)
    yield database
    database.close()


@pytest.fixture(scope="module")
def known(db: Database) -> Withholding:
    return Withholding(db, SMALL)


def test_surveys_as_built_cannot_be_worked_out(known: Withholding, db: Database) -> None:
    cells = known.cells("survey")
    assert cells
    rows = db.counted("small_survey")
    rows["status"] = [
        "suppressed" if key in cells else "shown"
        for key in zip(rows["area"], rows["year"], rows["question"], rows["answer"], strict=True)
    ]
    for (year, question), part in rows.groupby(["year", "question"]):
        if year == 2020 and question != "standardisation_approval":
            assert not audit(part, "counted", {"area": known.sums()}, {"answer": "all"})
    small = (rows["counted"] > 0) & (rows["counted"] < SMALL)
    assert (rows.loc[small, "status"] == "suppressed").all()
    whole = rows[(rows["area"] == DISTRICT)]
    assert (whole["status"] == "shown").all(), "the district's own figures are told"


def test_months_and_years_tell_the_same_sums(db: Database, known: Withholding) -> None:
    """First-time attendances of a subdistrict: no year is told beside eleven of its months."""
    codes = sorted(code for code, level in known.levels().items() if level == "subdistrict")
    for measure in ("attendances_first_time", "attendances_visiting", "attendances_60_plus"):
        months = frame(db, "indicator_series", measure, codes=codes)
        assert (months.groupby("code")["withheld"].sum() != 1).all()
        assert months["withheld"].sum() < len(months) / 2
    small = frame(db, "indicator_series", "attendances_first_time", codes=["320613001001"])
    assert small["withheld"].all() and small["numerator"].isna().all()
    half = (date(2020, 1, 1), date(2020, 6, 30))
    part = db.frame("indicator_by_area", numerator="attendances_first_time", denominator="attendances_home",
                    level="neighbourhood", ancestor=DISTRICT, start=half[0], end=half[1])  # fmt: skip
    assert part["numerator"].isna().all() and part["withheld"].any()


def frame(db: Database, query: str, measure: str, **more: Any) -> pd.DataFrame:
    return db.frame(query, numerator=measure, denominator=None, start=YEAR[0], end=YEAR[1], **more)


def test_a_strong_flow_is_told_and_a_withheld_one_has_no_rank(db: Database) -> None:
    found = db.frame("chart_attendance_flow", area=DISTRICT, start=YEAR[0], end=YEAR[1], limit=1_000_000)
    assert 0 < found["withheld"].sum() < len(found) / 2
    first_withheld = int(found["withheld"].to_numpy().argmax())
    assert found["withheld"].iloc[first_withheld:].all(), "withheld pairs stand last"
    names = found.iloc[first_withheld:][["host", "home"]].apply(tuple, axis=1).to_list()
    assert names == sorted(names)
    assert found["attendances"].min() >= SMALL


def test_age_and_sex_of_a_community_hold_nothing_small(db: Database) -> None:
    found = db.frame("chart_attendance_age_sex", area="320613001001", start=YEAR[0], end=YEAR[1])
    assert found["attendances"].dropna().min() >= SMALL and found["first_time"].dropna().min() >= SMALL
    assert len(found[(found["age_band"] == "unknown") | (found["sex"] == "unknown")]) == 1


# ── the one place ──

CAREFUL = re.compile(r"\b(?:from|join)\s+(survey|assessment|attendance_age_sex|attendance_flow|measure)\b")
# what reads these tables without telling a count of people, and why
HARMLESS = {
    "alerts_late": "counts months delivered, not people",
    "delivered": "offices, dates and numbers of rows, not what the rows count",
    "measures": "names of measures",
    "table_dates": "dates",
}


def test_every_query_of_small_counts_is_guarded() -> None:
    read = {name for name in statement_names() if CAREFUL.search(statement(name).text)}
    assert {"records_survey", "measures_by_code", "events_exchange"} <= read
    unguarded = {name for name in read - set(GUARDS) - set(HARMLESS) if not name.startswith("small_")}
    assert not unguarded, f"{unguarded} read small counts: give them a guard in queries/guards.py"


def test_only_withholding_reads_counts_before_they_are_withheld() -> None:
    small = {name for name in statement_names() if name.startswith("small_")}
    allowed = {FOLDER / "withholding.py", FOLDER / "run.py"}
    for path in python_files():
        if path in allowed or ROOT / "data" in path.parents:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        assert "counted" not in called(tree), path
        assert not (named | names) & small, path


def called(tree: ast.AST) -> set[str]:
    return {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


def test_pages_read_no_file_of_small_counts() -> None:
    for path in python_files():
        if ROOT / "pages" in path.parents:
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\b(survey|assessment|attendance\w*|measure)\.parquet", text), path


def test_every_measure_of_people_is_protected() -> None:
    """Measures made of surveys, assessments and parts of attendances: from the SQL that makes them."""
    outcomes = (ROOT / "data/sql/measure_outcomes.sql").read_text(encoding="utf-8")
    made = set(re.findall(r"as (\w+_(?:yes|responses|sum|raters|within))\b", outcomes))
    events = (ROOT / "data/sql/measure_events.sql").read_text(encoding="utf-8")
    made |= set(re.findall(r"as (attendances_\w+)\b", events))
    assert len(made) >= 19 and made == set(PROTECTED)
