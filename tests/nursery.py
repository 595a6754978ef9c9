"""Processes to be killed: one that has imported everything hands out forks, each of which does one job and ends.

`python -m tests.nursery` reads one job a line (JSON) and answers with the process id. What a job has been told is done
it writes down in a file of its own, so that the killer knows what was acknowledged.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import random
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from tests.serving import ROOT

QUIET = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
"""No threads before a fork: what a thread holds at that moment is held for ever in the child."""

FAULT = "fault "
"""How a line begins that tells of an error instead of something done."""


class Nursery:
    """Starts processes that are meant to be killed."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"], cwd=ROOT, text=True, env={**os.environ, **QUIET},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.turn = Lock()

    def start(self, job: str, acknowledged: Path, **given: Any) -> Child:
        """Start a job; it writes a line into `acknowledged` for everything that it was told is done."""
        assert self.process.stdin is not None and self.process.stdout is not None
        acknowledged.touch()
        line = json.dumps({"job": job, "acknowledged": str(acknowledged), **given})
        with self.turn:  # tests may have several killed at once
            print(line, file=self.process.stdin, flush=True)
            return Child(int(self.process.stdout.readline()), acknowledged)


class Child:
    """A process that a nursery started."""

    def __init__(self, pid: int, acknowledged: Path) -> None:
        self.pid, self.acknowledged = pid, acknowledged

    @property
    def lines(self) -> list[str]:
        """What it was told is done (a line cut short by its end was not written for certain, and does not count)."""
        return [line for line in self._written() if not line.startswith(FAULT)]

    @property
    def fault(self) -> str:
        """What it stumbled over, where it ended by a fault of its own instead of by a kill; else nothing."""
        return "".join(line for line in self._written() if line.startswith(FAULT))

    def _written(self) -> list[str]:
        text = self.acknowledged.read_text(encoding="utf-8")
        return text[: text.rfind("\n") + 1].splitlines()

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self, seconds: float = 120) -> None:
        """Wait until it has ended."""
        wait_for(lambda: not self.alive, seconds)


def wait_for(holds: Any, seconds: float = 120) -> None:
    """Return as soon as something holds; an AssertionError if it does not within a generous time."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.002)


@contextmanager
def nursery() -> Iterator[Nursery]:
    """A nursery that is closed at the end."""
    made = Nursery()
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait()


# ── in the nursery's own process ──


def save(job: dict[str, Any], acknowledge: Any) -> None:
    """Move one block to and fro for ever, undoing now and then; every change has an id known beforehand."""
    from geo.operations import Move
    from geo.store_records import Role, User
    from tests.store_place import TinyStore

    store, user = TinyStore(job["url"]), User(job["user"], Role.PLANNER)
    chance = random.Random(job["seed"])
    for number in range(10**6):
        here = store.plan(job["draft"]).assignment[job["block"]]
        to = next(code for code in job["between"] if code != here)
        operation = Move(frozenset({job["block"]}), to)
        store.append(job["draft"], operation, user, expect=store.draft(job["draft"]).head, id=f"{job['run']}-{number}")
        acknowledge(f"{job['run']}-{number}")
        if chance.random() < 0.2:
            store.undo(job["draft"], user, id=f"{job['run']}-{number}-undo")
            acknowledge(f"{job['run']}-{number}-undo")


def publish_(job: dict[str, Any], acknowledge: Any) -> None:
    """Publish an approved draft."""
    from data import publish, static_assets
    from data.publishing import publish_draft
    from queries import withholding
    from tests.edition_place import publication

    for module, name in ((publish, "bounds_of_levels"), (withholding, "protect"), (static_assets, "encode_map")):
        setattr(module, name, remembered(getattr(module, name), Path(job["known"])))
    os.environ["DATABASE_URL"], began = job["url"], time.monotonic()
    made = publish_draft(
        Path(job["root"]), publication(job["draft"], job["id"]),
        lambda step, _share: acknowledge(f"step {step} {time.monotonic() - began:.4f}"), Path(job["root"]) / "static",
    )  # fmt: skip
    acknowledge(made.id)


def remembered(calculate: Callable[..., Any], folder: Path) -> Callable[..., Any]:
    """A function that only calculates, its answers kept in `folder` from one child to the next.

    A kill while it calculates finds the disk as a kill before it does; so more of them fall on what is written.
    """

    def inner(*given: Any, **named: Any) -> Any:
        key = hashlib.sha256(pickle.dumps((calculate.__name__, given, named))).hexdigest()
        kept, partial = folder / key, folder / f"{key}.{os.getpid()}"
        if kept.is_file():
            return pickle.loads(kept.read_bytes())
        answer = calculate(*given, **named)
        partial.write_bytes(pickle.dumps(answer))
        partial.rename(kept)
        return answer

    return inner


def import_(job: dict[str, Any], acknowledge: Any) -> None:
    """Stage a file and apply it, or die at the step that is told."""
    from tests import crashing_import

    acknowledge(crashing_import.run(Path(job["root"]), job["file"], job["step"], Path(job["examined"])))


def _work(job: dict[str, Any]) -> None:
    descriptor = os.open(job["acknowledged"], os.O_WRONLY | os.O_APPEND)
    jobs = {"save": save, "publish": publish_, "import": import_}

    def acknowledge(text: object) -> None:
        os.write(descriptor, f"{text}\n".encode())

    try:
        jobs[job["job"]](job, acknowledge)
    except BaseException:
        acknowledge(FAULT + traceback.format_exc().replace("\n", " | "))


def main() -> None:
    """Import everything, then fork for every line."""
    import plotly  # noqa: F401 (imported late by what the children do, as the next)
    import xstatic.pkg.leaflet  # noqa: F401

    import tests.crashing_import
    import tests.edition_place
    import tests.store_place  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children need no farewell
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            try:
                _work(json.loads(line))
            finally:
                os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
