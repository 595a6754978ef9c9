"""The commands about loads and versions: loads, apply, discard, compare, rollback, switch-to-real."""

from __future__ import annotations

import argparse
import getpass
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from data.manifest import data_root
from data.progress import bar
from data.wording import table_label, text

if TYPE_CHECKING:
    from data.imports.applying import Outcome
    from data.imports.loads import Load

Run = Callable[[argparse.Namespace], int]


def add_load_commands(commands: Any, said: Callable[[Run], Run]) -> None:
    """Add the commands; `said` wraps each so that refusals are told in the reader's language."""
    _add(commands, "loads", "list the loads and versions, or tell one load", said(run_loads), ("load?",))
    _add(commands, "apply", "put a load in force", said(run_apply), ("load",), "--accept")
    _add(commands, "discard", "remove a load that is not in force", said(run_discard), ("load",))
    _add(commands, "compare", "what differs between two versions or loads", said(run_compare), ("one", "other"))
    _add(commands, "rollback", "put a former version in force again", said(run_rollback), ("version?",), "--reason")
    _add(commands, "switch-to-real", "remove every demonstration row", said(run_switch), ())


def _add(commands: Any, name: str, about: str, run: Run, places: tuple[str, ...], reason: str = "") -> None:
    command = commands.add_parser(name, help=about)
    for place in places:
        command.add_argument(place.rstrip("?"), nargs="?" if place.endswith("?") else None)
    if reason:
        command.add_argument(reason, dest="reason", default="", metavar="REASON", help="why, in a few words")
    add_by(command)
    command.add_argument("--json", action="store_true", help="print it as JSON")
    command.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the sentences (zh)")
    command.set_defaults(run=run)


def add_by(command: argparse.ArgumentParser) -> None:
    """The account that acts, as it stands in the history."""
    command.add_argument("--by", default=_account(), help="who does it, as the history will say")


def _account() -> str:
    try:
        return os.environ.get("LINLI_USER") or getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def run_loads(options: argparse.Namespace) -> int:
    """`python -m data loads [LOAD]`."""
    from data.imports import loads, versions

    root = data_root()
    versions.put_right(root)
    known = [loads.read_load(root, options.load)] if options.load else loads.all_loads(root)
    events = versions.history(root)
    if options.json:
        told = [load_json(load, loads.status(root, load), options.lang) for load in known]
        print(json.dumps({"loads": told, "history": [asdict(event) for event in events]}, ensure_ascii=False))
        return 0
    if not known:
        print(text("command.no_loads", options.lang))
    for load in known:
        print(load_line(load, loads.status(root, load), options.lang))
    if options.load:
        _tell_refused(known[0], options.lang)
        _tell_findings(options.load, options.lang)
    for event in [] if options.load else events:
        action = text(f"command.{event.action}", options.lang)
        print(text("command.event", options.lang, **(asdict(event) | {"action": action})).rstrip())
    return 0


def load_line(load: Load, status: str, language: str) -> str:
    """One line about a load."""
    rows = "、".join(f"{table_label(name, language)} {count:,}" for name, count in load.tables.items())
    files = "、".join(each.file for each in load.files if each.rows)
    told = {"load": load.id, "when": load.when, "by": load.by, "files": files, "rows": rows}
    return text("command.load", language, status=text(f"command.{status}", language), **told)


def load_json(load: Load, status: str, language: str) -> dict[str, Any]:
    """One load for other programs; a refused file says why and what to do."""
    files = []
    for each in load.files:
        why = each.refusal
        words = {"what": why.sentence(language), "fix": why.next_step(language)} if why else {}
        files.append(asdict(each) | {"refused": {**(each.refused or {}), **words} or None})
    return asdict(load) | {"status": status, "files": files}


def _tell_refused(load: Load, language: str) -> None:
    for each in load.files:
        if (why := each.refusal) is not None:
            fix = text("import_report.fix", language)
            print(f"✗ {why.sentence(language)} {fix}{why.next_step(language)}  SHA-256 {each.sha256[:12]}".rstrip())


def _tell_findings(identity: str, language: str) -> None:
    from data.imports import loads
    from data.imports.report import place

    known = loads.accepted(data_root(), identity)
    for finding in loads.findings(data_root(), identity):
        severity = text(f"import_report.{finding.severity}", language)
        print(f"[{severity}] {place(finding, language)}: {finding.what(language)}")
        if finding.identity in known:
            print(text("command.accepted", language, reason=known[finding.identity]))


def run_apply(options: argparse.Namespace) -> int:
    """`python -m data apply LOAD`."""
    from data.imports import applying

    with bar("apply") as heard:
        done = applying.apply(data_root(), options.load, options.by, options.reason, heard)
    tell_outcome(done, options)
    return 0


def tell_outcome(done: Outcome, options: argparse.Namespace) -> None:
    """Print what applying or undoing did."""
    if options.json:
        print(json.dumps(asdict(done), ensure_ascii=False))
        return
    print(text("command.in_force", options.lang, version=done.version, former=done.former))
    for table, (added, changed, same) in done.counts.items():
        counts = {"added": f"{added:,}", "changed": f"{changed:,}", "same": f"{same:,}"}
        print(text("command.counts", options.lang, table=table_label(table, options.lang), **counts))
    for table, count in done.withdrawn.items():
        print(text("command.withdrawn", options.lang, table=table_label(table, options.lang), count=f"{count:,}"))
    if done.missed:
        print(text("command.missed", options.lang, names="、".join(done.missed[:8])))


def run_discard(options: argparse.Namespace) -> int:
    """`python -m data discard LOAD`."""
    from data.imports import loads

    loads.discard(data_root(), options.load)
    print(text("command.discarded", options.lang, load=options.load))
    return 0


def run_compare(options: argparse.Namespace) -> int:
    """`python -m data compare ONE OTHER`."""
    from data.imports import applying

    found = applying.compare(data_root(), options.one, options.other)
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    if not found:
        print(text("command.equal", options.lang))
    for table, (added, changed, removed) in found.items():
        counts = {"added": f"{added:,}", "changed": f"{changed:,}", "removed": f"{removed:,}"}
        print(text("command.differs", options.lang, table=table_label(table, options.lang), **counts))
    return 0


def run_rollback(options: argparse.Namespace) -> int:
    """`python -m data rollback [VERSION]`."""
    from data.imports import applying

    with bar("rollback") as heard:
        done = applying.roll_back(data_root(), options.version or "", options.by, options.reason, heard)
    tell_outcome(done, options)
    return 0


def run_switch(options: argparse.Namespace) -> int:
    """`python -m data switch-to-real`."""
    from data.imports import applying

    with bar("switch") as heard:
        done = applying.switch_to_real(data_root(), options.by, heard)
    tell_outcome(done, options)
    if not options.json:
        print(text("command.real", options.lang))
    return 0
