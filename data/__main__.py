"""`python -m data …` (`--help` tells the commands): exit code 1 with a sentence if something is wrong."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from rich.progress import Progress, TaskID

from data import commands_imports, commands_sharing, prepare
from data.contract import DataError
from data.engines import NAMES
from data.manifest import data_root
from data.progress import new_bar

INTERRUPTED = "Interrupted. What was finished is kept; start again and it goes on from there."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, 1 after a sentence on what is wrong, or 130 after an interruption."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except DataError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(
            f"A file could not be read or written ({error}). Check space and rights, and start again.", file=sys.stderr
        )
    except KeyboardInterrupt:
        print(INTERRUPTED, file=sys.stderr)
        return 130
    return 1


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m data", description="Make, build and check the data of the atlas.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    every = commands.add_parser("prepare", help="make whatever is missing or out of date, in all steps")
    every.add_argument("--static", type=Path, default=prepare.STATIC, help=argparse.SUPPRESS)
    every.set_defaults(run=run_prepare)
    demo = commands.add_parser("demo", help="make the demonstration's geography, edition and records again")
    demo.set_defaults(run=run_demo)
    build = commands.add_parser("build", help="build the extracts from records and edition")
    build.add_argument("--engine", default="duckdb", choices=NAMES, help="who sums over attendance (default: duckdb)")
    build.add_argument("--json", action="store_true", help="print what was built as one JSON object")
    build.set_defaults(run=run_build)
    commands_sharing.add_commands(commands)
    publish = commands.add_parser("publish", help="make an approved draft the next boundary edition")
    for name in ("draft", "user", "effective", "name", "id"):
        publish.add_argument(f"--{name}", required=True)
    publish.add_argument("--role", default="approver")
    publish.add_argument("--why", default="")
    publish.add_argument("--static", type=Path, default=prepare.STATIC, help=argparse.SUPPRESS)
    publish.add_argument("--json", action="store_true", help="tell the progress as lines of JSON")
    publish.set_defaults(run=run_publish)
    check = commands.add_parser("check", help="hold records and extracts against the contract")
    check.set_defaults(run=run_check)
    reconcile = commands.add_parser("reconcile", help="hold our totals against the published figures")
    reconcile.add_argument("--json", action="store_true", help="print the counts as one JSON object")
    reconcile.set_defaults(run=run_reconcile)
    commands_imports.add_commands(commands)
    return top


def run_prepare(options: argparse.Namespace) -> int:
    """`python -m data prepare`: nothing is printed beyond the bar, and no bar when nothing is to do."""
    root = data_root()
    if prepare.all_current(root, options.static):
        return 0
    with new_bar() as bar:
        task = bar.add_task("Preparing the data", total=1.0)
        prepare.prepare(root, lambda label, share: bar.update(task, description=label, completed=share), options.static)
    return 0


def run_demo(_options: argparse.Namespace) -> int:
    """`python -m data demo`."""
    root = data_root()
    with new_bar() as bar:
        for step in prepare.all_steps():
            if step.demonstration:
                task = bar.add_task(step.label, total=1.0)
                prepare.run_step(root, step, _teller(bar, task))
                bar.update(task, completed=1.0)
    return 0


def _teller(bar: Progress, task: TaskID) -> Callable[[str, float], None]:
    return lambda _step, share: bar.update(task, completed=share)


def run_build(options: argparse.Namespace) -> int:
    """`python -m data build`."""
    from data.build import build

    with new_bar() as bar:
        task = bar.add_task("Building extracts", total=1.0)
        made = build(
            data_root(), lambda step, share: bar.update(task, description=step, completed=share), options.engine
        )
    if options.json:
        told = {"version": made.version, "data_until": made.data_until, "measures": made.measures, "rows": made.rows}
        print(json.dumps(told | {"demonstration": made.demonstration, "edition": made.edition}, ensure_ascii=False))
        return 0
    print(f"Version {made.version}, data until {made.data_until}, {made.measures} measures.")
    return 0


def run_publish(options: argparse.Namespace) -> int:
    """`python -m data publish`: exit code 1 after a sentence when the draft could not be published."""
    from data.publishing import Publication, publish_draft, user_named
    from geo.database import DatabaseError
    from geo.store_errors import StoreError

    def tell(**told: object) -> None:
        if options.json:
            print(json.dumps(told, ensure_ascii=False), flush=True)

    day = date.fromisoformat(options.effective)
    user = user_named(options.user, options.role)
    wanted = Publication(options.draft, user, day, options.name, options.why, options.id)
    try:
        made = publish_draft(
            data_root(), wanted, lambda step, share: tell(step=step, share=round(share, 3)), options.static
        )
    except (DataError, StoreError, DatabaseError) as error:
        tell(error=str(error))
        print(error, file=sys.stderr)
        return 1
    tell(edition=made.id)
    if not options.json:
        print(f"Boundary edition {made.id} is published, in force from {made.effective_on}.")
    return 0


def run_check(_options: argparse.Namespace) -> int:
    """`python -m data check`: one sentence for each table that is not what the contract says."""
    from data.checks import broken_tables

    problems = broken_tables(data_root())
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print("All records and extracts are what the contract says.")
    return 1 if problems else 0


def run_reconcile(options: argparse.Namespace) -> int:
    """`python -m data reconcile`: exit code 1 when a published total is missed."""
    from data.reconcile import reconcile, summary

    found = summary(reconcile(data_root()))
    if options.json:
        print(json.dumps(asdict(found), ensure_ascii=False))
    else:
        print(f"{found.published} published figures: {found.met} totals met, {found.stated} constants stated.")
        print(f"Missed: {', '.join(found.missed) or 'none'}.")
    return 1 if found.missed else 0


if __name__ == "__main__":
    sys.exit(main())
