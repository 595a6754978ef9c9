"""Work on the data in a process of its own: it goes on when the reader leaves, and nobody else's page waits.

What is under way is known to the whole server: whoever opens the page meanwhile sees how far it is, and the reader who
closed it finds it again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Final

import streamlit as st

from data.progress import FILE
from pages.parts import state
from pages.parts.words import lang, t

ROOT: Final = Path(__file__).resolve().parents[2]
EVERY_SECONDS: Final = 0.7


@dataclass(eq=False)
class Work:
    """One command of `python -m data` on its way: running, done or failed; `words` say what it does.

    `told`: whether some reader has seen how it ended.
    """

    arguments: tuple[str, ...]
    words: str
    folder: tempfile.TemporaryDirectory[str] = field(default_factory=tempfile.TemporaryDirectory)
    process: subprocess.Popen[bytes] = field(init=False)
    begun: float = field(default_factory=time.monotonic)
    told: bool = False

    def __post_init__(self) -> None:
        command = [sys.executable, "-m", "data", *self.arguments, "--json"]
        settings = os.environ | {FILE: str(self._file("told"))}
        with self._file("out").open("wb") as out, self._file("failed").open("wb") as failed:
            # no shell: the arguments are ours; what people typed among them is one argument each
            self.process = subprocess.Popen(  # noqa: S603
                command, cwd=ROOT, env=settings, stdout=out, stderr=failed, stdin=subprocess.DEVNULL
            )

    def _file(self, name: str) -> Path:
        return Path(self.folder.name) / name

    @property
    def state(self) -> str:
        """running, done or failed."""
        code = self.process.poll()
        return "running" if code is None else "done" if code == 0 else "failed"

    def progress(self) -> tuple[str, float]:
        """The step it is at and how much is done, 0 to 1, by the last line that was told whole."""
        for line in reversed(_read(self._file("told")).splitlines()):
            try:
                said = json.loads(line)
                return str(said["step"]), min(max(float(said["share"]), 0.0), 1.0)
            except (ValueError, KeyError, TypeError):
                continue  # the last line may be half written
        return "", 0.0

    def seconds(self) -> int:
        """How long it has been running."""
        return int(time.monotonic() - self.begun)

    def outcome(self) -> dict[str, Any]:
        """What it printed, as JSON."""
        told: dict[str, Any] = json.loads(_read(self._file("out")).splitlines()[-1])
        return told

    def failure(self) -> str:
        """The sentence it ended with; a general one where it ended without words."""
        lines = [line for line in _read(self._file("failed")).splitlines() if line.strip()]
        told = lines[-1] if lines and not any(line.startswith("Traceback") for line in lines) else ""
        return told or t("deliveries.failed")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


_LOCK: Final = threading.Lock()
_KNOWN: Final[dict[str, Work]] = {}
"""The latest command of each key on this server."""
Shown = Callable[[Work], tuple[str, str]]
"""What a bar says beside its share, and HTML below it."""


def start(key: str, words: str, *arguments: str) -> None:
    """Begin a command under a key; `words` are shown while it runs. One that runs already is shown instead."""
    with _LOCK:
        known = _KNOWN.get(key)
        if known is None or known.state != "running":
            _KNOWN[key] = known = Work((*arguments, "--lang", lang()), words)
    state.keep(key, known)


def _of(key: str) -> Work | None:
    """The command this session waits for: its own, else one that runs here or whose end nobody has seen."""
    work: Work | None = state.recall(key, None)
    if work is None and (known := _KNOWN.get(key)) is not None and not known.told:
        state.keep(key, known)
        return known
    return work


def under_way(key: str, shown: Shown) -> bool:
    """Whether the command of this key still runs; draws its bar if so."""
    work = _of(key)
    if work is None or work.state != "running":
        return False
    with st.container(key="work_bar"):  # a place of its own: what comes and goes around it does not move it
        _bar(key, shown)
    return True


@st.fragment(run_every=EVERY_SECONDS)
def _bar(key: str, shown: Shown) -> None:
    work: Work | None = state.recall(key, None)
    if work is None or work.state != "running":
        st.rerun()
    assert work is not None, "work that is gone has begun a new run"
    said, below = shown(work)
    st.progress(work.progress()[1], said)
    st.html(below)


def ended(key: str) -> Work | None:
    """The command of this key if it has ended and this session has not told so (see `forget`)."""
    work = _of(key)
    return None if work is None or work.state == "running" else work


def forget(key: str) -> None:
    """How the command of this key ended has been told."""
    work: Work | None = state.recall(key, None)
    if work is not None:
        work.told = True
    state.keep(key, None)


def tell_failure(sentence: str) -> None:
    """A sentence that says what went wrong."""
    st.html(f'<div class="ll-failure" role="alert"><p>{escape(sentence)}</p></div>')
