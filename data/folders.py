"""Folders of versions: seen on the disk before they are named, and removed when nobody needs them any more."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

STALE_SECONDS = 3600


def sync(path: Path) -> None:
    """Make sure a file or folder has reached the disk (folders cannot be synced on Windows, and need not be)."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_leftovers(extracts: Path, own: Path) -> None:
    """Remove what builds that were interrupted left behind; a build that may still be running keeps its folder."""
    for path in extracts.glob(".part-*"):
        if path == own or time.time() - path.stat().st_mtime > STALE_SECONDS or not _is_running(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_running(path: Path) -> bool:
    number = path.name.removeprefix(".part-")
    if os.name == "nt" or not number.isdigit():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def remove_old(extracts: Path, keep: Iterable[str | None]) -> None:
    """Remove versions except this one and the one before it, which readers may still have open."""
    kept = set(keep)
    for path in extracts.glob("v*"):
        if path.is_dir() and path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)
