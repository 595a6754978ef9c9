"""A process that stages and applies one file and is killed by its own hand at a given step: run by the crash tests.

`python -m tests.crashing_import ROOT FILE STEP`: STEP counts system calls that change files (rename, replace, fsync,
write of a table, rmtree); at that one the process dies by SIGKILL. It prints how many there were when it survives.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from data import build
from data.imports import applying, loads, versions
from data.imports.examine import Options, examine
from data.imports.mappings import Mappings

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


def main(root: Path, file: str, step: int) -> None:
    """Stage and apply `file`."""
    global fatal
    fatal = step
    build.build(root)
    arm()
    load = loads.stage(root, examine([file], root, Options(), Mappings()), "clerk")
    applying.apply(root, load.id, "clerk", "checked")
    versions.put_right(root)
    print(counted)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
