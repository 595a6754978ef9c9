"""A store on the tiny place of the plan tests, and users who work in it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from geo.plans import Plan
from geo.store import Store
from geo.store_records import Role, User
from tests.test_geo_plans import PICTURE, tiny_place

FIRST = "2020-07"
ANNA, BO = User("安", Role.PLANNER), User("博", Role.PLANNER)
CHIEF, READER = User("审批", Role.APPROVER), User("读者", Role.READER)
_, _, START = tiny_place()


def first_assignment() -> pd.Series:
    return pd.Series([code for row in PICTURE for code in row], index=range(36))


def plan_of(edition: str) -> Plan:
    """The first plan on the first edition."""
    assert edition == FIRST
    return START


def new_store(url: str, *, single_user: bool = False) -> Store:
    """A store with the first edition in it."""
    store = Store(url, plan_of, single_user=single_user)
    store.found(FIRST, "第一版", date(2020, 7, 1), first_assignment(), CHIEF, "founded")
    return store


def same_plan(one: Plan, other: Plan) -> bool:
    return one.assignment.to_dict() == other.assignment.to_dict()
