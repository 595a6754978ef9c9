"""What a process and all it started took: seconds, CPU seconds, greatest memory, and greatest size of some folders."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

PAUSE = 0.25


@dataclass
class Taken:
    """Looked at every quarter of a second: what starts and ends between two looks is not seen.

    `cpu`: seconds by process, as last seen. `memory`: bytes resident in all processes together, at most. `spilled`:
    bytes in the folders watched, at most. `seconds`: of the wall's clock.
    """

    seconds: float = 0.0
    cpu: dict[tuple[int, float], float] = field(default_factory=dict)
    memory: int = 0
    spilled: int = 0

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds of all processes together."""
        return sum(self.cpu.values())

    def look(self, roots: Iterable[psutil.Process], folders: Iterable[Path], before: dict[int, float]) -> None:
        """Take note of the processes below `roots` (and themselves) and of the folders as they are now."""
        resident = 0
        for process in _trees(roots):
            with suppress(psutil.Error), process.oneshot():
                times = process.cpu_times()
                resident += process.memory_info().rss
                own = times.user + times.system - before.get(process.pid, 0.0)
                self.cpu[process.pid, process.create_time()] = own
        self.memory = max(self.memory, resident)
        self.spilled = max(self.spilled, sum(size_of(folder) for folder in folders))


def _trees(roots: Iterable[psutil.Process]) -> list[psutil.Process]:
    found = []
    for root in roots:
        with suppress(psutil.NoSuchProcess):
            found += [root, *root.children(recursive=True)]
    return found


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder, or of a pattern such as extracts/.part-*/spill; what vanishes is 0."""
    total = 0
    for base in folder.parent.parent.glob(f"{folder.parent.name}/{folder.name}"):
        for place, _, names in os.walk(base):
            for name in names:
                with suppress(OSError):
                    total += os.lstat(os.path.join(place, name)).st_size
    return total


def watch(process: psutil.Popen, servers: Iterable[psutil.Process], folders: Iterable[Path]) -> Taken:
    """Follow a process until it ends, with servers that work for it; what those took earlier is left out."""
    servers, taken, before = list(servers), Taken(), {}
    for each in _trees(servers):
        with suppress(psutil.Error):
            times = each.cpu_times()
            before[each.pid] = times.user + times.system
    start = time.perf_counter()
    while process.poll() is None:
        taken.look([process, *servers], folders, before)
        time.sleep(PAUSE)
    taken.seconds = time.perf_counter() - start
    taken.look(servers, folders, before)
    return taken
