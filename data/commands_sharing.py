"""The commands about shared extracts: send, bring."""

from __future__ import annotations

import argparse
import time
from typing import Any

from data import sharing, storage
from data.contract import DataError
from data.manifest import data_root
from data.progress import bar
from data.storage import Place


def add_commands(commands: Any) -> None:
    """Add the commands to those of `python -m data`."""
    send = commands.add_parser("send", help="send the extracts in force to LINLI_EXTRACTS, for other machines")
    send.set_defaults(run=run_send)
    bring = commands.add_parser("bring", help="bring in the extracts that another machine sent to LINLI_EXTRACTS")
    bring.add_argument("--every", type=float, metavar="SECONDS", help="look again and again, until interrupted")
    bring.set_defaults(run=run_bring)


def _shared() -> Place:
    place = sharing.shared_place()
    if place is None:
        raise DataError(
            f"No place is named for shared extracts. Set {storage.EXTRACTS} to a folder or s3://bucket/prefix."
        )
    return place


def run_send(_options: argparse.Namespace) -> int:
    """`python -m data send`."""
    sent = sharing.send(data_root(), _shared())
    print(f"Version {sent.version} was sent.")
    return 0


def run_bring(options: argparse.Namespace) -> int:
    """`python -m data bring`: a running dashboard shows what was brought in without a restart."""
    known, place = "", _shared()
    while True:
        with bar("Bringing in extracts") as heard:
            found = sharing.bring(data_root(), place, heard)
        if found.version != known:
            known = found.version
            print(f"Version {known} is in force.", flush=True)
        if not options.every:
            return 0
        time.sleep(options.every)
