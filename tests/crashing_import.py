"""A process that stages and applies one file and is killed by its own hand at a given step: a job of the nursery.

Steps are the system calls that change files (rename, replace, fsync, write of a table, rmtree); at the given one the
process dies by SIGKILL.
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pyarrow.parquet as pq

from data import build
from data.imports import applying, loads, versions
from data.imports.examine import Examined, Options, examine
from data.imports.mappings import Mappings
from data.imports.problems import LoadRefused

counted, fatal = 0, -1


def dying(call: Callable[..., Any]) -> Callable[..., Any]:
    """The call, before which the process may die."""

    def inner(*given: Any, **named: Any) -> Any:
        global counted
        counted += 1
        if counted == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*given, **named)

    return inner


def arm() -> None:
    """Count every call by which files come into being, get their name or go."""
    os.fsync, os.link = dying(os.fsync), dying(os.link)
    Path.rename, Path.replace, Path.unlink = dying(Path.rename), dying(Path.replace), dying(Path.unlink)  # type: ignore[method-assign]
    pq.write_table, shutil.rmtree = dying(pq.write_table), dying(shutil.rmtree)
    shutil.copyfile = dying(shutil.copyfile)


def run(root: Path, file: str, step: int, examined: Path) -> int | str:
    """Stage and apply `file`; return how many steps that took, or why it was refused.

    `examined` keeps what the first examination found and how many steps that took: it writes nothing below `root`, so
    only a process that is to die on the way examines again.
    """
    global fatal
    fatal = step
    build.build(root)
    arm()
    try:
        load = loads.stage(root, _examination(root, file, examined), "clerk")
        applying.apply(root, load.id, "clerk", "checked")
    except LoadRefused as refused:
        return f"refused {refused}"
    versions.put_right(root)
    return counted


def _examination(root: Path, file: str, kept: Path) -> Examined:
    global counted
    if kept.is_file():
        steps, found = pickle.loads(kept.read_bytes())
        if not 1 <= fatal <= steps:
            counted = steps
            return cast("Examined", found)
    found = examine([file], root, Options(), Mappings())
    kept.write_bytes(pickle.dumps((counted, found)))
    return found
