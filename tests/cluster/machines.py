"""A standalone Spark cluster (a master and two workers), a Sail server and an S3 server, as processes on loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.serving import ROOT, free_port

SPARK = ROOT / ".venv-spark"
SAIL = ROOT / ".venv-sail"


def spark_home() -> Path:
    """Where the pyspark wheel holds Spark itself."""
    return next((SPARK / "lib").glob("python*/site-packages/pyspark"))


@dataclass
class Cluster:
    """A running cluster: its address, and its workers as process groups."""

    url: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def kill_worker(self) -> None:
        """SIGKILL to one worker and the executors it started."""
        os.killpg(self.workers.pop().pid, signal.SIGKILL)


def wait_for_port(port: int, seconds: float = 60) -> None:
    """Return when somebody listens on a port of loopback."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"nobody listens on port {port} after {seconds:.0f} s")


@contextmanager
def _process(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process and all it starts, stopped at the end."""
    with log.open("wb") as out:
        running = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, env=os.environ | environment, start_new_session=True
        )
        try:
            yield running
        finally:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()


@contextmanager
def spark_cluster(folder: Path, memory: str = "1g") -> Iterator[Cluster]:
    """A master and two workers of one core and `memory` each; ready when both workers are known to the master."""
    port = free_port()
    environment = {
        "SPARK_HOME": str(spark_home()), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1",
        "PYSPARK_PYTHON": str(SPARK / "bin" / "python"), "SPARK_WORKER_DIR": str(folder / "work"),
        "SPARK_LOCAL_DIRS": str(folder / "local"),
    }  # fmt: skip
    start = [str(spark_home() / "bin" / "spark-class")]
    url = f"spark://127.0.0.1:{port}"
    master = [*start, "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port)]
    worker = [*start, "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1"]
    worker += ["--memory", memory]
    log = folder / "master.log"
    with _process([*master, "--webui-port", "0"], log, environment):
        wait_for_port(port)
        with (
            _process([*worker, "--webui-port", "0", url], folder / "worker1.log", environment) as first,
            _process([*worker, "--webui-port", "0", url], folder / "worker2.log", environment) as second,
        ):
            _wait_for_words(log, "Registering worker", 2)
            yield Cluster(url, [first, second])


def _wait_for_words(log: Path, words: str, times: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if log.read_text(errors="replace").count(words) >= times:
            return
        time.sleep(0.1)
    raise RuntimeError(f"{log.name} does not say “{words}” {times} times after {seconds:.0f} s")


@contextmanager
def sail_server(folder: Path) -> Iterator[str]:
    """Sail in local mode; yields its address."""
    port = free_port()
    command = [str(SAIL / "bin" / "sail"), "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]
    with _process(command, folder / "sail.log", {}):
        wait_for_port(port)
        yield f"sc://127.0.0.1:{port}"


@contextmanager
def s3_server(folder: Path) -> Iterator[dict[str, str]]:
    """An S3 server with the bucket `atlas`; yields the settings that lead to it."""
    port = free_port()
    settings = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip
    with _process([str(SPARK / "bin" / "moto_server"), "-H", "127.0.0.1", "-p", str(port)], folder / "s3.log", {}):
        wait_for_port(port)
        request = urllib.request.Request(f"{settings['AWS_ENDPOINT_URL']}/atlas", method="PUT")
        urllib.request.urlopen(request, timeout=10).close()
        yield settings
