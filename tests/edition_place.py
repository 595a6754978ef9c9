"""A data folder small enough to count by hand: the tiny district's records on ground that can be planned on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from data.build import build
from data.editions import open_store
from data.manifest import EDITION
from data.publish import make_edition, write_edition
from data.publishing import Publication
from geo.operations import Merge, Move
from geo.store import Store
from geo.store_records import Role, User
from tests import tiny_district as tiny
from tests.test_publish import make_geography, quiet

PLANNER, APPROVER = User("安", Role.PLANNER), User("审批", Role.APPROVER)
COLUMNS = (tiny.A1, tiny.A1, tiny.A2, tiny.A3, tiny.B1, tiny.B2, tiny.B3, tiny.B4)
"""Neighbourhood of each of the eight columns of two blocks, 75 households a block."""
DAY = date(2021, 1, 1)


def first_assignment() -> pd.Series:
    return pd.Series([COLUMNS[block % 8] for block in range(16)], index=range(16), name="neighbourhood")


def write_place(root: Path) -> Path:
    """Records and the first edition below `root`, built."""
    tiny.write_district(root)
    write_edition(make_edition(make_geography(), first_assignment(), quiet), root, EDITION)
    build(root)
    return root


def approved_draft(store: Store, name: str = "草案") -> str:
    """A draft that gives one of the four blocks of A1 to A2 and merges B2 into B1, approved."""
    base = store.editions()[-1].id
    draft = store.create_draft(PLANNER, name, base).id
    store.append(draft, Move(frozenset({1}), tiny.A2), PLANNER)
    store.append(draft, Merge(tiny.B1, tiny.B2), PLANNER)
    store.submit(draft, PLANNER)
    store.approve(draft, APPROVER)
    return draft


def publication(draft: str, id: str = "one", day: date = DAY) -> Publication:
    return Publication(draft, APPROVER, day, "二〇二一", "公示期满", id)


def opened(root: Path) -> Store:
    return open_store(root)
