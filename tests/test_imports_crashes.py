"""SIGKILL at any step of importing and applying: afterwards nothing is half applied, and it can be done again."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data import manifest
from data.build import build
from data.checks import broken_tables
from data.contract import load_contract
from data.imports import applying, loads, versions
from data.imports.examine import Options, examine
from data.imports.mappings import Mappings
from data.imports.problems import LoadRefused
from tests import office_files as office
from tests import tiny_district as tiny
from tests.office_files import EVENT, EVENT_HEADERS
from tests.serving import ROOT

OFTEN, LONG = 15, 200


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tiny.write_district(tmp_path_factory.mktemp("crash") / "data")
    build(made)
    return made


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [[f"E{n}", *EVENT[1:4], tiny.A1, *EVENT[5:]] for n in range(10, 60)]
    return office.text_file(tmp_path_factory.mktemp("file") / "events.csv", [EVENT_HEADERS, *rows])


def run(root: Path, file: Path, step: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.crashing_import", str(root), str(file), str(step)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def steps(district: Path, delivered: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many steps an undisturbed import and apply takes."""
    root = tmp_path_factory.mktemp("whole") / "data"
    shutil.copytree(district, root)
    done = run(root, delivered, -1)
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout)


def contents(root: Path) -> dict[str, list[dict[str, object]]]:
    folder = manifest.records_dir(root)
    return {name: pq.read_table(folder / f"{name}.parquet").to_pylist() for name in load_contract().records}


def killed(district: Path, delivered: Path, root: Path, step: int) -> str:
    """Kill at a step; check that all is as before or all is applied, and that the same can be done again."""
    shutil.copytree(district, root)
    before, extracts = contents(root), manifest.read_manifest(root).version
    done = run(root, delivered, step)
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
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
    _again(root, delivered, applied=applied)
    shutil.rmtree(root)
    return "applied" if applied else "as before"


def _again(root: Path, delivered: Path, *, applied: bool) -> None:
    examined = examine([str(delivered)], root, Options(), Mappings())
    if applied:
        with pytest.raises(LoadRefused, match="没有重复计入"):
            loads.stage(root, examined, "clerk")
        return
    applying.apply(root, loads.stage(root, examined, "clerk").id, "clerk", "checked")
    assert len(contents(root)["event"]) == 53


def chosen(steps: int, times: int) -> Iterator[int]:
    """Steps spread over the whole, the last ones (where the pointer is replaced) among them."""
    last = list(range(max(1, steps - 8), steps + 1))
    yield from last[:times]
    draw = random.Random(steps)
    for number in range(max(times - len(last), 0)):
        yield 1 + (number * steps // max(times - len(last), 1) + draw.randrange(7)) % steps


@pytest.mark.timeout(1800)
def test_killed_fifteen_times_nothing_is_half_applied(
    district: Path, delivered: Path, steps: int, tmp_path: Path
) -> None:
    ends = {killed(district, delivered, tmp_path / str(step), step) for step in dict.fromkeys(chosen(steps, OFTEN))}
    assert ends == {"applied", "as before"}


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_killed_two_hundred_times_nothing_is_half_applied(
    district: Path, delivered: Path, steps: int, tmp_path: Path
) -> None:
    for number, step in enumerate(chosen(steps, LONG)):
        killed(district, delivered, tmp_path / str(number), step)
