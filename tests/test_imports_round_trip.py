"""The demonstration as dirty office spreadsheets, imported into an empty installation, gives equal extracts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data import manifest
from data.contract import load_contract
from data.imports import applying, loads
from data.imports.examine import Options, examine
from data.imports.mappings import Mappings
from data.imports.places import load_places
from data.imports.rules import period_column
from data.wording import column_label, table_label, value_label
from tests import office_files as office

SUBDISTRICT, YEAR = "320613001", 2020
HEAVY = "attendance"
ENCODINGS = (("utf-8-sig", ","), ("gb18030", "\t"), ("utf-8", ";"), ("gbk", ","))
AREAS = ("neighbourhood", "home_neighbourhood", "community", "payer", "area")


def empty_installation(source: Path, root: Path) -> None:
    """Editions and geography, but no record and no extract."""
    for folder in (manifest.edition_dir(source), manifest.geography_dir(source)):
        shutil.copytree(folder, root / folder.relative_to(source), copy_function=os.link)


def records(source: Path, table: str) -> pd.DataFrame:
    return pq.read_table(manifest.records_dir(source) / f"{table}.parquet").to_pandas(date_as_object=False)


def of_subdistrict(frame: pd.DataFrame, table: str, events: set[str]) -> pd.Series[bool]:
    """Rows of one subdistrict and year."""
    if table == HEAVY:
        return frame["event_id"].isin(events)
    area = next((name for name in AREAS if name in frame), None)
    if area is None:
        return pd.Series(False, index=frame.index)
    inside = frame[area].fillna("").str.startswith(SUBDISTRICT)
    period = period_column(load_contract().records[table])
    if period is None:
        return inside
    return inside & ((frame[period] if period == "year" else frame[period].dt.year) == YEAR)


def write_csv(path: Path, table: str, frame: pd.DataFrame, names: dict[str, str], number: int) -> Path:
    encoding, separator = ENCODINGS[number % len(ENCODINGS)]
    if table != HEAVY:
        return office.text_file(path, office.chinese_rows(table, frame, names), encoding, separator)
    shown = frame.copy()
    for column in load_contract().records[table].columns.values():
        if column.values:
            shown[column.name] = shown[column.name].map({v: value_label(column.name, v, "zh") for v in column.values})
    shown["first_time"] = shown["first_time"].map({True: "是", False: "否"})
    shown["home_neighbourhood"] = shown["home_neighbourhood"].map(names)
    shown.columns = pd.Index([column_label(table, name, "zh") for name in frame.columns])
    shown.to_csv(path, index=False, encoding=encoding, sep=separator)
    return path


def write_xlsx(path: Path, table: str, frame: pd.DataFrame, names: dict[str, str]) -> Path:
    rows = office.chinese_rows(table, frame, names)
    width = len(rows[0])
    title = [f"{YEAR}年{table_label(table, 'zh')}登记表", *[""] * (width - 1)]
    signature = ["填表：综合科", *[""] * (width - 1)]
    return office.workbook(path, [title, *rows, ["合计", *[""] * (width - 1)], signature], merged=["A1:B1"])


@pytest.fixture(scope="module")
def exported(data_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """XLSX for one subdistrict and year, CSV for all else."""
    folder, names = tmp_path_factory.mktemp("office"), load_places(data_root).name_of
    events = records(data_root, "event")
    own = set(events.loc[of_subdistrict(events, "event", set()), "event_id"])
    for number, table in enumerate(load_contract().records):
        frame = records(data_root, table)
        inside = of_subdistrict(frame, table, own)
        if inside.any():
            write_xlsx(folder / f"{table_label(table, 'zh')}.xlsx", table, frame[inside], names)
        if not inside.all():
            write_csv(folder / f"{table}.csv", table, frame[~inside], names, number)
    return folder


@pytest.mark.timeout(1800)
def test_exported_and_imported_the_extracts_are_equal(data_root: Path, exported: Path, tmp_path: Path) -> None:
    root = tmp_path / "data"
    empty_installation(data_root, root)
    found = examine([str(exported)], root, Options(), Mappings())
    assert found.unread == []
    wrong = [(f.kind, f.table, f.column, f.count, f.shown) for f in found.findings if f.severity == "error"]
    assert wrong == []
    assert {typed.table.name for typed in found.sheets} == set(load_contract().records)
    load = loads.stage(root, found, "clerk")
    applying.apply(root, load.id, "clerk", "the demonstration itself")
    for table in load_contract().records.values():
        assert_equal(records(data_root, table.name), records(root, table.name), list(table.key), table.name)
    ours, theirs = manifest.current_folder(root), manifest.current_folder(data_root)
    for table in load_contract().extracts.values():
        frames = [pd.read_parquet(folder / f"{table.name}.parquet") for folder in (theirs, ours)]
        assert_equal(frames[0], frames[1], list(table.key), table.name)


def assert_equal(wanted: pd.DataFrame, made: pd.DataFrame, key: list[str], name: str) -> None:
    one, other = (frame.sort_values(key, ignore_index=True) for frame in (wanted, made))
    pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-9, obj=name)
