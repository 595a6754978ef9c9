"""All records and all extracts held against the contract, each with the sentence that says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.aggregates import HEAVY
from data.contract import Contract, Keys, Table, TableBroken, check_parquet, load_contract
from data.manifest import NoManifest, current_folder, edition_dir, records_dir

Problem = TableBroken | NoManifest


def broken_tables(root: Path) -> list[Problem]:
    """What is wrong with the records and extracts of `root`, one error a table; empty when all is well."""
    contract = load_contract()
    problems: list[Problem] = [*_broken(records_dir(root), contract.records.values(), record_keys(root, contract))]
    try:
        folder = current_folder(root)
    except NoManifest as error:
        return [*problems, error]
    return [*problems, *_broken(folder, contract.extracts.values(), Keys())]


def _broken(folder: Path, tables: Iterable[Table], keys: Keys) -> list[Problem]:
    problems: list[Problem] = []
    for table in tables:
        try:
            check_parquet(folder / f"{table.name}.parquet", table, keys)
        except TableBroken as error:
            problems.append(error)
    return problems


def check_records(root: Path, contract: Contract, progress: Callable[[str, float], None]) -> None:
    """Raise TableBroken at the first record table that is not what the contract says; `progress` hears names.

    Attendance is left to data.aggregates, which checks its rows where they are summed.
    """
    keys = record_keys(root, contract)
    for done, (name, table) in enumerate(contract.records.items()):
        if name == HEAVY:
            continue
        progress(name, done / len(contract.records))
        check_parquet(records_dir(root) / f"{name}.parquet", table, keys)


def record_keys(root: Path, contract: Contract) -> Keys:
    """Known area codes, and the keys of the record tables that others refer to.

    A table that cannot be read is left out here: its own check says so.
    """
    keys = Keys(
        {"area": pq.read_table(edition_dir(root) / "areas.parquet", columns=["code"]).column(0).combine_chunks()}
    )
    referred = {c.references for table in contract.records.values() for c in table.columns.values() if c.references}
    for name in sorted(referred.intersection(contract.records)):
        try:
            column = pq.read_table(
                records_dir(root) / f"{name}.parquet", columns=[contract.records[name].key[0]]
            ).column(0)
        except (pa.ArrowException, OSError):
            continue
        keys.known[name] = pc.unique(column)
    return keys
