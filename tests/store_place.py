"""A store on the tiny place of the plan tests, and users who work in it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from geo.plans import Plan
from geo.store import Store
from geo.store_records import Edition, Role, User
from tests.plan_places import PICTURE, tiny_place

FIRST = "2020-07"
ANNA, BO = User("安", Role.PLANNER), User("博", Role.PLANNER)
CHIEF, READER = User("审批", Role.APPROVER), User("读者", Role.READER)
_, _, START = tiny_place()


def first_assignment() -> pd.Series:
    return pd.Series([code for row in PICTURE for code in row], index=range(36))


class TinyStore(Store):
    """A store whose plans on later editions stand on the tiny place, with the assignment the store keeps."""

    def __init__(self, url: object, **options: bool) -> None:
        self.bases: dict[str, Plan] = {FIRST: START}
        super().__init__(url, self.plan_of, **options)  # type: ignore[arg-type]

    def plan_of(self, edition: str) -> Plan:
        """The first plan on an edition."""
        if edition not in self.bases:
            self.bases[edition] = Plan.start(START.ground, self.assignment(edition))
        return self.bases[edition]


def new_store(url: object, *, single_user: bool = False) -> TinyStore:
    """A store with the first edition in it."""
    store = TinyStore(url, single_user=single_user)
    store.found(FIRST, "第一版", date(2020, 7, 1), first_assignment(), CHIEF, "founded")
    return store


def publish(store: Store, draft: str, edition: str, by: User = ANNA) -> Edition:
    """Take a draft all the way."""
    store.submit(draft, by)
    store.approve(draft, CHIEF)
    return store.publish(draft, CHIEF, edition, edition, date(2021, 1, 1))


def same_plan(one: Plan, other: Plan) -> bool:
    return one.assignment.to_dict() == other.assignment.to_dict() and one.names == other.names
