"""SIGKILL at any step of importing and applying: afterwards nothing is half applied, and it can be done again."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data import manifest
from data.build import build
from data.checks import broken_tables
from data.contract import load_contract
from data.imports import versions
from tests import office_files as office
from tests import tiny_district as tiny
from tests.nursery import Child, Nursery, nursery
from tests.office_files import EVENT, EVENT_HEADERS


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tiny.write_district(tmp_path_factory.mktemp("crash") / "data")
    build(made)
    return made


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [[f"E{n}", *EVENT[1:4], tiny.A1, *EVENT[5:]] for n in range(10, 60)]
    return office.text_file(tmp_path_factory.mktemp("file") / "events.csv", [EVENT_HEADERS, *rows])


class Office:
    """Where a file is delivered: the data before, the file, and processes to import it that may be killed."""

    def __init__(self, district: Path, file: Path, cradle: Nursery, folder: Path) -> None:
        self.district, self.file, self.cradle, self.folder = district, file, cradle, folder

    def run(self, root: Path, step: int) -> Child:
        """One process that imports the file into `root`, until its end; step -1: nothing kills it."""
        told = self.folder / f"{root.name}-{step}"
        given = {"root": str(root), "file": str(self.file), "step": step, "examined": str(self.folder / "examined")}
        child = self.cradle.start("import", told, **given)
        child.wait()
        assert not child.fault
        return child


@pytest.fixture(scope="module")
def delivery(district: Path, delivered: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with nursery() as made:
        yield Office(district, delivered, made, tmp_path_factory.mktemp("told"))


@pytest.fixture(scope="module")
def steps(delivery: Office, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many steps an undisturbed import and apply takes."""
    root = tmp_path_factory.mktemp("whole") / "data"
    shutil.copytree(delivery.district, root)
    return int(delivery.run(root, -1).lines[-1])


def contents(root: Path) -> dict[str, list[dict[str, object]]]:
    folder = manifest.records_dir(root)
    return {name: pq.read_table(folder / f"{name}.parquet").to_pylist() for name in load_contract().records}


def killed(delivery: Office, root: Path, step: int) -> str:
    """Kill at a step; check that all is as before or all is applied, and that the same can be done again."""
    shutil.copytree(delivery.district, root)
    before, extracts = contents(root), manifest.read_manifest(root).version
    assert not delivery.run(root, step).lines, "it lived longer than that"
    assert manifest.read_manifest(root).rows["event_total"] in (3, 53), "readers see one version or the other"
    with versions.locked(root):
        pass
    after, current = contents(root), manifest.current_records(root)
    applied = current != manifest.BASE
    assert (after == before) is not applied
    assert len(after["event"]) == (53 if applied else 3)
    assert (manifest.read_manifest(root).version == extracts) is not applied
    assert broken_tables(root) == []
    assert len(versions.history(root)) == int(applied)
    assert not list(root.rglob(".part-*")) or not list((root / "loads").glob(".part-*"))
    again = delivery.run(root, -1).lines[-1]
    assert ("没有重复计入" in again) is applied
    assert len(contents(root)["event"]) == 53
    assert manifest.read_manifest(root).rows["event_total"] == 53
    shutil.rmtree(root)
    return "applied" if applied else "as before"


def chosen(steps: int, times: int) -> Iterator[int]:
    """Steps spread over the whole, the last ones (where the pointer is replaced) among them."""
    last = list(range(max(1, steps - 8), steps + 1))
    yield from last[:times]
    draw = random.Random(steps)
    for number in range(max(times - len(last), 0)):
        yield 1 + (number * steps // max(times - len(last), 1) + draw.randrange(7)) % steps


@pytest.mark.parametrize("times", [15, pytest.param(200, marks=[pytest.mark.slow, pytest.mark.timeout(3000)])])
def test_killed_time_and_again_nothing_is_half_applied(
    times: int, delivery: Office, steps: int, tmp_path: Path
) -> None:
    """Two at once, each in a folder of its own: the test itself only waits and looks."""
    with ThreadPoolExecutor(2) as pair:
        at = enumerate(chosen(steps, times))
        ends = set(pair.map(lambda one: killed(delivery, tmp_path / str(one[0]), one[1]), at))
    assert ends == {"applied", "as before"}
