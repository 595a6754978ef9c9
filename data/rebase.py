"""Extracts on the boundaries of another edition than the one the records are coded in.

Counts of neighbourhoods are shared out by households, block by block, so ratios come from shared-out numerators and
denominators; offices go by their address and ways by the blocks; lists of records go to what succeeded their
neighbourhood. Integers shared out are estimates, and the manifest says from which edition (`rebased_from`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from data import reach
from data.build import GEOGRAPHY, TotalsDiffer, statement
from data.contract import Contract, check_parquet, load_contract
from data.crosswalk import crosswalk, successors
from data.publish import places, write_layer
from data.three_in_one import write_overlay
from queries import withheld_kept
from queries.run import open_database
from queries.suppression import threshold

Progress = Callable[[str, float], None]
COMPUTED: Final = (
    "area", "descendant", "measure", "measure_catalogue", "attendance_kind", "reach", "places", "three_in_one",
)  # fmt: skip
RECODED: Final = ("neighbourhood",)


def rebase(basis: Path, edition: Path, former: Path, buildings: Path, folder: Path, progress: Progress) -> None:
    """Write into `folder` the extracts of `basis` on the boundaries of `edition`.

    `basis`: the extracts on the edition the records are coded in. `edition`, `former`: the folders of the new edition
    and of that one (areas, blocks, …); `buildings`: where walks start, if it is there. Raises TotalsDiffer or
    TableBroken.
    """
    contract = load_contract()
    progress("crosswalk", 0.0)
    blocks = gpd.read_parquet(edition / "blocks.parquet")
    table = crosswalk(gpd.read_parquet(former / "blocks.parquet"), blocks)
    heirs = successors(table)
    progress("records", 0.05)
    for name in GEOGRAPHY:
        shutil.copyfile(edition / f"{name}.parquet", folder / f"{name}.parquet")
    _carry(basis, folder, contract, heirs)
    _offices(folder, gpd.read_parquet(edition / "boundaries.parquet"))
    boundaries = gpd.read_parquet(edition / "boundaries.parquet")
    write_overlay(gpd.read_parquet(basis / "three_in_one.parquet"), boundaries, folder, contract)
    progress("reach", 0.15)
    _reach(basis, folder, edition, buildings, blocks)
    progress("measures", 0.3)
    _measures(basis, folder, edition, table)
    progress("places", 0.65)
    areas = pd.read_parquet(edition / "areas.parquet")
    offices = pd.read_parquet(folder / "service_office.parquet")
    write_layer(folder / "places.parquet", places(gpd.read_parquet(edition / "landmarks.parquet"), offices, areas))
    progress("check", 0.7)
    for name in COMPUTED:
        check_parquet(folder / f"{name}.parquet", contract.extracts[name])
    progress("withheld", 0.75)
    _withhold(basis, folder, table)


def _withhold(basis: Path, folder: Path, table: pd.DataFrame) -> None:
    """What is small here, and what is made of something that the basis withholds."""
    with closing(open_database(folder)) as database:
        database.keep_withheld(folder)
    with TemporaryDirectory() as aside:
        withheld = basis
        if withheld_kept.read(basis).k != threshold():  # kept for another k, or not at all
            withheld = Path(aside)
            with closing(open_database(basis)) as database:
                database.keep_withheld(withheld)
        before, after = (pd.read_parquet(place / "descendant.parquet") for place in (basis, folder))
        withheld_kept.carry(withheld, folder, came_from(table, before, after), basis.name)


def came_from(table: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> set[tuple[str, str]]:
    """Pairs (area now, area before) of which the first has people of the second.

    Each area and itself, neighbourhoods by their crosswalk, and all areas above that ground left or came to. `before`,
    `after`: ancestor, code.
    """
    above = [part.groupby("code")["ancestor"].agg(set).to_dict() for part in (before, after)]
    pairs = {(str(code), str(code)) for code in after["ancestor"].unique()}
    for former, code in zip(table["former"].astype(str), table["code"].astype(str), strict=True):
        changed = (above[0].get(former, set()) - {former}) ^ (above[1].get(code, set()) - {code})
        pairs |= {(code, former), *((now, was) for now in changed for was in (*changed, former))}
    return pairs


def _carry(basis: Path, folder: Path, contract: Contract, heirs: dict[str, str]) -> None:
    """Tables that stay, with neighbourhoods that ended replaced by what succeeded them; the same file where none is."""
    ended = {old: new for old, new in heirs.items() if old != new}
    for name, table in contract.extracts.items():
        if name in (*COMPUTED, *GEOGRAPHY) and name != "attendance_kind":
            continue
        source, target = basis / f"{name}.parquet", folder / f"{name}.parquet"
        columns = [column for column in RECODED if column in table.columns]
        if not columns or not ended:
            _same_file(source, target)
            continue
        rows = pq.read_table(source)
        for column in columns:
            rows = _with(rows, column, [ended.get(code, code) for code in rows[column].to_pylist()])
        if name == "attendance_kind":
            rows = rows.group_by(list(table.key)).aggregate([("events", "sum"), ("attendances", "sum")])
            rows = rows.rename_columns([column.removesuffix("_sum") for column in rows.column_names])
            rows = rows.select(list(table.columns)).sort_by([(column, "ascending") for column in table.key])
        pq.write_table(rows, target, compression="zstd")


def _same_file(source: Path, target: Path) -> None:
    """The same bytes, without a copy where the disk can: extracts are never changed in place."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _with(rows: pa.Table, column: str, values: Any) -> pa.Table:
    """The table with other values in one column of text."""
    field = rows.schema.field(column)
    return rows.set_column(rows.schema.get_field_index(column), field, pa.array(values, field.type))


def _offices(folder: Path, boundaries: gpd.GeoDataFrame) -> None:
    """Offices go where they stand; one that stands nowhere stays with what succeeded its neighbourhood."""
    path = folder / "service_office.parquet"
    rows = pq.read_table(path)
    hoods = boundaries[boundaries["level"] == "neighbourhood"]
    doors = shapely.points(rows["lon"].to_numpy(), rows["lat"].to_numpy())
    door, hood = shapely.STRtree(hoods.geometry.to_numpy()).query(doors, predicate="intersects")
    at = rows["neighbourhood"].to_numpy(zero_copy_only=False).astype(object)
    at[door] = hoods["code"].to_numpy(object)[hood]
    rows = _with(rows, "neighbourhood", at)
    path.unlink()  # it may be one file with that of the basis
    ordered = rows.sort_by([("neighbourhood", "ascending"), ("office_id", "ascending")])
    pq.write_table(ordered, path, compression="zstd")


def _reach(basis: Path, folder: Path, edition: Path, buildings: Path, blocks: gpd.GeoDataFrame) -> None:
    """How far every block is from an office: as before, block by block; measured again where blocks were cut."""
    rows = pq.read_table(basis / "reach.parquet")
    homes = pd.Series(blocks["neighbourhood"].astype(str).to_numpy(), index=blocks["block_id"].to_numpy())
    ids = rows["block_id"].to_numpy()
    if set(ids.tolist()) != set(homes.index.tolist()):
        reach.write_reach_of(edition, folder / "service_office.parquet", buildings, folder, load_contract())
        return
    moved = _with(rows, "neighbourhood", homes.loc[ids].to_numpy(object))
    pq.write_table(moved, folder / "reach.parquet", compression="zstd")


def _measures(basis: Path, folder: Path, edition: Path, table: pd.DataFrame) -> None:
    with duckdb.connect(":memory:", config={"temp_directory": str(folder / "spill")}) as connection:
        for name in ("area", "measure", "measure_catalogue"):
            connection.read_parquet(str(basis / f"{name}.parquet")).create_view(f"basis_{name}")
        connection.read_parquet(str(edition / "areas.parquet")).create_view("edition_area")
        connection.read_parquet(str(folder / "reach.parquet")).create_view("block_reach")
        for name in ("service_office", "three_in_one"):
            connection.read_parquet(str(folder / f"{name}.parquet")).create_view(name)
        connection.register("crosswalk", table)
        connection.register("contact_of", _contacts(basis, edition, table))
        connection.sql(statement("rebased_contact")).to_table("record_office_contact")
        connection.sql(statement("area")).to_table("area")
        connection.sql(statement("descendant")).to_table("descendant")
        connection.sql(statement("rebased_place")).to_table("at_place")
        for name in ("rebased_native", "rebased_measure"):
            connection.sql(statement(name)).to_table(name)
        lost = connection.sql(statement("rebased_totals")).df()
        if len(lost):
            raise TotalsDiffer([f"{row.measure} by {row.gap:.2e} of its district total" for row in lost.itertuples()])
        for name, source in (("area", "area"), ("descendant", "descendant"), ("measure", "rebased_measure")):
            connection.table(source).write_parquet(str(folder / f"{name}.parquet"), compression="zstd")
    shutil.rmtree(folder / "spill", ignore_errors=True)
    _catalogue(basis, folder)


def _catalogue(basis: Path, folder: Path) -> None:
    """The catalogue of the basis, with the rows as they are now."""
    known = pd.read_parquet(basis / "measure_catalogue.parquet")
    measure = pq.read_table(folder / "measure.parquet", columns=["measure"])
    counts = pd.Series(measure["measure"].to_pandas()).value_counts()
    schema = pq.read_schema(basis / "measure_catalogue.parquet")
    made = known.assign(rows=known["measure"].map(counts).fillna(0).astype("int64"))
    rows = pa.Table.from_pandas(made, schema=schema, preserve_index=False)
    pq.write_table(rows, folder / "measure_catalogue.parquet")


def _contacts(basis: Path, edition: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Code -> the area before whose office answers for it: itself, or what a new neighbourhood came from."""
    before = set(pd.read_parquet(basis / "area.parquet", columns=["code"])["code"])
    codes = pd.read_parquet(edition / "areas.parquet", columns=["code"])["code"]
    largest = table.sort_values("households", ascending=False).drop_duplicates("code").set_index("code")["former"]
    former = np.where(codes.isin(before), codes, codes.map(largest))
    return pd.DataFrame({"code": codes, "former": former}).dropna()
