"""The same build on a real Spark cluster, on Sail and from object storage: every extract is DuckDB's, row for row."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data import sharing, storage
from data.build import build
from data.engines import SparkEngine
from data.manifest import NoManifest, current_folder, data_root, read_manifest
from pages.parts.words import moment_text
from tests import tiny_district as tiny
from tests.cluster.machines import SAIL, SPARK, Cluster, s3_server, sail_server, spark_cluster
from tests.opening import html_of, opened, text_of
from tests.serving import ROOT

pytestmark = pytest.mark.cluster
OPTIONS = "spark.driver.host=127.0.0.1;spark.driver.memory=1g;spark.executor.memory=900m;spark.sql.shuffle.partitions=4"


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demonstration's records and edition, and DuckDB's extracts of them."""
    root = tmp_path_factory.mktemp("duckdb")
    for name in ("records", "editions"):
        shutil.copytree(data_root() / name, root / name)
    build(root)
    return root


@pytest.fixture(scope="session")
def tiny_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny district with DuckDB's extracts."""
    root = tiny.write_district(tmp_path_factory.mktemp("tiny"))
    build(root)
    return root


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster for all tests that leave it alive."""
    with spark_cluster(tmp_path_factory.mktemp("spark")) as running:
        yield running


def without_extracts(records: Path, folder: Path) -> Path:
    """The same records and edition in a folder without extracts."""
    for name in ("records", "editions"):
        (folder / name).symlink_to(records / name)
    return folder


def start_build(root: Path, remote: str, python: Path, **settings: str) -> subprocess.Popen[str]:
    """`python -m data build --engine spark`, started."""
    environment = os.environ | {
        "LINLI_DATA": str(root), "LINLI_SPARK_REMOTE": remote, "LINLI_SPARK_PYTHON": str(python),
        "LINLI_SPARK_OPTIONS": OPTIONS, "SPARK_LOCAL_IP": "127.0.0.1", **settings,
    }  # fmt: skip
    command = [sys.executable, "-m", "data", "build", "--engine", "spark"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and what it said."""
    said, wrong = process.communicate(timeout=500)
    return process.returncode, said + wrong


def assert_equal_extracts(root: Path, records: Path) -> None:
    """Every extract of `root` is that of `records`, row for row."""
    ours, theirs = current_folder(records), current_folder(root)
    names = sorted(path.name for path in ours.glob("*.parquet"))
    assert names == sorted(path.name for path in theirs.glob("*.parquet"))
    for name in names:
        found = pq.read_table(theirs / name).to_pandas()
        pd.testing.assert_frame_equal(pq.read_table(ours / name).to_pandas(), found, obj=name)


@pytest.fixture(scope="session")
def by_spark(records: Path, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same data folder with extracts that the cluster's sums went into."""
    root = without_extracts(records, tmp_path_factory.mktemp("by_spark"))
    code, said = finished(start_build(root, cluster.url, SPARK / "bin" / "python"))
    assert code == 0, said
    return root


def test_a_standalone_cluster_builds_what_duckdb_builds(records: Path, by_spark: Path) -> None:
    assert_equal_extracts(by_spark, records)


@pytest.mark.parametrize("page", ["overview", "events"])
def test_a_page_says_the_same_whichever_engine_built(
    page: str, records: Path, by_spark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []
    for root in (records, by_spark):
        monkeypatch.setenv("LINLI_DATA", str(root))
        app = opened(page)
        assert not app.exception and 'class="ll-failure"' not in html_of(app)
        told = read_manifest(root)
        assert not {"engine", "spark", "duckdb"} & set(asdict(told))
        own = (moment_text(told.built_at), told.built_at, told.version)
        said.append(functools.reduce(lambda text, words: text.replace(words, ""), own, text_of(app)))
    assert said[0] == said[1]


def test_sail_builds_what_duckdb_builds(records: Path, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    root = without_extracts(records, tmp_path / "root")
    with sail_server(tmp_path) as remote:
        code, said = finished(start_build(root, remote, SAIL / "bin" / "python"))
    assert code == 0, said
    assert_equal_extracts(root, records)


@pytest.mark.parametrize("moment", [0.5, pytest.param(3.0, marks=pytest.mark.slow)])
def test_a_worker_killed_in_the_middle_spoils_nothing(records: Path, tmp_path: Path, moment: float) -> None:
    (tmp_path / "root").mkdir()
    root = without_extracts(records, tmp_path / "root")
    with spark_cluster(tmp_path) as own:
        running = start_build(root, own.url, SPARK / "bin" / "python")
        wait_for_executors(tmp_path / "work")
        time.sleep(moment)
        own.kill_worker()
        code, said = finished(running)
    if code == 0:
        assert_equal_extracts(root, records)
    else:
        assert "The cluster stopped the work" in said
        with pytest.raises(NoManifest):
            read_manifest(root)


def wait_for_executors(folder: Path, seconds: float = 120) -> None:
    """Return when both workers run an executor for an application."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if len(list(folder.glob("app-*/*/stderr"))) >= 2:
            return
        time.sleep(0.05)
    raise RuntimeError("no executors were started")


def test_a_cluster_that_fails_is_told_and_the_former_version_stays(records: Path, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    root = without_extracts(records, tmp_path / "root")
    code, said = finished(
        start_build(root, "local[1]", SPARK / "bin" / "python", LINLI_SPARK_OPTIONS="spark.master=nonsense")
    )
    assert code == 1
    assert "The cluster stopped the work" in said
    assert "Traceback" not in said


def test_records_and_extracts_on_object_storage(
    tiny_records: Path, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with s3_server(tmp_path) as settings:
        for key, value in settings.items():
            monkeypatch.setenv(key, value)
        bucket, shared = storage.place("s3://atlas/records"), storage.place("s3://atlas/extracts")
        send_records(tiny_records, bucket)
        spark = only_edition(tiny_records, tmp_path / "spark")
        code, said = finished(start_build(spark, cluster.url, SPARK / "bin" / "python", LINLI_RECORDS=bucket.url))
        assert code == 0, said
        assert_equal_extracts(spark, tiny_records)
        duck = only_edition(tiny_records, tmp_path / "duck")
        monkeypatch.setenv(storage.RECORDS, bucket.url)
        build(duck)
        assert_equal_extracts(duck, tiny_records)
        sent = sharing.send(spark, shared)
        assert sharing.bring(tmp_path / "reader", shared, lambda _step, _share: None) == sent
        assert_equal_extracts(tmp_path / "reader", tiny_records)


def test_a_table_too_large_for_the_driver_goes_through_a_place_that_workers_read(
    tiny_records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_SPARK_OPTIONS", OPTIONS)
    records, scratch = storage.place(str(tiny_records / "records")), storage.place(str(tmp_path / "scratch"))
    engine = SparkEngine(records, "attendance", "local[1]", str(SPARK / "bin" / "python"), scratch, small=0)
    event = pq.read_table(tiny_records / "records" / "event.parquet").select(["event_id"])
    text = "select count(*) as n from record_attendance inner join some_event using (event_id)"
    counted = engine.run({"rows": text}, {"some_event": event})["rows"]
    assert counted["n"].to_pylist() == [pq.read_table(tiny_records / "records" / "attendance.parquet").num_rows]
    assert list((tmp_path / "scratch").iterdir()) == [], "nothing stays behind"


def only_edition(records: Path, root: Path) -> Path:
    """A data folder that has the edition and its geography, but no record table."""
    root.mkdir()
    (root / "editions").symlink_to(records / "editions")
    shutil.copytree(records / "records" / "geography", root / "records" / "geography")
    return root


def send_records(records: Path, bucket: storage.Place) -> None:
    """All record tables as files, and attendance as a folder of two."""
    folder = records / "records"
    storage.send(folder, bucket, [path.name for path in folder.glob("*.parquet") if path.stem != "attendance"])
    send_in_parts(pq.read_table(folder / "attendance.parquet"), bucket)


def send_in_parts(table: pa.Table, bucket: storage.Place) -> None:
    """Attendance as a folder of two files."""
    half = table.num_rows // 2
    for number, part in enumerate((table.slice(0, half), table.slice(half))):
        with bucket.files.open_output_stream(bucket.within(f"attendance/part-{number}.parquet")) as out:
            pq.write_table(part, out, row_group_size=1)
