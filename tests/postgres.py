"""A PostgreSQL of the tests' own: a cluster in a temporary folder, on a socket there, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVICE_USERS = ("postgres", "nobody")
"""PostgreSQL refuses to run as root; one of these runs it then."""


def program(name: str) -> Path:
    """Where a program of the newest PostgreSQL on this machine stands; RuntimeError with what to install if nowhere."""
    found = [*sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)]
    on_path = shutil.which(name)
    if found or on_path:
        return found[0] if found else Path(str(on_path))
    raise RuntimeError("PostgreSQL is not here; install it once, for instance:  sudo apt-get install postgresql")


def _as_service() -> dict[str, object]:
    """How a child process is started as someone who is not root."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam(next(name for name in SERVICE_USERS if name in names))
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class Cluster:
    """A running cluster: `url(name)` for an empty place in it, `kill()` and `start()` for a crash of the server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.service = _as_service()
        self.server: subprocess.Popen[bytes] | None = None
        if self.service:
            os.chown(folder, int(str(self.service["user"])), int(str(self.service["group"])))
        options = ["--auth=trust", "--username=linli", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        self._run(program("initdb"), "--pgdata", folder / "data", *options)
        self.start()

    def _run(self, *command: object) -> None:
        words = [str(word) for word in command]
        subprocess.run(words, check=True, capture_output=True, cwd=self.folder, **self.service)  # type: ignore[call-overload]

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder}", "max_connections=200"]
        command = [str(program("postgres")), "-D", str(self.folder / "data")]
        command += [word for setting in settings for word in ("-c", setting)]
        log = (self.folder / "server.log").open("ab")
        self.server = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True, **self.service
        )  # type: ignore[call-overload]
        until = time.monotonic() + 60
        while time.monotonic() < until:
            ready = [str(program("pg_isready")), "-h", str(self.folder), "-U", "linli", "-q"]
            if subprocess.run(ready, check=False).returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "server.log").read_text(errors="replace")[-2000:])

    def kill(self) -> None:
        """SIGKILL to the server and all its children, as when the machine loses power."""
        assert self.server is not None
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()

    def stop(self) -> None:
        """End the server at once; nothing of it is kept."""
        if self.server is not None and self.server.poll() is None:
            self.kill()

    def url(self, name: str) -> str:
        """The address of a new, empty place of that name: a schema of its own, quicker to make than a database."""
        self._run(program("psql"), "-q", "-h", self.folder, "-U", "linli", "-c", f"create schema {name}", "postgres")
        return f"postgresql://linli@/postgres?host={self.folder}&options=-csearch_path%3D{name}"


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running cluster in a folder of its own (short: the address of a socket has at most 107 characters)."""
    folder = Path(tempfile.mkdtemp(prefix="linli-pg-", dir="/tmp" if os.name != "nt" else None))
    made: Cluster | None = None
    try:
        made = Cluster(folder)
        yield made
    finally:
        if made is not None:
            made.stop()
        shutil.rmtree(folder, ignore_errors=True)
