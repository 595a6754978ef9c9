"""Where the data stand, and which version of the extracts is the current one."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from data.contract import DataError

MANIFEST = "manifest.json"
BASE, CURRENT = "R0000", "CURRENT"
EDITION = "2020-07"
EDITION_EFFECTIVE = "2020-07-01"


class NoManifest(DataError):
    """Raised when there is no built version, or its manifest cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"There are no extracts to read: {path.name} {why}. Make them with `make data`.")


_reading: ContextVar[str | None] = ContextVar("reading", default=None)


@dataclass(frozen=True)
class Manifest:
    """One built version: its name, when it was built, how far the data reach, and rows and bytes of every table.

    `tables` names the content of each table by hash; `demonstration` says that no record in it is real.
    `rebased_from`: the edition the records are coded in, where it is another one: counts of neighbourhoods are then
    estimates, shared out by households ("" where they are as counted). `source`: the version they were shared out from.
    `edition_number`: its place in the order of publication; 0 while it is being published and nobody may see it.
    """

    version: str
    built_at: str
    data_until: str
    demonstration: bool
    edition: str
    edition_effective: str
    measures: int
    rows: Mapping[str, int]
    bytes: Mapping[str, int]
    tables: Mapping[str, str]
    rebased_from: str = ""
    source: str = ""
    edition_number: int = 1


def data_root() -> Path:
    """The folder that holds records, editions and extracts: $LINLI_DATA, else this package's own."""
    return Path(os.environ.get("LINLI_DATA") or Path(__file__).resolve().parent)


def base_records_dir(root: Path) -> Path:
    """Where the demonstration's record tables stand, and below it the versions that loads made of them."""
    return root / "records"


def current_records(root: Path) -> str:
    """The version of the record tables that is in force: R0000 before any load was applied."""
    try:
        name = (base_records_dir(root) / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return BASE
    if not re.fullmatch(r"R\d{4,}", name):
        raise DataError(
            f"The file records/{CURRENT} names no version ({name[:20]!r}). Write the name of one, or R0000."
        )
    return name


def version_dir(root: Path, version: str) -> Path:
    """Where the record tables of a version stand."""
    base = base_records_dir(root)
    return base if version == BASE else base / "versions" / version


def records_dir(root: Path) -> Path:
    """Where the record tables in force stand, one Parquet file each; inside `reading`, those of its version."""
    return version_dir(root, _reading.get() or current_records(root))


@contextmanager
def reading(root: Path, version: str) -> Iterator[Path]:
    """Inside, `records_dir` is that of a version which is not in force: so it can be built and checked beforehand."""
    token = _reading.set(version)
    try:
        yield version_dir(root, version)
    finally:
        _reading.reset(token)


def geography_dir(root: Path) -> Path:
    """Where the blocks, edges and buildings stand from which neighbourhoods are drawn."""
    return root / "records" / "geography"


def unit_files(root: Path) -> list[Path]:
    """The polygons of grids and residents' groups (unit_id, geometry), whether they were delivered or not."""
    return [geography_dir(root) / f"{name}.parquet" for name in ("grids", "residents_groups")]


def edition_dir(root: Path, edition: str = EDITION) -> Path:
    """Where a published boundary edition stands."""
    return root / "editions" / edition


def extracts_dir(root: Path) -> Path:
    """Where the built versions and the manifest stand."""
    return root / "extracts"


def manifest_path(root: Path, edition: str | None = None) -> Path:
    """Where the manifest of the edition in force stands, or of a given one."""
    return extracts_dir(root) / (MANIFEST if edition is None else f"edition-{edition}.json")


def read_manifest(root: Path, edition: str | None = None) -> Manifest:
    """Read the manifest of the edition in force, or of a given one (in force or not).

    Raises NoManifest when there is none or it is unreadable.
    """
    path = manifest_path(root, edition)
    try:
        return Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        if edition is not None and edition_in_force(root) == edition:
            return read_manifest(root)
        raise NoManifest(path, "does not exist") from error
    except (ValueError, TypeError, OSError) as error:
        raise NoManifest(path, f"is unreadable ({type(error).__name__})") from error


def read_version(root: Path, version: str) -> Manifest:
    """What a version that is still kept says of itself. Raises NoManifest when it is not kept."""
    path = extracts_dir(root) / Path(version).name / MANIFEST
    try:
        return Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, OSError) as error:
        raise NoManifest(path, f"of version {version[:40]} is not kept") from error


def write_manifest(root: Path, manifest: Manifest, edition: str | None = None) -> None:
    """Replace the manifest of the edition in force (or of `edition`) in one step, once its bytes are on the disk."""
    _write(manifest_path(root, edition), manifest)


def write_copy(folder: Path, manifest: Manifest) -> None:
    """Leave a copy beside the tables of the version: it is read when an older version is asked for."""
    _write(folder / MANIFEST, manifest)


def _write(path: Path, manifest: Manifest) -> None:
    partial = path.with_suffix(f".{os.getpid()}.part")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def editions_built(root: Path) -> list[Manifest]:
    """What each published edition that can be shown says of itself, in order of publication."""
    found: dict[str, Manifest] = {}
    for path in extracts_dir(root).glob("edition-*.json"):
        with suppress(NoManifest):
            made = read_manifest(root, path.stem.removeprefix("edition-"))
            found[made.edition] = made
    with suppress(NoManifest):
        made = read_manifest(root)
        found.setdefault(made.edition, made)
    return sorted((made for made in found.values() if made.edition_number), key=lambda made: made.edition_number)


def edition_on(editions: Sequence[Manifest], day: date) -> Manifest | None:
    """Of editions in order of publication the one in force on a day; before the first one's day that one."""
    come = [made for made in editions if date.fromisoformat(made.edition_effective) <= day]
    return max(come or editions[:1], key=lambda made: made.edition_number, default=None)


def current_folder(root: Path) -> Path:
    """The folder of the current version."""
    return extracts_dir(root) / read_manifest(root).version


def edition_in_force(root: Path) -> str | None:
    """The edition that readers see, None before the first build."""
    try:
        return read_manifest(root).edition
    except NoManifest:
        return None


def versions_in_use(root: Path) -> set[str]:
    """The versions that any manifest names."""
    found = set()
    for path in extracts_dir(root).glob("*.json"):
        try:
            found.add(str(json.loads(path.read_text(encoding="utf-8"))["version"]))
        except (ValueError, KeyError, OSError):
            continue
    return found


def is_demonstration(root: Path) -> bool:
    """Whether the records are simulated: always, unless records/delivery.toml says `demonstration = false`.

    Raises DataError when that file cannot be read: what is said to be real must be said plainly.
    """
    path = records_dir(root) / "delivery.toml"
    if not path.is_file():
        return True
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")).get("demonstration") is not False
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(
            f"The file {path.name} is not TOML ({error}). Write `demonstration = false` or remove it."
        ) from error
