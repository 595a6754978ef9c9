"""The commands about real records: templates, import, loads, apply, discard, compare, rollback, switch-to-real."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.commands_loads import add_by, add_load_commands, tell_outcome
from data.imports.problems import ImportRefused
from data.manifest import data_root

if TYPE_CHECKING:
    from data.imports.examine import Examined

Commands = Any
"""argparse's own type of sub-commands has no public name."""


def add_commands(commands: Commands) -> None:
    """Add the commands to those of `python -m data`."""
    _add_templates(commands)
    _add_import(commands)
    add_load_commands(commands, _said)


def _add_templates(commands: Commands) -> None:
    templates = commands.add_parser("templates", help="write the templates that offices fill in (XLSX and CSV)")
    templates.add_argument("--out", type=Path, required=True, metavar="DIR", help="where they are written")
    templates.add_argument("--table", action="append", default=[], help="only this table (may be repeated)")
    _add_language(templates)
    templates.set_defaults(run=_said(run_templates))


def _add_import(commands: Commands) -> None:
    every = commands.add_parser("import", help="check office files and keep what is right as a load")
    every.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="XLSX, XLS, CSV, Parquet, a GIS layer, ZIP, a directory, or a database's address",
    )
    every.add_argument("--table", help="the table that all sheets hold, where it cannot be recognised")
    every.add_argument(
        "--map", action="append", default=[], metavar="HEADER=COLUMN", help="a header, kept for next time"
    )
    every.add_argument(
        "--confirm", action="append", default=[], metavar="NAME=CODE", help="an area's name, kept for next time"
    )
    every.add_argument("--block", choices=("file", "rows"), default="file", help="what an error holds back (file)")
    every.add_argument(
        "--people", choices=("refuse", "drop"), default="refuse", help="what is done with identities (refuse)"
    )
    every.add_argument("--marked", type=Path, metavar="DIR", help="write a copy of each file with its problems marked")
    every.add_argument("--check", action="store_true", help="only check, keep nothing")
    every.add_argument("--apply", action="store_true", help="put it in force at once")
    every.add_argument("--accept", dest="reason", default="", metavar="REASON", help="accept warnings, and why")
    every.add_argument("--json", action="store_true", help="print the report as JSON")
    add_by(every)
    _add_language(every)
    every.set_defaults(run=_said(run_import))


def _add_language(command: argparse.ArgumentParser) -> None:
    command.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the sentences (zh)")


def _said(run: Any) -> Any:
    """The command, with refusals said in the language asked for."""

    def inner(options: argparse.Namespace) -> int:
        try:
            return int(run(options))
        except ImportRefused as refused:
            _say(refused, options.lang)
            return 1

    return inner


def _say(refused: ImportRefused, language: str) -> None:
    print(f"{refused.sentence(language)} {refused.next_step(language)}", file=sys.stderr)


def _table(name: str | None) -> str | None:
    """The contract's name of a table given by any of its names. Raises ImportRefused no_such_table."""
    from data.contract import load_contract
    from data.wording import LANGUAGES, table_label

    if name is None:
        return None
    for table in load_contract().records:
        if name in (table, *(table_label(table, language) for language in LANGUAGES)):
            return table
    raise ImportRefused("no_such_table", name=name)


def run_templates(options: argparse.Namespace) -> int:
    """`python -m data templates --out DIR`."""
    from data.imports.places import load_places
    from data.imports.templates import write_templates
    from data.wording import text

    tables = [str(_table(name)) for name in options.table]
    made = write_templates(options.out, tables, load_places(data_root()))
    print(text("command.templates", options.lang, count=len(made), folder=options.out))
    return 0


def _pairs(given: list[str]) -> list[tuple[str, str]]:
    """The two sides of NAME=VALUE. Raises ImportRefused no_pair."""
    pairs = [each.rpartition("=") for each in given]
    for (name, _, value), each in zip(pairs, given, strict=True):
        if not name or not value:
            raise ImportRefused("no_pair", given=each)
    return [(name, value) for name, _, value in pairs]


def run_import(options: argparse.Namespace) -> int:
    """`python -m data import FILE…`: exit code 1 when a file or a row was not taken."""
    from data.imports.examine import Options, examine
    from data.imports.mappings import keep_mappings, read_mappings
    from data.imports.places import load_places
    from data.imports.report import as_json, lines, marked_copy
    from data.progress import bar

    root, mappings = data_root(), read_mappings(data_root())
    for header, column in _pairs(options.map):
        mappings.remember_header(header, column)
    for name, code in _pairs(options.confirm):
        mappings.remember_area(name, code, load_places(root).level_of)
    if options.map or options.confirm:
        keep_mappings(root, mappings)
    chosen = Options(_table(options.table), options.people, options.block)
    with bar("import") as heard:
        examined = examine(options.files, root, chosen, mappings, heard)
    if options.marked:
        for seen in examined.files:
            name = seen.file.replace("/", "_")
            marked_copy(examined, seen.file, options.marked / f"{name}-marked.xlsx", options.lang)
    told = as_json(examined, options.lang)
    if not options.json:
        print("\n".join(lines(examined, options.lang)))
    if examined.taken() and not options.check:
        told |= _keep(examined, options)
    elif not options.check:
        _say(ImportRefused("nothing_taken"), options.lang)
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    return 1 if examined.blocked_files or any(typed.bad.any() for typed in examined.sheets) else 0


def _keep(examined: Examined, options: argparse.Namespace) -> dict[str, Any]:
    """Keep what was taken as a load, and apply it where that is asked for; what JSON says of it."""
    from data.imports import applying, loads
    from data.progress import bar
    from data.wording import text

    load = loads.stage(data_root(), examined, options.by)
    if not options.apply:
        if not options.json:
            print(text("command.kept", options.lang, load=load.id, rows=f"{sum(load.tables.values()):,}"))
        return {"load": load.id}
    with bar("apply") as heard:
        done = applying.apply(data_root(), load.id, options.by, options.reason, heard)
    if not options.json:
        tell_outcome(done, options)
    return {"load": load.id, "applied": asdict(done)}
