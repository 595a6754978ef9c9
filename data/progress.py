"""Progress on the terminal: a bar on standard error, so that what is printed can be piped; or told to a file.

Where the variable LINLI_PROGRESS names a file, each step is added to it as a line of JSON (step, share): so a page that
started the command can show how far it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

FILE = "LINLI_PROGRESS"


def _tell(file: Path, step: str, share: float) -> None:
    """Whoever listened may be gone, and the file with him: the work goes on."""
    with suppress(OSError), file.open("a", encoding="utf-8") as told:
        told.write(json.dumps({"step": step, "share": share}) + "\n")


def new_bar() -> Progress:
    """A bar with description, share and time."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


@contextmanager
def bar(label: str) -> Iterator[Callable[[str, float], None]]:
    """A bar for one task; call what it hands out with the step and the share done."""
    if file := os.environ.get(FILE, ""):
        yield lambda step, share: _tell(Path(file), step, share)
        return
    with new_bar() as shown:
        task = shown.add_task(label, total=1.0)
        yield lambda step, share: shown.update(task, description=step or label, completed=share)
