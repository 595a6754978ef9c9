"""Progress on the terminal: a bar on standard error, so that what is printed can be piped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn


def new_bar() -> Progress:
    """A bar with description, share and time."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


@contextmanager
def bar(label: str) -> Iterator[Callable[[str, float], None]]:
    """A bar for one task; call what it hands out with the step and the share done."""
    with new_bar() as shown:
        task = shown.add_task(label, total=1.0)
        yield lambda step, share: shown.update(task, description=step or label, completed=share)
