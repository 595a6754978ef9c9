"""One delivery from its files to what can be kept and what cannot: read, recognise, type, check."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq

from data.contract import load_contract
from data.imports.changes import Changes, changes
from data.imports.convert import IDENTITIES, People, Typed, convert
from data.imports.crosschecks import check_across
from data.imports.gis import Layer
from data.imports.headers import recognise
from data.imports.mappings import Mappings
from data.imports.places import Places, load_places
from data.imports.problems import FileRefused, Finding, quoted
from data.imports.published import check_published
from data.imports.reading import Delivered, opened
from data.imports.references import OnRecord
from data.imports.rowchecks import check_rows
from data.imports.withdrawals import referring
from data.manifest import edition_dir, records_dir
from data.wording import LANGUAGES, text

NO_RECORDS = {text(f"template.{sheet}", language) for sheet in ("notes", "values") for language in LANGUAGES}
"""Names of a template's sheets that hold no records."""
Heard = Callable[[str, float], None]
Block = Literal["file", "rows"]


@dataclass(frozen=True)
class Options:
    """How a delivery is read: `table` is that of every sheet, `block` is what an error holds back.

    `people` says whether identities are refused with their rows or dropped from them.
    """

    table: str | None = None
    people: People = "refuse"
    block: Block = "file"


@dataclass(frozen=True)
class FileSeen:
    """A delivered file: its name, size and SHA-256 digest; `refused` holds why it was not read."""

    file: str
    size: int
    sha256: str
    refused: FileRefused | None = None


@dataclass
class Examined:
    """What came of a delivery: files, sheets with their typed rows and findings, findings on whole tables, layers.

    `changes`: what it would do to the records as they stand.
    """

    options: Options
    files: list[FileSeen] = field(default_factory=list)
    sheets: list[Typed] = field(default_factory=list)
    across: list[Finding] = field(default_factory=list)
    unread: list[FileRefused] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    changes: Changes = field(default_factory=lambda: Changes({}))

    @property
    def findings(self) -> list[Finding]:
        """All findings: errors first, then warnings, then notes, those with most rows first."""
        every = [finding for typed in self.sheets for finding in typed.findings] + self.across
        rank = {"error": 0, "warning": 1, "note": 2}
        return sorted(every, key=lambda finding: (rank[finding.severity], -finding.count))

    @property
    def blocked_files(self) -> set[str]:
        """Files of which nothing is taken: refused, without a needed column, or with an error where errors block it."""
        blocked = {refused.file for refused in self.unread}
        for typed in self.sheets:
            errors = [finding for finding in typed.findings if finding.severity == "error"]
            if not typed.recognised.usable or (errors and self.options.block == "file"):
                blocked.add(typed.sheet.file)
        return blocked

    def taken(self) -> list[Typed]:
        """The sheets of which rows are taken."""
        blocked = self.blocked_files
        return [typed for typed in self.sheets if typed.sheet.file not in blocked and not typed.bad.all()]

    @property
    def untaken(self) -> set[str]:
        """Files of which no row is taken, for whatever reason."""
        return {seen.file for seen in self.files} - {typed.sheet.file for typed in self.taken()}

    @property
    def people_found(self) -> int:
        """In how many cells or columns somebody's identity was found."""
        kinds = {"people_unread", *IDENTITIES, *(f"{kind}_dropped" for kind in IDENTITIES)}
        cells = sum(finding.count for finding in self.findings if finding.kind in kinds)
        columns = sum(int(f.values["cells"]) for f in self.findings if f.kind == "personal_column")
        return cells + columns


def examine(
    sources: list[str], root: Path, options: Options, mappings: Mappings, progress: Heard = lambda _step, _share: None
) -> Examined:
    """Read and check what was delivered; nothing is stored. `progress` hears file names and the share done."""
    found, places = Examined(options), load_places(root, mappings.areas)
    boundaries: gpd.GeoSeries | None = None
    with opened(sources, root, lambda name, share: progress(name, 0.8 * share)) as delivered:
        for each in delivered:
            found.files.append(FileSeen(each.file, each.size, each.sha256, each.refused))
            found.layers += each.layers
            if each.refused is not None:
                found.unread.append(each.refused)
            boundaries = _needed(boundaries, root)
            found.sheets += _typed(each, found, places, mappings, boundaries)
    progress("", 0.85)
    usable = [typed for typed in found.sheets if typed.recognised.usable]
    found.across = check_across(usable, on_record(root, found.sheets), places.name_of, lambda: found.blocked_files)
    found.changes = changes(root, found.taken())
    progress("", 0.9)
    found.across += check_published(root, found.taken(), lambda share: progress("", 0.9 + 0.1 * share))
    progress("", 1.0)
    return found


def _needed(boundaries: gpd.GeoSeries | None, root: Path) -> gpd.GeoSeries:
    if boundaries is not None:
        return boundaries
    layer = gpd.read_parquet(edition_dir(root) / "boundaries.parquet", columns=["code", "geometry"])
    return layer.set_index("code").geometry


def _typed(
    each: Delivered, found: Examined, places: Places, mappings: Mappings, boundaries: gpd.GeoSeries
) -> Iterable[Typed]:
    """The sheets of one file, typed and checked row by row; a sheet nobody knows refuses the file's only sheet."""
    strangers: list[FileRefused] = []
    made: list[Typed] = []
    for sheet in each.sheets:
        if sheet.name in NO_RECORDS:
            continue
        try:
            recognised = recognise(sheet, found.options.table, mappings.headers)
        except FileRefused as refused:
            strangers.append(refused)
            continue
        typed = convert(sheet, recognised, places, found.options.people)
        if recognised.usable:
            check_rows(typed, boundaries, places.name_of)
        if len(typed.rows) == 0:
            strangers.append(FileRefused("no_rows", each.file, sheet=sheet.name))
            continue
        made.append(typed)
    if each.refused is None and not each.sheets:
        strangers.append(FileRefused("no_sheets", each.file))
    if not made:
        found.unread += strangers[:1]
        return []
    ignored = [str(refused.values["sheet"]) for refused in strangers if refused.values.get("sheet")]
    if ignored:
        made[0].findings.append(Finding("sheet_ignored", "note", each.file, shown=quoted(ignored)))
    return made


def on_record(root: Path, sheets: list[Typed]) -> OnRecord:
    """The record tables that a delivery is held against: those delivered and those they refer to."""
    contract = load_contract()
    wanted = {typed.table.name for typed in sheets}
    for typed in sheets:
        wanted |= {column.references or "" for column in typed.table.columns.values()}
        if typed.withdrawn.any():
            wanted |= {table for table, _ in referring(typed.table.name)}
    tables: dict[str, pa.Table] = {}
    for name in sorted(wanted.intersection(contract.records)):
        path = records_dir(root) / f"{name}.parquet"
        if path.is_file():
            tables[name] = pq.read_table(path)
    return OnRecord(tables)
