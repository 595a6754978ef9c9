"""Importing: rows a second and greatest memory of reading and checking, beside pandas and openpyxl reading alone."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq

from data.imports.examine import Options, examine
from data.imports.mappings import Mappings
from data.imports.places import load_places
from data.manifest import data_root, records_dir
from tests import office_files as office

ROUNDS = 3
Read = Callable[[Path], int]


def ours(path: Path) -> int:
    """Read, recognise, type and check a file."""
    found = examine([str(path)], data_root(), Options(), Mappings())
    return sum(len(typed.rows) for typed in found.sheets)


def by_pandas(path: Path) -> int:
    """Read a CSV file as text, no more."""
    return len(pd.read_csv(path, dtype=str))


def by_openpyxl(path: Path) -> int:
    """Read the cells of a workbook, no more."""
    sheet = openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets[0]
    return sum(1 for _ in sheet.iter_rows(values_only=True)) - 1


def _measure(read: Read, path: Path, answers: multiprocessing.Queue[tuple[int, float, float, int]]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, cpu = time.perf_counter(), time.process_time()
    rows = read(path)
    taken = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    answers.put((rows, time.perf_counter() - start, time.process_time() - cpu, taken))


def measured(read: Read, path: Path) -> tuple[int, float, float, int]:
    """(rows, median seconds, median CPU seconds, greatest kB more than at the start), each round in its own process."""
    answers: multiprocessing.Queue[tuple[int, float, float, int]] = multiprocessing.Queue()
    runs = []
    for _ in range(ROUNDS):
        process = multiprocessing.Process(target=_measure, args=(read, path, answers))
        process.start()
        runs.append(answers.get())
        process.join()
    middle = [statistics.median(run[place] for run in runs) for place in (1, 2)]
    return runs[0][0], middle[0], middle[1], max(run[3] for run in runs)


def files(folder: Path) -> list[tuple[Path, Read]]:
    """A CSV file of all attendance and a workbook of all events, each with its peer."""
    records, names = records_dir(data_root()), load_places(data_root()).name_of
    pq.read_table(records / "attendance.parquet").to_pandas().to_csv(folder / "attendance.csv", index=False)
    events = pq.read_table(records / "event.parquet").to_pandas(date_as_object=False)
    office.workbook(folder / "event.xlsx", office.chinese_rows("event", events, names))
    return [(folder / "attendance.csv", by_pandas), (folder / "event.xlsx", by_openpyxl)]


def main() -> None:
    """One line a file and reader."""
    print(f"{'file':<16}{'reader':<14}{'rows':>12}{'seconds':>10}{'CPU s':>10}{'rows/CPU s':>12}{'MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for path, peer in files(Path(folder)):
            for read in (ours, peer):
                rows, seconds, cpu, memory = measured(read, path)
                told = f"{rows:>12,}{seconds:>10.1f}{cpu:>10.1f}{rows / max(cpu, 0.01):>12,.0f}{memory / 1024:>8.0f}"
                print(f"{path.name:<16}{read.__name__:<14}{told}", flush=True)


if __name__ == "__main__":
    main()
