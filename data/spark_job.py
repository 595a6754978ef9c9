"""The part of a build that runs in Spark's own environment: a job as JSON in, one Parquet file a statement out.

It knows nothing of the project, so that its environment needs pyspark and pyarrow and no more. Records on object
storage are read by pyarrow on the workers, so that the cluster needs no further libraries.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.functions import broadcast

PIECE = 32 << 20
"""Bytes of a table that are sent at once: Spark Connect takes no message above 128 MB."""

CLIENT_SETTINGS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
)


class ParquetByArrow(DataSource):
    """Parquet files of object storage; options: files (JSON list of bucket/key), settings (JSON of AWS_…)."""

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "parquet_by_arrow"

    def schema(self) -> Any:
        """The columns of the first file."""
        from pyspark.sql.pandas.types import from_arrow_schema

        first = json.loads(self.options["files"])[0]
        return from_arrow_schema(pq.read_schema(first, filesystem=storage(json.loads(self.options["settings"]))))

    def reader(self, schema: Any) -> DataSourceReader:
        """The reader of these files."""
        return ArrowReader(json.loads(self.options["files"]), json.loads(self.options["settings"]))


class ArrowReader(DataSourceReader):
    """Reads one row group a task."""

    def __init__(self, files: list[str], settings: dict[str, str]) -> None:
        self.files = files
        self.settings = settings

    def partitions(self) -> list[InputPartition]:
        """One partition a row group."""
        filesystem = storage(self.settings)
        return [
            InputPartition((file, group))
            for file in self.files
            for group in range(pq.read_metadata(file, filesystem=filesystem).num_row_groups)
        ]

    def read(self, partition: InputPartition) -> Iterator[Any]:
        """The row group's batches."""
        file, group = partition.value
        with storage(self.settings).open_input_file(file) as opened:
            yield from pq.ParquetFile(opened).read_row_group(group).to_batches()


def storage(settings: dict[str, str]) -> Any:
    """The door to object storage, as the machine that sent the job has it."""
    from pyarrow import fs

    return fs.S3FileSystem(
        endpoint_override=settings.get("AWS_ENDPOINT_URL_S3") or settings.get("AWS_ENDPOINT_URL") or None,
        region=settings.get("AWS_REGION") or settings.get("AWS_DEFAULT_REGION") or "us-east-1",
        access_key=settings.get("AWS_ACCESS_KEY_ID"),
        secret_key=settings.get("AWS_SECRET_ACCESS_KEY"),
        session_token=settings.get("AWS_SESSION_TOKEN"),
    )


def session(remote: str) -> SparkSession:
    """A session on the cluster: by Spark Connect (sc://…) or as its driver (spark://…, local[n]).

    The workers' Python is PYSPARK_PYTHON, else the path of this one; it needs pyarrow where records are on object
    storage.
    """
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("linli-atlas")
    builder = builder.remote(remote) if remote.startswith("sc://") else builder.master(remote)
    options = {"spark.sql.session.timeZone": "UTC"}
    if not remote.startswith("sc://"):
        options |= {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
    options |= dict(pair.split("=", 1) for pair in os.environ.get("LINLI_SPARK_OPTIONS", "").split(";") if "=" in pair)
    for key, value in options.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def read_source(spark: SparkSession, source: dict[str, Any]) -> Any:
    """A large table: natively from files that the workers see, by pyarrow from object storage."""
    if not source["object_storage"]:
        return spark.read.parquet(*source["files"])
    spark.dataSource.register(ParquetByArrow)
    settings = {
        key: os.environ[key]
        for key in (*CLIENT_SETTINGS, "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")
        if os.environ.get(key)
    }
    options = {"files": json.dumps(source["files"]), "settings": json.dumps(settings)}
    return spark.read.format(ParquetByArrow.name()).options(**options).load()


def known_as(spark: SparkSession, name: str, table: pa.Table) -> None:
    """A small table by its name on the cluster, handed to every worker whole: Spark does not know how small it is."""
    from pyspark.sql.pandas.types import from_arrow_schema

    schema = from_arrow_schema(table.schema)
    step = max(1, table.num_rows * PIECE // max(table.nbytes, 1))
    for start in range(0, max(table.num_rows, 1), step):
        spark.createDataFrame(table.slice(start, step), schema).createOrReplaceTempView(f"{name}_from_{start}")
    pieces = [spark.table(f"{name}_from_{start}") for start in range(0, max(table.num_rows, 1), step)]
    frame = reduce(lambda former, piece: former.unionAll(piece), pieces)
    broadcast(frame).createOrReplaceTempView(name)


def main(job: dict[str, Any]) -> None:
    """Run every statement of a job."""
    spark = session(job["remote"])
    try:
        for source in job["sources"]:
            read_source(spark, source).createOrReplaceTempView(source["name"])
        for name, path in job["tables"].items():
            known_as(spark, name, pq.read_table(path))
        for name, text in job["statements"].items():
            pq.write_table(spark.sql(text).toArrow(), Path(job["out"]) / f"out_{name}.parquet")
    finally:
        spark.stop()


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
