"""Operations survive JSON exactly, and what is no operation is told so in a sentence."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon

from geo.operations import (
    VERSION,
    Batch,
    Counts,
    Draw,
    Merge,
    Move,
    New,
    Operation,
    OperationUnreadable,
    Rename,
    Retire,
    Split,
    Transfer,
    blocks_of,
    decode,
    encode,
)

BLOCK = st.integers(0, 2**53 - 1)
BLOCKS = st.frozensets(BLOCK, max_size=6)
CODE = st.from_regex(r"[0-9]{15}", fullmatch=True)
WORDS = st.text(max_size=12)
METRES = st.floats(-1e7, 1e7, allow_nan=False, width=64)
POINTS = st.lists(st.tuples(METRES, METRES), min_size=3, max_size=7)
COUNT = st.integers(0, 10**6)
SINGLES: st.SearchStrategy[Any] = st.one_of(
    st.builds(Move, BLOCKS, CODE, st.sampled_from(["paint", "push", "cut"])),
    st.builds(Merge, CODE, CODE),
    st.builds(Draw, POINTS.map(Polygon), CODE),
    st.builds(
        Split,
        BLOCK,
        POINTS.map(LineString),
        st.lists(st.builds(Counts, COUNT, COUNT, COUNT, COUNT), min_size=2, max_size=4).map(tuple),
        st.sampled_from(["none", "road"]),
        st.none() | WORDS,
    ),
    st.builds(New, CODE, BLOCKS, WORDS, WORDS),
    st.builds(Retire, CODE, st.lists(st.tuples(BLOCK, CODE), max_size=4).map(tuple)),
    st.builds(Rename, CODE, WORDS, WORDS),
    st.builds(Transfer, BLOCKS, CODE, WORDS),
)
OPERATIONS = SINGLES | st.builds(Batch, st.lists(SINGLES, max_size=4).map(tuple), WORDS)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(operation=OPERATIONS)
def test_any_operation_survives_json(operation: Operation) -> None:
    written = json.loads(json.dumps(encode(operation), ensure_ascii=False))
    again = decode(written)
    assert again == operation and type(again) is type(operation)
    assert encode(again) == encode(operation) and written["version"] == VERSION


def test_coordinates_keep_every_bit() -> None:
    line = LineString([(569720.8499999993, 3546083.7099999995), (1 / 3, 0.1 + 0.2)])
    again = decode(json.loads(json.dumps(encode(Split(4, line, (Counts(1, 2, 0, 1), Counts(0, 0, 0, 0)))))))
    assert isinstance(again, Split)
    assert shapely.get_coordinates(again.line).tobytes() == shapely.get_coordinates(line).tobytes()


def test_numbers_of_numpy_are_written_as_plain_ones() -> None:
    written = encode(Move(frozenset({np.int64(7), np.int64(3)}), "1"))
    assert json.loads(json.dumps(written))["blocks"] == [3, 7]


def test_fields_that_came_later_may_be_missing() -> None:
    assert decode({"version": 1, "kind": "move", "blocks": [1], "to": "a"}) == Move(frozenset({1}), "a")


def test_the_blocks_of_a_batch_are_those_of_its_steps() -> None:
    batch = Batch((Move(frozenset({1}), "a"), Retire("b", ((2, "a"),)), Merge("a", "c"), Rename("a", "天勤")))
    assert blocks_of(batch) == {1, 2}
    assert blocks_of(Split(5, LineString([(0, 0), (1, 1)]), ())) == {5}


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({}, "version None"),
        ({"version": VERSION + 1, "kind": "move"}, f"version {VERSION + 1}"),
        ({"version": 1, "kind": "explode"}, "no kind of operation explode"),
        ({"version": 1, "kind": ["move"]}, "no kind of operation"),
        ({"version": 1, "kind": "move", "blocks": [1]}, "to"),
        ({"version": 1, "kind": "move", "blocks": [1.5], "to": "a"}, "no whole number"),
        ({"version": 1, "kind": "move", "blocks": ["x"], "to": "a"}, "move"),
        ({"version": 1, "kind": "move", "blocks": [1], "to": 7}, "should be a text"),
        ({"version": 1, "kind": "move", "blocks": [1], "to": "a", "colour": "red"}, "no field colour"),
        ({"version": 1, "kind": "draw", "polygon": {"type": "Polygon"}, "neighbourhood": "a"}, "draw"),
        ({"version": 1, "kind": "draw", "polygon": "POLYGON((", "neighbourhood": "a"}, "draw"),
        ({"version": 1, "kind": "retire", "code": "a", "heirs": [[1, 2]]}, "no text"),
        ({"version": 1, "kind": "batch", "steps": [encode(Batch(()))]}, "in a batch"),
    ],
)
def test_what_is_no_operation_is_told_in_a_sentence(record: dict[str, Any], why: str) -> None:
    with pytest.raises(OperationUnreadable) as caught:
        decode(record)
    assert why in str(caught.value) and str(caught.value).endswith(("leave it out.",))
