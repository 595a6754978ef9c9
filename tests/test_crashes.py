"""SIGKILL at random moments of saving and of publishing: nothing acknowledged is lost, nothing is seen by half."""

from __future__ import annotations

import os
import random
import shutil
import time
from bisect import bisect
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.contract import check_parquet, load_contract
from data.editions import open_store, settle
from data.manifest import current_folder, extracts_dir, read_manifest
from data.static_assets import read_static
from geo.operations import Move
from geo.plans import replay
from geo.store import Store
from geo.store_records import State
from tests import tiny_district as tiny
from tests.databases import KINDS, fresh
from tests.edition_place import APPROVER, PLANNER, write_place
from tests.nursery import Child, Nursery, nursery, wait_for
from tests.plan_places import A, B, E, F
from tests.postgres import Cluster
from tests.store_place import ANNA, FIRST, START, TinyStore, new_store, same_plan

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
FEW = [pytest.param(15, id="15")]
STEP = "step "
MANY = [pytest.param(200, id="200", marks=[pytest.mark.slow, pytest.mark.timeout(7200)])]


@pytest.fixture(scope="module")
def cradle() -> Iterator[Nursery]:
    with nursery() as made:
        yield made


# ── saving ──


def check_log(url: str, draft: str, acknowledged: set[str], killed: int) -> Store:
    """A new start finds the log whole: without gaps, all that was acknowledged in it, at most one more a kill."""
    store = TinyStore(url)
    entries = store.entries(draft)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    stored = {entry.id for entry in entries}
    assert acknowledged <= stored
    assert len(stored - acknowledged) <= killed
    assert same_plan(store.plan(draft), replay(START, store.operations(draft)))
    return store


@pytest.mark.parametrize("times", FEW + MANY)
@pytest.mark.parametrize("kind", KINDS)
def test_killed_while_saving(
    kind: str, times: int, request: pytest.FixtureRequest, tmp_path: Path, cradle: Nursery
) -> None:
    """Two planners at once; one is killed, the other goes on, then he is killed too."""
    url, chance = fresh(request, kind, tmp_path), random.Random(2020)
    draft = new_store(url).create_draft(ANNA, "草案", FIRST).id
    acknowledged: set[str] = set()
    for number in range(times):
        jobs = (("安", 2, (A, B)), ("博", 16, (E, F)))
        children = []
        for user, block, between in jobs:
            run = f"{number}-{block}"
            given = {"url": url, "draft": draft, "user": user, "block": block, "between": between, "run": run}
            children.append(cradle.start("save", tmp_path / run, **given, seed=chance.random()))
        chance.shuffle(children)
        first, second = children
        if number % 3:
            wait_for(lambda first=first: first.lines)
        time.sleep(chance.random() * 0.2)
        first.kill()
        before = len(second.lines)
        wait_for(lambda second=second, before=before: len(second.lines) > before)
        second.kill()
        acknowledged |= {*first.lines, *second.lines}
        store = check_log(url, draft, acknowledged, 2 * (number + 1))
        retry_last(store, draft)
        store.engine.dispose()
    assert len(acknowledged) >= 2 * times


def retry_last(store: Store, draft: str) -> None:
    """A client that heard no answer sends the same again: it is stored once."""
    last = store.entries(draft)[-1]
    if last.operation is not None:
        assert store.append(draft, last.operation, last.user, id=last.id) == last
    assert store.draft(draft).head == last.seq


@pytest.mark.parametrize("times", [3, *MANY])
def test_the_database_server_itself_is_killed(times: int, postgres: Cluster, tmp_path: Path, cradle: Nursery) -> None:
    url = postgres.url(f"killed_{times}")
    draft = new_store(url).create_draft(ANNA, "草案", FIRST).id
    chance, acknowledged = random.Random(7), set[str]()
    for number in range(times):
        child = cradle.start(
            "save", tmp_path / str(number), url=url, draft=draft, user="安", block=2, between=(A, B), run=str(number),
            seed=1,
        )  # fmt: skip
        wait_for(lambda child=child: child.lines)
        time.sleep(chance.random() * 0.1)
        postgres.kill()
        child.kill()
        acknowledged |= set(child.lines)
        postgres.start()
        check_log(url, draft, acknowledged, number + 1).engine.dispose()


# ── publishing ──


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_place(tmp_path_factory.mktemp("place"))


def approved(store: Store, number: int) -> str:
    """One more approved draft: it moves a block from A1 to A2, or back."""
    base = store.editions()[-1].id
    draft = store.create_draft(PLANNER, f"草案{number}", base).id
    to = tiny.A2 if store.plan(draft).assignment[1] == tiny.A1 else tiny.A1
    store.append(draft, Move(frozenset({1}), to), PLANNER)
    store.submit(draft, PLANNER)
    store.approve(draft, APPROVER)
    return draft


def check_readers(root: Path, editions: set[str]) -> None:
    """What readers see is one edition, whole: the manifest, every table it names, and the map of the same edition."""
    seen = read_manifest(root)
    assert seen.edition in editions
    folder = extracts_dir(root) / seen.version
    assert {name: (folder / f"{name}.parquet").stat().st_size for name in seen.bytes} == dict(seen.bytes)
    for name in ("area", "measure", "service_team"):
        check_parquet(folder / f"{name}.parquet", load_contract().extracts[name])
    if seen.edition != "2020-07":
        assert read_static(root / "static", seen.edition).order["neighbourhood"]


@pytest.mark.parametrize("times", FEW + MANY)
@pytest.mark.parametrize("kind", KINDS)
def test_killed_while_publishing(
    kind: str, times: int, request: pytest.FixtureRequest, made: Path, tmp_path: Path, cradle: Nursery,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    root, url = Path(shutil.copytree(made, tmp_path / "data")), fresh(request, kind, tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    store, chance = open_store(root), random.Random(2020)
    draft = approved(store, 0)
    whole = start(cradle, root, url, draft, tmp_path / "whole")
    whole.wait()
    assert whole.lines[-1] == "2021-01"
    steps = [seconds_of(line) for line in whole.lines if line.startswith(STEP)]
    for number in range(1, times + 1):
        if store.draft(draft).state is State.PUBLISHED:
            draft = approved(store, number)
        before = {edition.id for edition in store.editions()}
        child = start(cradle, root, url, draft, tmp_path / f"run-{number}")
        kill_at(chance.random() * 1.1 * steps[-1], steps, child)
        assert not child.fault
        after = {edition.id for edition in store.editions()}
        done = {line for line in child.lines if not line.startswith(STEP)}
        assert done <= after and len(after - before) <= 1
        check_readers(root, after)
        assert settle(root).edition == store.editions()[-1].id
        check_readers(root, after)
    assert not list(extracts_dir(root).glob(".part-*.json"))
    assert current_folder(root).is_dir()


def start(cradle: Nursery, root: Path, url: str, draft: str, acknowledged: Path) -> Child:
    known = acknowledged.with_name("known")
    known.mkdir(exist_ok=True)
    return cradle.start("publish", acknowledged, root=str(root), url=url, draft=draft, id=draft, known=str(known))


def seconds_of(line: str) -> float:
    """When a step was said, after the beginning."""
    return float(line.split()[-1])


def kill_at(moment: float, steps: list[float], child: Child) -> None:
    """Kill a publication where an undisturbed one was after `moment` seconds, however busy the machine is now.

    `steps`: the seconds after which the undisturbed one had said each of its steps. One past its last ends by itself.
    """
    said = bisect(steps, moment)
    wait_for(lambda: len(child.lines) >= said or not child.alive)
    if said == len(steps):
        child.wait()
    elif said:
        slower = seconds_of(child.lines[said - 1]) / steps[said - 1]
        until = time.monotonic() + slower * (moment - steps[said - 1])
        wait_for(lambda: time.monotonic() >= until or len(child.lines) > said or not child.alive)
    child.kill()
