"""`python -m geo check|propose|blocks|convert`: exit code 1 with a sentence on bad input."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from geo import commands, cut, formats, formats_write, recognise, tables
from geo.blocks import BrokenCoverageError, EmptyNetworkError
from geo.cleaning_report import UnknownChangeError
from geo.crs import STORED, MissingCrsError
from geo.intake import Reader
from geo.network_classes import read_mapping
from geo.quality import Quality, of_blocks
from geo.zoning import ZoningError

EXPECTED = (tables.TableError, ZoningError, EmptyNetworkError, BrokenCoverageError, MissingCrsError, UnknownChangeError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 1 after a sentence on what was wrong with the input."""
    options = parser().parse_args(arguments)
    try:
        quality: Quality | None = options.run(options)
    except EXPECTED as error:
        print(error, file=sys.stderr)
        return 1
    if quality is not None:
        print(json.dumps(quality.as_json(), ensure_ascii=False) if options.json else as_text(quality))
    return 0


def parser() -> argparse.ArgumentParser:
    """The four commands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m geo", description="Check, propose and cut neighbourhood boundaries; convert their files."
    )
    commands_ = top.add_subparsers(required=True, metavar="check|propose|blocks|convert")
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
    propose.add_argument(
        "--locked",
        nargs="+",
        default=(),
        metavar="CODE",
        help="neighbourhoods of it that stay as they are",
    )
    propose.add_argument("--seed", type=int, default=1, help="another seed gives another proposal (1)")
    propose.add_argument("--out", type=Path, help="file for the neighbourhoods")
    propose.set_defaults(run=run_propose)
    blocks = commands_.add_parser("blocks", help="cut blocks along roads and rivers")
    blocks.add_argument("--network", type=Path, nargs="+", required=True, help="roads, rivers, railways, walls")
    blocks.add_argument("--outline", type=Path, required=True, help="the area to divide")
    blocks.add_argument("--communities", type=Path, help="communities (code, and kind if not all are urban)")
    blocks.add_argument("--buildings", type=Path, help="buildings with households, or storeys")
    blocks.add_argument("--out", type=Path, required=True, help="file for the blocks; their edges go beside it")
    blocks.add_argument("--compounds", type=Path, help="walled compounds: their borders cut, and none is divided")
    blocks.add_argument("--landmarks", type=Path, help="buildings or grounds that no border may cross")
    blocks.add_argument("--village-groups", type=Path, help="village groups, which stay whole")
    blocks.add_argument("--classes", type=Path, help="TOML file that gives the values of a local scheme their classes")
    blocks.add_argument(
        "--undo", nargs="+", default=(), metavar="ID", help="changes of the cleaning report to leave out"
    )
    blocks.set_defaults(run=run_blocks)
    for reading in (propose, blocks):
        reading.add_argument("--storeys", type=float, help="storeys of buildings where the file says none")
    convert = commands_.add_parser("convert", help="write a layer in another format or coordinate system")
    convert.add_argument("file", type=Path, help="layer to read (FILE#LAYER for one of several)")
    convert.add_argument("out", type=Path, help=f"file to write: {formats_write.WRITABLE}")
    convert.add_argument("--to", default=STORED, metavar="EPSG:N", help=f"system to write ({STORED})")
    convert.add_argument("--gcj02", action="store_true", help="write a copy for Chinese web maps, marked as GCJ-02")
    convert.set_defaults(run=run_convert)
    for reading in (propose, blocks, convert):
        reading.add_argument("--crs", metavar="EPSG:N", help="system of files that name none")
        reading.add_argument(
            "--datum", choices=sorted(DATUMS), help="what files are in (found by comparing with the outline)"
        )
    for command in (check, propose, blocks):
        command.add_argument("--json", action="store_true", help="print the measures as one JSON object")
    return top


DATUMS = {"cgcs2000": "none", "gcj02": "GCJ-02", "bd09": "BD-09"}


def reader_of(options: argparse.Namespace) -> Reader:
    """How the user's files are to be read."""
    classes = getattr(options, "classes", None)
    return Reader(
        said=options.crs,
        datum=DATUMS.get(options.datum),
        mapping=None if classes is None else read_mapping(classes),
        storeys=options.storeys,
    )


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
        reader = reader_of(options)
        task: TaskID = bar.add_task("communities", total=None)
        layer, quality = commands.propose_file(
            options.blocks,
            options.buildings,
            options.current,
            target=options.target,
            target_rural=options.target_rural,
            seed=options.seed,
            locked=options.locked,
            reader=reader,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    tell(reader.notes)
    if options.out is not None:
        tables.write_layer(layer[[*tables.NEIGHBOURHOOD_COLUMNS, "geometry"]], options.out)
    return quality


def run_blocks(options: argparse.Namespace) -> Quality:
    """`python -m geo blocks`."""
    start = time.perf_counter()
    reader = reader_of(options)
    result = cut.cut_files(
        options.network,
        options.outline,
        options.communities,
        options.buildings,
        compounds=options.compounds,
        landmarks=options.landmarks,
        village_groups=options.village_groups,
        reader=reader,
        undo=options.undo,
    )
    tables.write_layer(result.blocks, options.out)
    tables.write_layer(result.edges, tables.edges_file(options.out))
    tell(reader.notes + write_cleaning(result, options.out))
    if result.straddling and not options.json:
        print(f"{len(result.straddling)} blocks lie less than 90 % in their community: {result.straddling[:20]}")
    return of_blocks(result.blocks, time.perf_counter() - start, result.outline)


def write_cleaning(result: cut.Cut, out: Path) -> list[str]:
    """Write what cleaning changed beside the blocks, as a layer and as a drawing; the sentences that sum it up."""
    if result.cleaning.changes.empty:
        return []
    tables.write_layer(result.cleaning.changes, out.with_name(f"{out.stem}.cleaning.gpkg"))
    page = out.with_name(f"{out.stem}.cleaning.html")
    page.write_text(result.cleaning.as_html(result.lines, out.stem), encoding="utf-8")
    return [f"Cleaned: {'; '.join(result.cleaning.sentences())}. See {page.name}; --undo ID leaves one out."]


def run_convert(options: argparse.Namespace) -> None:
    """`python -m geo convert`."""
    settled = recognise.settle(
        formats.read(options.file), f"The file {options.file.name}", said=options.crs, datum=DATUMS.get(options.datum)
    )
    renamed = formats_write.write(settled.layer, options.out, to=options.to, gcj02=options.gcj02)
    tell([f"The field {old} is called {new} in {options.out.name}." for old, new in renamed.items()])


def tell(notes: list[str]) -> None:
    """Say what was assumed or changed, beside the measures on standard output."""
    for note in notes:
        print(note, file=sys.stderr)


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
