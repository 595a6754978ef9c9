"""Starts the app as `make run` does, and a Chromium that can look at it, for tests, pictures and bench."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
CHROMIUM_FLAGS = [
    "--no-sandbox",  # root in a container has no user namespace to sandbox with
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(url: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Returns when the app at `url` says that it is healthy; RuntimeError if it ends or stays silent."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the app ended with code {server.returncode} before it answered")
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the app did not answer at {url} within {seconds:.0f} s")


@contextmanager
def running_app(
    log: Path, environment: dict[str, str] | None = None, *options: str, script: str = "app.py"
) -> Iterator[str]:
    """The app (or another `script`) on a free port: yields its address, logs to `log`, stops it at the end."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.address=127.0.0.1"]
    command += [f"--server.port={port}", "--server.headless=true", "--server.fileWatcherType=none", *options]
    settings = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=settings) as server,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_healthy(url, server)
            yield url
        finally:
            server.terminate()
            try:
                server.wait(timeout=60)
            except subprocess.TimeoutExpired:  # on a machine that has no time for it either
                server.kill()
                server.wait()


def assert_no_fault(log: Path) -> None:
    """The log of an app that ran holds no traceback.

    But for one of Streamlit's: a reader who leaves at the very moment a connection opens finds it closed already.
    """
    printed = log.read_text(errors="replace")
    faults = re.findall(r"^Traceback \(most recent call last\):\n(?:(?:[ \t].*)?\n)*(.*)", printed, flags=re.MULTILINE)
    gone = "starlette.websockets.WebSocketDisconnected: "
    assert [fault for fault in faults if not fault.startswith(gone)] == [], printed[-12_000:]


@contextmanager
def chromium() -> Iterator[Browser]:
    """One headless Chromium (Debian's)."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
