"""Who sums over all attendance: DuckDB on this machine, or Apache Spark (or Sail) on a cluster. Same text, same result.

DataError
├── EngineUnknown       there is no engine of that name
├── ClusterUnreachable  no cluster is named, or none answers there
└── EngineFailed        the cluster stopped the work
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data import storage
from data.contract import DataError
from data.storage import Place

REMOTE, PYTHON, SCRATCH = "LINLI_SPARK_REMOTE", "LINLI_SPARK_PYTHON", "LINLI_SPARK_SCRATCH"
SMALL = 128 << 20
"""Bytes up to which a table is handed to every worker whole, so that attendance need not be sorted to meet it.

The driver makes it and needs several times as much memory for that: one of 4 GB broke at 317 MB of events.
"""
PROJECT = Path(__file__).resolve().parents[1]
JOB = Path(__file__).with_name("spark_job.py")
SOURCE = "record_attendance"
NAMES = ("duckdb", "spark")
Tables = dict[str, pa.Table]


class EngineUnknown(DataError):
    """Raised for an engine that is neither of ours."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no engine {name}. Choose one of {', '.join(NAMES)}.")


class ClusterUnreachable(DataError):
    """Raised when no cluster is named or none answers at its address."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The cluster cannot be used: {why}. Set {REMOTE} to its address (spark://host:7077, sc://host:15002 or "
            "local[2]) and check that it runs, or build with `--engine duckdb`. The former version stays in use."
        )


class EngineFailed(DataError):
    """Raised when a cluster stopped the work; the sentence ends with its own last words."""

    def __init__(self, words: str) -> None:
        super().__init__(
            f"The cluster stopped the work: {words} The former version stays in use. Look at the cluster's log, and "
            "start again."
        )


class Engine(Protocol):
    """Answers portable statements over attendance and a few small tables."""

    @property
    def incremental(self) -> bool:
        """Whether it can tell by digests which parts of attendance have changed, and wants a year at a time."""

    def run(self, statements: Mapping[str, str], tables: Mapping[str, pa.Table]) -> Tables:
        """The answer to each statement; `tables` are known to it by name, attendance as record_attendance."""


@dataclass(frozen=True)
class DuckEngine:
    """DuckDB on this machine; what does not fit into memory (LINLI_MEMORY, such as 1GB) goes to `spill`."""

    records: Place
    table: str
    spill: Path
    incremental: bool = True

    def run(self, statements: Mapping[str, str], tables: Mapping[str, pa.Table]) -> Tables:
        """The answer to each statement."""
        with duckdb.connect(":memory:", config=limits(self.spill)) as connection:
            connection.execute("set preserve_insertion_order = false")  # sums need no order, and less memory without
            if self.records.remote:
                connection.register(SOURCE, storage.dataset(self.records, self.table))
            else:
                files = [info.path for info in storage.table_files(self.records, self.table)]
                connection.read_parquet(files).create_view(SOURCE)
            for name, table in tables.items():
                connection.register(name, table)
            return {name: connection.sql(text).to_arrow_table() for name, text in statements.items()}


def limits(spill: Path) -> dict[str, Any]:
    """DuckDB's settings for a build: where to spill, and the memory allowed if LINLI_MEMORY says so."""
    config: dict[str, Any] = {"temp_directory": str(spill)}
    if memory := os.environ.get("LINLI_MEMORY", "").strip():
        config["memory_limit"] = memory
    return config


@dataclass(frozen=True)
class SparkEngine:
    """A cluster that speaks Spark, asked by a process of its own environment, which alone knows pyspark.

    A table of more bytes than `small` goes there through `scratch`, a place that workers read.
    """

    records: Place
    table: str
    remote: str
    python: str
    scratch: Place
    small: int = SMALL
    incremental: bool = False

    def run(self, statements: Mapping[str, str], tables: Mapping[str, pa.Table]) -> Tables:
        """The answer to each statement. Raises ClusterUnreachable or EngineFailed."""
        _require_cluster(self.remote)
        with (
            tempfile.TemporaryDirectory(prefix="linli-spark-") as folder,
            storage.folder_for_a_while(self.scratch) as put,
        ):
            large = {name: put(name, table) for name, table in tables.items() if table.nbytes > self.small}
            small = {name: table for name, table in tables.items() if name not in large}
            self._send(self._job(Path(folder), statements, small, large))
            return {name: pq.read_table(Path(folder) / f"out_{name}.parquet") for name in statements}

    def _job(
        self, folder: Path, statements: Mapping[str, str], small: Mapping[str, pa.Table], large: Mapping[str, list[str]]
    ) -> Path:
        for name, table in small.items():
            pq.write_table(table, folder / f"in_{name}.parquet")
        files = [info.path for info in storage.table_files(self.records, self.table)]
        described = {
            "remote": self.remote,
            "sources": [_source(SOURCE, files, self.records), *(_source(*it, self.scratch) for it in large.items())],
            "tables": {name: str(folder / f"in_{name}.parquet") for name in small},
            "statements": dict(statements),
            "out": str(folder),
        }
        path = folder / "job.json"
        path.write_text(json.dumps(described), encoding="utf-8")
        return path

    def _send(self, job: Path) -> None:
        try:
            done = subprocess.run(  # noqa: S603  our own script, with the interpreter that the setting names
                [self.python, str(JOB), str(job)], cwd=job.parent, capture_output=True, text=True, check=False
            )
        except OSError as error:
            raise ClusterUnreachable(f"{self.python} cannot be started ({error.strerror})") from error
        if done.returncode:
            raise EngineFailed(last_words(done.stderr))


def _source(name: str, files: list[str], at: Place) -> dict[str, Any]:
    return {"name": name, "files": files, "object_storage": at.remote}


def last_words(log: str) -> str:
    """The line of a log that says best what went wrong: what a server told in detail, else the last with an error."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    told = [line.removeprefix("details = ").strip('"') for line in lines if line.startswith("details = ")]
    named = told or [line for line in lines if ("Error" in line or "Exception" in line) and not line.startswith("at ")]
    return (named or lines or ["it said nothing"])[-1][:300].rstrip(".") + "."


def _require_cluster(remote: str) -> None:
    if not remote:
        raise ClusterUnreachable("none is named")
    parts = urlsplit(remote)
    if parts.scheme not in ("spark", "sc"):
        return
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 7077), timeout=3):
            pass
    except (OSError, ValueError) as error:
        raise ClusterUnreachable(f"nobody answers at {remote} ({error})") from error


def engine(name: str, records: Place, table: str, spill: Path) -> Engine:
    """The engine of a name ("duckdb" or "spark"). Raises EngineUnknown."""
    if name == "duckdb":
        return DuckEngine(records, table, spill)
    if name == "spark":
        own = PROJECT / ".venv-spark" / "bin" / "python"
        scratch = os.environ.get(SCRATCH, "").strip() or (records.url if records.remote else str(spill))
        remote, python = os.environ.get(REMOTE, "").strip(), os.environ.get(PYTHON) or str(own)
        return SparkEngine(records, table, remote, python, storage.place(scratch))
    raise EngineUnknown(name)
