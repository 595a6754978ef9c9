"""A MariaDB of the tests' own, which speaks as MySQL does: in a temporary folder, on a free port, gone afterwards."""

from __future__ import annotations

import getpass
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.serving import free_port

PATIENCE_S = 120


@dataclass(frozen=True)
class Server:
    """A running server: its port, and `run(statements)` as its owner."""

    folder: Path
    port: int

    def run(self, statements: str) -> None:
        """Run statements over the server's socket; CalledProcessError with its own words where one is refused."""
        command = [program("mariadb"), "--no-defaults", f"--socket={self.folder / 'socket'}", "--user=root"]
        subprocess.run(
            [*command, "--default-character-set=utf8mb4"], input=statements.encode(), check=True, capture_output=True
        )


def program(name: str) -> str:
    """Where a program of MariaDB stands; RuntimeError with what to install if nowhere."""
    if found := shutil.which(name):
        return found
    wanted = "mariadb-server-core mariadb-client-core"
    raise RuntimeError(f"MariaDB is not here; install it once, for instance:  sudo apt-get install {wanted}")


@contextmanager
def server() -> Iterator[Server]:
    """A server as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="linli-mariadb-") as name:
        folder, port = Path(name), free_port()
        user = f"--user={getpass.getuser()}"
        made = [program("mariadb-install-db"), "--no-defaults", f"--datadir={folder / 'data'}", user, "--skip-test-db"]
        subprocess.run([*made, "--auth-root-authentication-method=normal"], check=True, capture_output=True)
        settings = [f"--datadir={folder / 'data'}", f"--socket={folder / 'socket'}", f"--port={port}"]
        command = [program("mariadbd"), "--no-defaults", *settings, "--bind-address=127.0.0.1", user]
        with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
            try:
                running = Server(folder, port)
                _wait(running, process)
                yield running
            finally:
                process.terminate()


def _wait(running: Server, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            return running.run("select 1;")
        except subprocess.CalledProcessError:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError((running.folder / "log").read_text(errors="replace")[-2000:]) from None
            time.sleep(0.2)
