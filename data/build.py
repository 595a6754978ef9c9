"""Records to extracts: checked against the contract, computed by data/sql, and put in place in one step.

A build writes to a folder of its own, checks what it wrote, sees it on the disk, and renames it; the manifest, replaced
last, names the version that readers use. Interrupted at any moment, the old version stays and a new start works.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data import aggregates, engines, manifest, reconcile, storage
from data.checks import check_records
from data.contract import Contract, DataError, check_parquet, load_contract
from data.folders import remove_leftovers, remove_old, sync
from data.manifest import Manifest, NoManifest
from data.publish import places, write_layer
from data.reach import write_reach
from data.three_in_one import write_three_in_one
from queries.run import open_database
from queries.suppression import threshold

Progress = Callable[[str, float], None]
FOLDER = Path(__file__).parent
SQL = FOLDER / "sql"
WITHHOLDING = ("withholding.py", "suppression.py", "exchange_sums.py", "small_*.sql")  # of queries/
CODE = (
    "aggregates.py",
    "build.py",
    "checks.py",
    "contract.py",
    "contract.toml",
    "publish.py",
    "reach.py",
    "three_in_one.py",
    "../geo/reach.py",
    "../geo/coincidence.py",
    "reconcile.py",
    "reference/published_figures.csv",
)
GEOGRAPHY = ("boundaries", "blocks", "edges", "network")
THEMES = (
    "structure", "party", "services", "reach", "self_governance", "events", "values", "information", "workforce",
    "outcomes",
)  # fmt: skip
STEPS = (
    "calendar", "year_end", "last_month", "area", "descendant", "event_total", "attendance_kind", "attendance_age_sex",
    "attendance_flow", *(f"measure_{theme}" for theme in THEMES), "measure_native", "measure", "measure_catalogue",
)  # fmt: skip
"""Statements of data/sql in the order in which they need each other; those that extracts are named after are kept."""
LONG_STEPS = {"measure": 24.0, "measure_native": 3.0, "measure_catalogue": 3.0}
"""Steps that take so many times as long as the others: what is told of the share done goes by it."""
AREA_COLUMNS = ("neighbourhood", "community", "payer", "area")
TOLERANCE = 1e-9


class TotalsDiffer(DataError):
    """Raised when a total of the extracts is not that of the records."""

    def __init__(self, differences: list[str]) -> None:
        super().__init__(
            f"The build was stopped because totals changed on the way: {'; '.join(differences)}. The former version "
            "stays in use. Check the records for areas outside the edition, and data/sql."
        )
        self.differences = differences


class EditionMissing(DataError):
    """Raised when there is no published boundary edition to build on."""

    def __init__(self, folder: Path, missing: str) -> None:
        super().__init__(
            f"The boundary edition {folder.name} lacks {missing}, so no area is known. Publish it with `make data`."
        )


def _quiet(_step: str, _share: float) -> None:
    return None


def build(root: Path, progress: Progress = _quiet, engine: str = "duckdb") -> Manifest:
    """Build the extracts of `root` (records, editions, extracts) if anything changed; return the manifest in force.

    `progress` hears the step and the share done; `engine` sums over attendance ("duckdb" or "spark"). Raises
    TableBroken, EditionMissing, TotalsDiffer, TotalUnknown or what data.engines and data.storage raise, and leaves the
    former version in force.
    """
    made = build_version(root, progress, engine)
    if _unchanged(root, made.version) is None:
        put_in_force(root, made)
        progress("done", 1.0)
    elif manifest.edition_in_force(root) is None:
        manifest.write_manifest(root, made)
    return made


def build_version(root: Path, progress: Progress = _quiet, engine: str = "duckdb") -> Manifest:
    """As `build`, but readers go on with the version in use; return the manifest that would put this one in force.

    A version that was built before and still stands is taken as it is.
    """
    progress("compare", 0.0)
    records = attendance_place(root)
    if records.remote:
        storage.fetch(records, manifest.records_dir(root), skip=aggregates.HEAVY)
    version = _version(root)
    if (current := _unchanged(root, version) or _standing(root, version)) is not None:
        progress("unchanged", 1.0)
        return current
    extracts = manifest.extracts_dir(root)
    extracts.mkdir(parents=True, exist_ok=True)
    partial = extracts / f".part-{os.getpid()}"
    remove_leftovers(extracts, partial)
    partial.mkdir()
    try:
        facts = _write(root, partial, progress, engine)
        folder = extracts / version
        made = _manifest(root, partial, version, facts)
        manifest.write_copy(partial, made)
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    sync(extracts)
    return made


def put_in_force(root: Path, made: Manifest) -> None:
    """Have readers use a version from now on; the one before it is kept, older ones are removed."""
    former = _former(root)
    manifest.write_manifest(root, made, made.edition)
    if manifest.edition_in_force(root) in (None, made.edition):
        manifest.write_manifest(root, made)
    remove_old(manifest.extracts_dir(root), {made.version, former, *manifest.versions_in_use(root)})


def _standing(root: Path, version: str) -> Manifest | None:
    """The manifest of a version that was built before and is whole."""
    folder = manifest.extracts_dir(root) / version
    try:
        said = manifest.read_version(root, version)
    except NoManifest:
        return None
    return said if said.version == version and _is_whole(folder, said) else None


def _is_whole(folder: Path, said: Manifest) -> bool:
    """Whether every table stands there with the size its manifest tells."""
    paths = {folder / f"{name}.parquet": size for name, size in said.bytes.items()}
    return all(path.is_file() and path.stat().st_size == size for path, size in paths.items())


def is_built(root: Path) -> bool:
    """Whether the current version is that of the records, edition and code as they are."""
    return _unchanged(root, _version(root)) is not None


def _version(root: Path) -> str:
    """Name a version by the content of everything that goes into it."""
    contract = load_contract()
    files = [manifest.records_dir(root) / f"{name}.parquet" for name in contract.records if name != aggregates.HEAVY]
    files += [*manifest.unit_files(root), *sorted(manifest.edition_dir(root).glob("*.parquet"))]
    files += [*(FOLDER / name for name in CODE), *sorted(SQL.glob("*.sql"))]
    files += sorted((SQL / "cluster").glob("*.sql"))
    files += sorted(path for pattern in WITHHOLDING for path in (FOLDER.parent / "queries").glob(pattern))
    settings = f"duckdb {duckdb.__version__} {manifest.is_demonstration(root)} {threshold()}"
    digest = hashlib.blake2b(settings.encode(), digest_size=6)
    digest.update(_attendance_digest(root))
    for path in files:
        digest.update(path.name.encode())
        digest.update(_digest(path) if path.is_file() else b"missing")
    return f"v{digest.hexdigest()}"


def attendance_place(root: Path) -> storage.Place:
    """Where attendance stands: at LINLI_RECORDS (a folder or s3://…), else with the other records."""
    return storage.place(os.environ.get(storage.RECORDS, "").strip() or str(manifest.records_dir(root)))


def _attendance_digest(root: Path) -> bytes:
    """By content where it is one file here, else by names, sizes and times of its files."""
    at = attendance_place(root)
    path = Path(at.within(f"{aggregates.HEAVY}.parquet"))
    return _digest(path) if not at.remote and path.is_file() else storage.listing_digest(at, aggregates.HEAVY)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").digest()


def _unchanged(root: Path, version: str) -> Manifest | None:
    try:
        current = manifest.read_manifest(root, manifest.EDITION)
    except NoManifest:
        return None
    folder = manifest.extracts_dir(root) / version
    return current if current.version == version and _is_whole(folder, current) else None


def _former(root: Path) -> str | None:
    try:
        return manifest.read_manifest(root, manifest.EDITION).version
    except NoManifest:
        return None


def _write(root: Path, folder: Path, progress: Progress, engine: str) -> dict[str, Any]:
    """Write every extract into `folder`; return what the manifest says beyond files: data_until, measures."""
    contract = load_contract()
    areas = _edition_areas(root)
    progress("records", 0.02)
    check_records(root, contract, lambda name, share: progress(f"check {name}", 0.02 + 0.04 * share))
    with duckdb.connect(":memory:", config=engines.limits(folder / "spill")) as connection:
        register(connection, root, contract)
        sum_attendance(
            connection,
            attendance_place(root),
            folder,
            contract,
            engine,
            lambda step, share: progress(step, 0.06 + 0.06 * share),
        )
        progress("reach", 0.12)
        write_reach(root, folder, contract)
        connection.read_parquet(str(folder / "reach.parquet")).create_view("block_reach")
        write_three_in_one(root, folder, contract)
        connection.read_parquet(str(folder / "three_in_one.parquet")).create_view("three_in_one")
        _run_steps(connection, folder, contract, lambda step, share: progress(step, 0.22 + 0.22 * share))
        progress("carried", 0.44)
        _carry(root, folder, contract)
        _write_geography(root, folder, areas)
        progress("totals", 0.45)
        _check_totals(connection)
        _write_published(connection, folder)
        until = _result(connection, "last_month")["month"].iloc[0]
    progress("totals", 0.47)
    _check_extracts(folder, contract)
    with closing(open_database(folder)) as database:
        database.keep_withheld(folder, lambda share: progress("withheld", 0.5 + 0.48 * share))
    progress("disk", 0.98)
    for path in folder.iterdir():
        sync(path)
    sync(folder)
    return {
        "data_until": _month_end(until),
        "measures": pq.read_metadata(folder / "measure_catalogue.parquet").num_rows,
    }


def _edition_areas(root: Path) -> pd.DataFrame:
    folder = manifest.edition_dir(root)
    for name in ("areas", *GEOGRAPHY, "landmarks"):
        if not (folder / f"{name}.parquet").is_file():
            raise EditionMissing(folder, f"{name}.parquet")
    return pd.read_parquet(folder / "areas.parquet")


def register(
    connection: duckdb.DuckDBPyConnection, root: Path, contract: Contract, instead: Mapping[str, pa.Table] | None = None
) -> None:
    """A view record_<table> on every record table but attendance, and edition_area on the edition's areas.

    `instead`: tables that stand in place of those on record.
    """
    for name in contract.records:
        if name == aggregates.HEAVY:
            continue
        if instead and name in instead:
            connection.register(f"record_{name}", instead[name])
            continue
        path = manifest.records_dir(root) / f"{name}.parquet"
        connection.read_parquet(str(path)).create_view(f"record_{name}")
    connection.read_parquet(str(manifest.edition_dir(root) / "areas.parquet")).create_view("edition_area")


def sum_attendance(
    connection: duckdb.DuckDBPyConnection,
    records: storage.Place,
    folder: Path,
    contract: Contract,
    name: str,
    progress: Progress,
) -> None:
    """Tables of the sums over attendance, by whichever engine; nothing after this reads attendance itself.

    What was summed before stands beside `folder`.
    """
    chosen = engines.engine(name, records, aggregates.HEAVY, folder / "spill")
    made = aggregates.aggregate(records, folder.parent, contract, connection, chosen, progress)
    for table, rows in made.items():
        connection.register(table, rows)


def statement(name: str) -> str:
    """The text of data/sql/<name>.sql."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def _run_steps(connection: duckdb.DuckDBPyConnection, folder: Path, contract: Contract, progress: Progress) -> None:
    weights = [LONG_STEPS.get(name, 1.0) for name in STEPS]
    for place, name in enumerate(STEPS):
        progress(name, sum(weights[:place]) / sum(weights))
        connection.sql(statement(name)).to_table(name)
        if name in contract.extracts:
            connection.table(name).write_parquet(str(folder / f"{name}.parquet"), compression="zstd")


def _result(connection: duckdb.DuckDBPyConnection, name: str) -> pd.DataFrame:
    frame: pd.DataFrame = connection.sql(statement(name)).df()
    return frame


def _check_totals(connection: duckdb.DuckDBPyConnection) -> None:
    totals = _result(connection, "check_totals")
    gap = (totals["records"] - totals["extracts"]).abs()
    wrong = totals[gap > TOLERANCE * totals["records"].abs().clip(lower=1)]
    if len(wrong):
        raise TotalsDiffer([f"{row.total} {row.records:,.2f} became {row.extracts:,.2f}" for row in wrong.itertuples()])


def _write_published(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    table = published(connection)
    table.to_parquet(folder / "published.parquet", index=False, compression="zstd")


def published(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """extracts.published, of a connection that knows records, measures and areas."""
    totals = _result(connection, "published_total")
    ours = totals["ours"].astype(object).where(totals["ours"].notna(), None)
    return reconcile.published_table(dict(zip(totals["id"].astype(str), ours, strict=True)))


def _carry(root: Path, folder: Path, contract: Contract) -> None:
    """Carry record tables over unchanged, sorted by area and date, so that a page reads few row groups."""
    for name in contract.carried:
        table = contract.extracts[name]
        areas = [column for column in AREA_COLUMNS if column in table.columns]
        order = list(dict.fromkeys([*areas, *table.dates, *table.key]))
        rows = pq.read_table(manifest.records_dir(root) / f"{name}.parquet", columns=list(table.columns))
        ordered = rows.sort_by([(column, "ascending") for column in order])
        pq.write_table(ordered, folder / f"{name}.parquet", compression="zstd")


def _write_geography(root: Path, folder: Path, areas: pd.DataFrame) -> None:
    edition = manifest.edition_dir(root)
    for name in GEOGRAPHY:
        shutil.copyfile(edition / f"{name}.parquet", folder / f"{name}.parquet")
    offices = pd.read_parquet(manifest.records_dir(root) / "service_office.parquet")
    marks = gpd.read_parquet(edition / "landmarks.parquet")
    write_layer(folder / "places.parquet", places(marks, offices, areas))


def _check_extracts(folder: Path, contract: Contract) -> None:
    """Check what was computed; what was only carried or copied was checked before."""
    for name, table in contract.extracts.items():
        if name not in contract.carried and name not in (*GEOGRAPHY, "reach", "three_in_one"):
            check_parquet(folder / f"{name}.parquet", table)


def _month_end(month: Any) -> str:
    following = (pd.Timestamp(month) + pd.offsets.MonthBegin(1)).date()
    return str(following - timedelta(days=1))


def _manifest(root: Path, folder: Path, version: str, facts: dict[str, Any]) -> Manifest:
    paths = sorted(folder.glob("*.parquet"))
    return Manifest(
        version=version,
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        demonstration=manifest.is_demonstration(root),
        edition=manifest.EDITION,
        edition_effective=manifest.EDITION_EFFECTIVE,
        rows={path.stem: pq.read_metadata(path).num_rows for path in paths},
        bytes={path.stem: path.stat().st_size for path in paths},
        tables={path.stem: _digest(path).hex()[:12] for path in paths},
        **facts,
    )
