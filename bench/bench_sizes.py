"""Building extracts from many rows of attendance: on DuckDB, on a Spark cluster of two workers, and on Sail.

`python -m bench sizes --rows 3 30 300 --engine duckdb spark sail` (million rows; 3 unless told otherwise, on every
engine whose environment is there). What docs/sizes.*.md tells comes from here.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pyarrow.parquet as pq

from bench.sizes_records import write_records
from bench.watched import Taken, size_of, watch
from tests.cluster.machines import SAIL, SPARK, sail_server, spark_cluster

MILLION, MEGA = 1_000_000, 1e6
HEADER = ("rows (M)", "districts", "engine", "wall s", "sums s", "CPU s", "memory MB", "in MB", "spilt MB", "out MB",
          "load")  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """Where an engine is at work: what the build must be told, its server processes, and where it spills."""

    engine: str
    environment: dict[str, str]
    servers: list[psutil.Process]
    spills: list[Path]


@contextmanager
def duckdb_alone(root: Path, options: argparse.Namespace) -> Iterator[Setting]:
    """DuckDB in the build's own process, with as much memory as the option says."""
    yield Setting("duckdb", {"LINLI_MEMORY": options.memory}, [], [root / "extracts" / ".part-*" / "spill"])


@contextmanager
def spark(root: Path, options: argparse.Namespace) -> Iterator[Setting]:
    """A master and two workers of one core each on loopback."""
    folder = root / "cluster"
    folder.mkdir()
    told = {
        "spark.driver.host": "127.0.0.1", "spark.driver.memory": options.driver,
        "spark.executor.memory": options.worker, "spark.local.dir": str(folder / "local"),
    }  # fmt: skip
    with spark_cluster(folder, options.worker) as cluster:
        environment = {
            "LINLI_SPARK_REMOTE": cluster.url, "LINLI_SPARK_PYTHON": str(SPARK / "bin" / "python"),
            "SPARK_LOCAL_IP": "127.0.0.1", "LINLI_SPARK_OPTIONS": ";".join(f"{k}={v}" for k, v in told.items()),
        }  # fmt: skip
        workers = [psutil.Process(worker.pid) for worker in cluster.workers]
        yield Setting("spark", environment, workers, [folder / "local"])


@contextmanager
def sail(root: Path, _options: argparse.Namespace) -> Iterator[Setting]:
    """Sail in local mode, on all cores."""
    folder = root / "cluster"
    folder.mkdir()
    with sail_server(folder) as remote:
        server = next(p for p in psutil.Process().children() if remote.rpartition(":")[2] in p.cmdline())
        python = str(SAIL / "bin" / "python")
        yield Setting("spark", {"LINLI_SPARK_REMOTE": remote, "LINLI_SPARK_PYTHON": python}, [server], [])


ENGINES: dict[str, Callable[[Path, argparse.Namespace], AbstractContextManager[Setting]]] = {
    "duckdb": duckdb_alone, "spark": spark, "sail": sail,
}  # fmt: skip
NEEDED = {"duckdb": Path(sys.executable), "spark": SPARK / "bin" / "python", "sail": SAIL / "bin" / "python"}


def build(root: Path, setting: Setting) -> tuple[Taken, dict[str, float]]:
    """Build in a process of its own; what it took, and what it told of itself (empty after it failed)."""
    environment = os.environ | {"LINLI_DATA": str(root), "OMP_NUM_THREADS": "2"} | setting.environment
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as wrong:
        command = [sys.executable, "-m", "bench.timed_build", setting.engine]
        process = psutil.Popen(command, env=environment, stdout=said, stderr=wrong, text=True)
        taken = watch(process, setting.servers, setting.spills)
        said.seek(0)
        wrong.seek(0)
        if process.returncode:
            print(f"It broke: {wrong.read().strip()[-500:]}", flush=True)
            return taken, {}
        return taken, json.loads(said.read())


def line(rows: float, districts: int, name: str, taken: Taken, told: dict[str, float], bytes_in: int) -> str:
    """A line of the table: million rows, and for the rest see HEADER."""
    numbers = [
        taken.seconds, told.get("sums", float("nan")), taken.cpu_seconds, taken.memory / MEGA, bytes_in / MEGA,
        taken.spilled / MEGA, told.get("bytes_out", 0) / MEGA, os.getloadavg()[0],
    ]  # fmt: skip
    return row_of([f"{rows:g}", str(districts), name, *(f"{number:,.0f}" for number in numbers)])


def row_of(cells: list[str]) -> str:
    """Cells below one another, the third to the left."""
    return "".join(f"  {cell:<12}" if place == 2 else f"{cell:>11}" for place, cell in enumerate(cells))


def deliver_late(root: Path) -> None:
    """A subdistrict's office sends in one row less than before: the last of the last part."""
    last = sorted((root / "records" / "attendance").iterdir())[-1]
    table = pq.read_table(last)
    pq.write_table(table.slice(0, table.num_rows - 1), last, compression="zstd")


def measure(rows: float, districts: int, options: argparse.Namespace) -> None:
    """The lines of one size, an engine each; DuckDB a second time after one month of one office has changed."""
    with tempfile.TemporaryDirectory(prefix="linli-sizes-", dir=options.folder) as folder:
        root = Path(folder)
        events = write_records(root, round(rows * MILLION), districts)
        bytes_in = size_of(root / "records" / "attendance")
        print(f"{rows:g} M rows of attendance at {events:,} events, {bytes_in / MEGA:,.0f} MB.", flush=True)
        for name in options.engine:
            with ENGINES[name](root, options) as setting:
                print(line(rows, districts, name, *build(root, setting), bytes_in), flush=True)
                if name == "duckdb":
                    deliver_late(root)
                    print(line(rows, districts, "  a month", *build(root, setting), bytes_in), flush=True)
            for made in ("extracts", "cluster"):
                shutil.rmtree(root / made, ignore_errors=True)


def parser() -> argparse.ArgumentParser:
    """The options."""
    found = argparse.ArgumentParser(prog="python -m bench sizes", description=__doc__)
    found.add_argument("--rows", type=float, nargs="+", default=[3], metavar="MILLION", help="sizes to measure")
    found.add_argument("--engine", nargs="+", choices=ENGINES, default=[e for e in ENGINES if NEEDED[e].exists()])
    found.add_argument("--districts", type=int, default=1, help="over how many districts' areas rows are spread")
    found.add_argument("--memory", default="4GB", help="DuckDB's limit (LINLI_MEMORY)")
    found.add_argument("--worker", default="2g", help="memory of each Spark worker")
    found.add_argument("--driver", default="2g", help="memory of Spark's driver")
    found.add_argument("--folder", type=Path, help="where records are made (and removed): on a disk with space")
    return found


def main() -> None:
    """One line a size and engine."""
    options = parser().parse_args([word for word in sys.argv[1:] if word != "sizes"])
    print(row_of(list(HEADER)))
    for rows in options.rows:
        measure(rows, options.districts, options)


if __name__ == "__main__":
    main()
