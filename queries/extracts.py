"""Which version of the extracts is current: the one the manifest names."""

from __future__ import annotations

import json
from pathlib import Path

from queries.errors import ExtractCorrupt, ExtractsMissing

MAKE = "Make the extracts with `make data`"


def current_version(root: Path) -> Path:
    """The folder of the version that `<root>/extracts/manifest.json` names (`root` is the data folder).

    Raises ExtractsMissing when there is no manifest or no such folder, ExtractCorrupt when the manifest is unreadable.
    """
    extracts = root / "extracts"
    folder = extracts / _named_version(extracts / "manifest.json")
    if not folder.is_dir():
        raise ExtractsMissing(
            f"data version {folder.name} is missing",
            reason="the manifest names it but its folder does not exist",
            next_step=MAKE,
        )
    return folder


def _named_version(manifest: Path) -> str:
    try:
        version = json.loads(manifest.read_text(encoding="utf-8"))["version"]
    except FileNotFoundError as error:
        raise ExtractsMissing(
            "there are no extracts", reason=f"{manifest.name} does not exist", next_step=MAKE, table="manifest"
        ) from error
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise _unreadable(f"{type(error).__name__}: {error}") from error
    if not isinstance(version, str) or not version or Path(version).name != version or version in {".", ".."}:
        raise _unreadable("its version is not a folder name")
    return version


def _unreadable(reason: str) -> ExtractCorrupt:
    return ExtractCorrupt(
        "the manifest of the extracts cannot be used", reason=reason, next_step=MAKE, table="manifest"
    )
