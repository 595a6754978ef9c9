"""Exports in a child process: a bar that moves, a way to stop, and nobody else's page waits for them."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
AT_ONCE: Final = 2
"""So many exports run at a time; others wait their turn, since each takes a core."""

_running: set[Job] = set()
_lock = threading.Lock()


@dataclass(frozen=True)
class Progress:
    """How far a job is: `step` is a title or "", `share` from 0 to 1."""

    step: str
    share: float


@dataclass(eq=False)
class Job:
    """One export on its way: waiting, running, done, failed or cancelled.

    `arguments` are those of `python -m pages export` without --out; `name` is that of the file the reader gets.
    """

    arguments: tuple[str, ...]
    name: str
    folder: tempfile.TemporaryDirectory[str] = field(default_factory=tempfile.TemporaryDirectory)
    process: subprocess.Popen[bytes] | None = None
    cancelled: bool = False

    @property
    def out(self) -> Path:
        """Where the child writes the file."""
        return Path(self.folder.name) / f"made{Path(self.name).suffix}"

    @property
    def state(self) -> str:
        """waiting, running, done, failed or cancelled; a waiting job starts as soon as there is room."""
        if self.cancelled:
            return "cancelled"
        if self.process is None:
            _start_if_room(self)
        if self.process is None:
            return "waiting"
        code = self.process.poll()
        if code is None:
            return "running"
        with _lock:
            _running.discard(self)
        return "done" if code == 0 and self.out.is_file() else "failed"

    def progress(self) -> Progress:
        """The last step the child has told."""
        lines = _read(Path(self.folder.name) / "told").splitlines()
        for line in reversed(lines):
            try:
                told = json.loads(line)
                step = str(told["step"]).replace(self.out.name, self.name)  # the child knows not what it will be called
                return Progress(step, min(max(float(told["share"]), 0.0), 1.0))
            except (ValueError, KeyError, TypeError):
                continue  # the last line may be half written
        return Progress("", 0.0)

    def failure(self) -> tuple[str, ...]:
        """What the child said of its failure: sentence, reason, next step; () where it said nothing."""
        lines = [line for line in _read(Path(self.folder.name) / "failed").splitlines() if line.strip()]
        return () if any(line.startswith("Traceback") for line in lines) else tuple(lines[-3:])

    def content(self) -> bytes:
        """The finished file."""
        return self.out.read_bytes()

    def cancel(self) -> None:
        """Stop the child, and forget what it made."""
        self.cancelled = True
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        with _lock:
            _running.discard(self)
        self.folder.cleanup()


def start(arguments: Sequence[str], name: str, story: str = "", template: bytes = b"") -> Job:
    """Begin an export; `story` is a story's text, for one that no shell knows by name, `template` a PPTX."""
    job = Job(tuple(arguments), name)
    if story:
        path = Path(job.folder.name) / "story.json"
        path.write_text(story, encoding="utf-8")
        job.arguments = (*job.arguments, "--story", str(path))
    if template:
        path = Path(job.folder.name) / "template.pptx"
        path.write_bytes(template)
        job.arguments = (*job.arguments, "--template", str(path))
    _start_if_room(job)
    return job


def _start_if_room(job: Job) -> None:
    with _lock:
        for other in [each for each in _running if each.process is None or each.process.poll() is not None]:
            _running.discard(other)
        if len(_running) >= AT_ONCE or job.process is not None:
            return
        _running.add(job)
        folder = Path(job.folder.name)
        command = [
            sys.executable,
            "-m",
            "pages",
            "export",
            *job.arguments,
            "--out",
            str(job.out),
            "--progress",
            "--nice",
        ]
        with (folder / "told").open("wb") as told, (folder / "failed").open("wb") as failed:
            # no shell: the arguments are ours, an address among them is read by our own parser
            job.process = subprocess.Popen(  # noqa: S603
                command, cwd=ROOT, stdout=told, stderr=failed, stdin=subprocess.DEVNULL
            )


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
