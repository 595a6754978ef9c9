"""Which editions there are, which is in force, and the doors to them: store, first plan, extracts of any edition."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from data import build, manifest
from data.contract import DataError
from data.folders import remove_leftovers, sync
from data.locks import held
from data.manifest import EDITION, EDITION_EFFECTIVE, Manifest, edition_dir, extracts_dir
from geo import crs
from geo.database import FILE, DatabaseError, database_url
from geo.plans import Plan
from geo.plans_ground import Ground
from geo.store import Store
from geo.store_errors import Unknown
from geo.store_records import Edition, Role, User

Progress = Callable[[str, float], None]
FOUNDER = User("system", Role.APPROVER)
"""Who enters the edition that a store begins with."""
CODE = ("rebase.py", "crosswalk.py", "publish.py", "../queries/withholding.py", "../queries/suppression.py")


class EditionLost(DataError):
    """Raised when the tables of an edition are not there (a start makes them, if its base is there); `edition`."""

    def __init__(self, edition: str) -> None:
        self.edition = edition
        super().__init__(
            f"The tables of boundary edition {edition} are not there. Start again, which makes them from the edition "
            "it stands on; if that is gone too, restore the folder data/editions from a backup."
        )


class StoreClosed(DataError):
    """Raised when the data can't be prepared because the edition store can't be opened; `reason`, `next_step`."""

    def __init__(self, error: DatabaseError) -> None:
        self.reason, self.next_step = error.reason, error.next_step
        super().__init__(f"Which boundary edition is in force cannot be known. {error}")


def _quiet(_step: str, _share: float) -> None:
    return None


def open_store(root: Path, *, single_user: bool = True) -> Store:
    """The edition store of a data folder, with the edition of the records in it; open one a process.

    Raises DatabaseUnreachable, DatabaseNewer, EditionTaken.
    """
    holder: list[Store] = []
    store = Store(
        database_url(root / "editions"), lambda edition: plan_of(root, holder[0], edition), single_user=single_user
    )
    holder.append(store)
    if not store.editions() and edition_dir(root).is_dir():
        blocks = pd.read_parquet(edition_dir(root) / "blocks.parquet", columns=["block_id", "neighbourhood"])
        first = blocks.set_index("block_id")["neighbourhood"]
        store.found(EDITION, EDITION, date.fromisoformat(EDITION_EFFECTIVE), first, FOUNDER)
    return store


def has_store(root: Path) -> bool:
    """Whether anybody has opened a store for this data folder yet."""
    return bool(os.environ.get("DATABASE_URL", "").strip()) or (root / "editions" / FILE).is_file()


def known_store(root: Path) -> Store:
    """As `open_store`, for those who prepare data. Raises StoreClosed."""
    try:
        return open_store(root)
    except DatabaseError as error:
        raise StoreClosed(error) from error


def plan_of(root: Path, store: Store, edition: str) -> Plan:
    """The first plan on an edition, read once. Raises EditionLost when its tables are not there."""
    folder = edition_dir(root, edition)
    if not (folder / "edges.parquet").is_file():
        raise EditionLost(edition)
    ended = ended_codes(store, edition)
    stamp = (folder / "edges.parquet").stat().st_mtime_ns
    return _plan(folder, stamp, frozenset(ended))


def ended_codes(store: Store, edition: str) -> set[str]:
    """Codes of neighbourhoods that ended with an edition or before it, as far as the store knows."""
    try:
        return store.ended(edition)
    except Unknown:  # one that is being published: it comes after all others
        return store.ended()


@lru_cache(maxsize=4)
def _plan(folder: Path, _stamp: int, ended: frozenset[str]) -> Plan:
    blocks, edges = (crs.to_metric(gpd.read_parquet(folder / f"{name}.parquet")) for name in ("blocks", "edges"))
    assignment = blocks.set_index("block_id")["neighbourhood"].astype(str)
    return Plan.start(Ground(blocks, edges), assignment, ended=ended - set(assignment))


def in_force(editions: list[Edition], today: date | None = None) -> str:
    """Of all editions the one in force on a day: the last published of those whose day has come."""
    day = today or datetime.now(UTC).astimezone().date()
    come = [edition for edition in editions if edition.effective_on <= day]
    return max(come or editions[:1], key=lambda edition: edition.number).id if editions else EDITION


def edition_due(root: Path) -> str:
    """The edition that should be in force today by the store (the first one where there is no store yet)."""
    return in_force(known_store(root).editions()) if has_store(root) else EDITION


def build_edition(
    root: Path, edition: Edition | None, progress: Progress = _quiet, basis: Manifest | None = None
) -> Manifest:
    """The extracts of an edition, built if they are not there or out of date; which edition is in force stays.

    `edition` None: that of the records. `basis`: that one's extracts where they were just built. Raises what data.build
    and data.rebase raise, EditionLost.
    """
    if basis is None:
        basis = build.build(root, lambda step, share: progress(step, share if edition is None else share / 2))
    if edition is None or edition.id == EDITION:
        return basis
    folder = edition_dir(root, edition.id)
    if not (folder / "areas.parquet").is_file():
        _restore(root, edition)
    version = _version(basis, folder)
    current = _known(root, edition.id)
    if current is not None and current.version == version and _whole(root, current):
        return current if current.edition_number == edition.number else _numbered(root, current, edition)
    made = _rebased(root, edition, basis, version, lambda step, share: progress(step, 0.5 + share / 2))
    manifest.write_copy(extracts_dir(root) / made.version, made)
    manifest.write_manifest(root, made, edition.id)
    progress("done", 1.0)
    return made


def _numbered(root: Path, made: Manifest, edition: Edition) -> Manifest:
    """The store has taken the edition in: from now on readers can choose it."""
    known = replace(made, edition_number=edition.number)
    manifest.write_copy(extracts_dir(root) / known.version, known)
    manifest.write_manifest(root, known, edition.id)
    return known


def _restore(root: Path, edition: Edition) -> None:
    """Make the tables of a published edition again, from its draft in the store. Raises EditionLost."""
    from data.next_edition import next_edition
    from data.publish import write_edition

    store = open_store(root)
    if edition.base is None or edition.draft is None:
        raise EditionLost(edition.id)
    base = store.edition(edition.base)
    if not (edition_dir(root, base.id) / "areas.parquet").is_file():
        _restore(root, base)
    plan = store.plan_at(edition)
    write_edition(next_edition(root, edition_dir(root, base.id), plan, _quiet), root, edition.id)


def put_in_force(root: Path, edition: str) -> Manifest:
    """Let readers see an edition from now on: its manifest becomes the one they read, in one step."""
    chosen = manifest.read_manifest(root, edition)
    if manifest.edition_in_force(root) != edition or manifest.read_manifest(root) != chosen:
        manifest.write_manifest(root, chosen)
    return chosen


def come_into_force(root: Path, today: date) -> str | None:
    """Put the edition in force whose day has come since the last look; returns it, None where nothing changed.

    Asks the store only if the manifests say that there may be one; what is not built yet is left to `settle`. Several
    processes may do this at once. Raises StoreClosed, or Busy while an edition is being published.
    """
    made = manifest.edition_on(manifest.editions_built(root), today)
    if made is None or made.edition == manifest.edition_in_force(root):
        return None
    with held(root / "editions" / ".publishing.lock"):
        due = in_force(known_store(root).editions(), today)
        if due == manifest.edition_in_force(root) or _known(root, due) is None:
            return None
        put_in_force(root, due)
        return due


def settle(root: Path, progress: Progress = _quiet) -> Manifest:
    """Build and put in force the edition that is due: what a publication that was cut short left undone is done.

    Then the others, so that readers can choose them: their figures are those of the same records.
    """
    known = known_store(root).editions() if has_store(root) else []
    due = in_force(known)
    others = [edition for edition in known if edition.id not in (EDITION, due)]
    chosen = next((edition for edition in known if edition.id == due), None)
    basis = build.build(root, _share_of(progress, 0, len(others) + 2))
    build_edition(root, chosen, _share_of(progress, 1, len(others) + 2), basis)
    made = put_in_force(root, due)
    for place, edition in enumerate(others, start=2):
        with suppress(EditionLost):  # one that cannot be shown any more keeps nobody from the one in force
            build_edition(root, edition, _share_of(progress, place, len(others) + 2), basis)
    return made


def _share_of(progress: Progress, place: int, whole: int) -> Progress:
    return lambda step, share: progress(step, (place + share) / whole)


def _known(root: Path, edition: str) -> Manifest | None:
    try:
        return manifest.read_manifest(root, edition)
    except manifest.NoManifest:
        return None


def _whole(root: Path, made: Manifest) -> bool:
    folder = extracts_dir(root) / made.version
    sizes = ((folder / f"{name}.parquet", size) for name, size in made.bytes.items())
    return all(path.is_file() and path.stat().st_size == size for path, size in sizes)


def _version(basis: Manifest, folder: Path) -> str:
    """Named by what goes in: the extracts it is shared out from, the edition's tables, and the code."""
    digest = hashlib.blake2b(basis.version.encode(), digest_size=6)
    here = Path(__file__).parent
    for path in [*sorted(folder.glob("*.parquet")), *(here / name for name in CODE), *sorted((here / "sql").glob("*"))]:
        if path.is_file():
            digest.update(path.name.encode() + hashlib.blake2b(path.read_bytes()).digest())
    return f"v{digest.hexdigest()}"


def _rebased(root: Path, edition: Edition, basis: Manifest, version: str, progress: Progress) -> Manifest:
    from data.rebase import rebase

    extracts = extracts_dir(root)
    partial, folder = extracts / f".part-{os.getpid()}", extracts / version
    remove_leftovers(extracts, partial)
    partial.mkdir()
    try:
        buildings = manifest.geography_dir(root) / "buildings.parquet"
        here = edition_dir(root, edition.id)
        rebase(extracts / basis.version, here, edition_dir(root), buildings, partial, progress)
        for path in (*partial.iterdir(), partial):
            sync(path)
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    sync(extracts)
    paths = sorted(folder.glob("*.parquet"))
    return Manifest(
        version=version, built_at=datetime.now(UTC).isoformat(timespec="seconds"), data_until=basis.data_until,
        demonstration=basis.demonstration, edition=edition.id, edition_effective=edition.effective_on.isoformat(),
        measures=basis.measures, rebased_from=basis.edition, source=basis.version, edition_number=edition.number,
        rows={path.stem: pq.read_metadata(path).num_rows for path in paths},
        bytes={path.stem: path.stat().st_size for path in paths},
        tables={path.stem: hashlib.blake2b(path.read_bytes()).hexdigest()[:12] for path in paths},
    )  # fmt: skip
