"""`python -m geo check|propose|blocks`: exit code 1 with a sentence on bad input."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from geo import commands, cut, tables
from geo.blocks import BrokenCoverageError, EmptyNetworkError
from geo.crs import MissingCrsError
from geo.quality import Quality, of_blocks
from geo.zoning import ZoningError

EXPECTED = (tables.TableError, ZoningError, EmptyNetworkError, BrokenCoverageError, MissingCrsError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 1 after a sentence on what was wrong with the input."""
    options = parser().parse_args(arguments)
    try:
        quality: Quality = options.run(options)
    except EXPECTED as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(quality.as_json(), ensure_ascii=False) if options.json else as_text(quality))
    return 0


def parser() -> argparse.ArgumentParser:
    """The three commands and their options."""
    top = argparse.ArgumentParser(prog="python -m geo", description="Check, propose and cut neighbourhood boundaries.")
    commands_ = top.add_subparsers(required=True, metavar="check|propose|blocks")
    check = commands_.add_parser("check", help="measure a file of neighbourhoods, or the published edition")
    check.add_argument(
        "file", nargs="?", type=Path, help="neighbourhoods: code, community, kind, target, households, buildings"
    )
    check.add_argument("--blocks", type=Path, help="the blocks they are made of")
    check.set_defaults(run=run_check)
    propose = commands_.add_parser("propose", help="divide blocks into neighbourhoods")
    propose.add_argument("--blocks", type=Path, help="blocks to divide; without it the whole published district afresh")
    propose.add_argument("--buildings", type=Path, help="buildings with households, or storeys")
    propose.add_argument("--target", type=positive, help="households of a neighbourhood (300)")
    propose.add_argument("--target-rural", type=positive, help="the same where the kind is rural (half of the target)")
    propose.add_argument("--current", type=Path, help="edition to change little")
    propose.add_argument("--seed", type=int, default=1, help="another seed gives another proposal (1)")
    propose.add_argument("--out", type=Path, help="file for the neighbourhoods")
    propose.set_defaults(run=run_propose)
    blocks = commands_.add_parser("blocks", help="cut blocks along roads and rivers")
    blocks.add_argument("--network", type=Path, nargs="+", required=True, help="roads, rivers, railways, walls")
    blocks.add_argument("--outline", type=Path, required=True, help="the area to divide")
    blocks.add_argument("--communities", type=Path, help="communities (code)")
    blocks.add_argument("--buildings", type=Path, help="buildings with households, or storeys")
    blocks.add_argument("--out", type=Path, required=True, help="file for the blocks; their edges go beside it")
    blocks.set_defaults(run=run_blocks)
    for command in (check, propose, blocks):
        command.add_argument("--json", action="store_true", help="print the measures as one JSON object")
    return top


def positive(text: str) -> int:
    """A whole number above 0."""
    number = int(text)
    if number <= 0:
        raise argparse.ArgumentTypeError("must be above 0")
    return number


def run_check(options: argparse.Namespace) -> Quality:
    """`python -m geo check`."""
    return commands.check(options.file, options.blocks)


def run_propose(options: argparse.Namespace) -> Quality:
    """`python -m geo propose`, with a bar if a person is watching."""
    columns = (TextColumn("Communities"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task: TaskID = bar.add_task("communities", total=None)
        layer, quality = commands.propose_file(
            options.blocks,
            options.buildings,
            options.current,
            target=options.target,
            target_rural=options.target_rural,
            seed=options.seed,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if options.out is not None:
        tables.write_layer(layer[[*tables.NEIGHBOURHOOD_COLUMNS, "geometry"]], options.out)
    return quality


def run_blocks(options: argparse.Namespace) -> Quality:
    """`python -m geo blocks`."""
    start = time.perf_counter()
    result = cut.cut_files(options.network, options.outline, options.communities, options.buildings)
    tables.write_layer(result.blocks, options.out)
    tables.write_layer(result.edges, tables.edges_file(options.out))
    if result.straddling and not options.json:
        print(f"{len(result.straddling)} blocks lie less than 90 % in their community: {result.straddling[:20]}")
    return of_blocks(result.blocks, time.perf_counter() - start)


def as_text(quality: Quality) -> str:
    """The measures for a reader: one line each, what is unknown left out, faulty neighbourhoods named."""
    lines = []
    for key, value in quality.as_json().items():
        if isinstance(value, dict):
            value = ", ".join(f"{name} {share}" for name, share in value.items() if share)
        if isinstance(value, list):
            value = "; ".join(map(str, value)) or "none"
        if value not in (None, ""):
            lines.append(f"{key:20} {value}")
    lines += [f"{fault}: {', '.join(codes[:20])}" for fault, codes in quality.faulty.items() if codes]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
