"""What an examination found, as lines to read, as JSON, and as a copy of the table with each problem at its cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from data.imports.convert import Typed
from data.imports.examine import Examined
from data.imports.privacy import masked
from data.imports.problems import Finding
from data.spreadsheets import put
from data.wording import column_label, table_label, text

COLOURS = {"error": "F6C6C0", "warning": "FBE7B2", "note": "DDE8EE"}
ROWS_NAMED = 5
MOST_ROWS = 20_000
"""A marked copy holds every row of a table up to this many; of a longer one, those with problems only."""
MOST_COMMENTS = 5_000


def lines(examined: Examined, language: str) -> Iterator[str]:
    """The report as text: files, then problems with the worst first, each with what to do."""
    blocked = examined.blocked_files
    count = {"files": len(examined.files), "blocked": len(examined.untaken)}
    yield text("import_report.files", language, **count)
    for refused in examined.unread:
        yield f"✗ {refused.sentence(language)} {text('import_report.fix', language)}{refused.next_step(language)}"
    for layer in examined.layers:
        yield text(
            "import_report.layer", language, file=layer.file, layer=layer.name, count=f"{len(layer.shapes):,}",
            kind=text(f"deliveries.map_kind.{layer.kind}", language), system=layer.system,
        )  # fmt: skip
    for typed in examined.sheets:
        yield f"{'✗' if typed.sheet.file in blocked else '✓'} {_sheet_line(typed, language)}"
    for name, (added, changed, same) in examined.changes.counts.items():
        counts = {"added": f"{added:,}", "changed": f"{changed:,}", "same": f"{same:,}"}
        yield text("command.counts", language, table=table_label(name, language), **counts)
    if examined.people_found:
        yield text("import_report.people", language, count=f"{examined.people_found:,}")
    for finding in examined.findings:
        severity = text(f"import_report.{finding.severity}", language)
        yield f"[{severity}] {place(finding, language)}: {finding.what(language)}"
        if finding.severity != "note":
            yield f"    {text('import_report.fix', language)}{finding.fix(language)}"
    if not examined.findings and not examined.unread:
        yield text("import_report.nothing", language)


def _sheet_line(typed: Typed, language: str) -> str:
    bad = int(typed.bad.sum())
    counts = {
        name: f"{value:,}"
        for name, value in {"rows": len(typed.rows), "good": len(typed.rows) - bad, "bad": bad}.items()
    }
    table = table_label(typed.table.name, language)
    return text(
        "import_report.file_line", language, file=typed.sheet.file, sheet=typed.sheet.name or "—", table=table, **counts
    )


def place(finding: Finding, language: str) -> str:
    """Where a problem stands: file, sheet and the first rows."""
    if not finding.rows:
        return text("import_report.whole", language, file=finding.file, sheet=finding.sheet).strip()
    rows = "、".join(map(str, finding.rows[:ROWS_NAMED]))
    rows += text("import_report.more", language) if len(finding.rows) > ROWS_NAMED else ""
    return text("import_report.where", language, file=finding.file, sheet=finding.sheet, rows=rows).replace("  ", " ")


def as_json(examined: Examined, language: str) -> dict[str, Any]:
    """The report for other programs: files, sheets, findings with their words."""
    untaken = examined.untaken
    return {
        "files": [
            {"file": seen.file, "bytes": seen.size, "sha256": seen.sha256, "taken": seen.file not in untaken}
            for seen in examined.files
        ],
        "refused": [
            {"file": each.file, "kind": each.kind, "what": each.sentence(language), "fix": each.next_step(language)}
            for each in examined.unread
        ],
        "sheets": [
            {"file": typed.sheet.file, "sheet": typed.sheet.name, "table": typed.table.name, "rows": len(typed.rows),
             "good": int((~typed.bad).sum())}
            for typed in examined.sheets
        ],
        "layers": [
            {"file": layer.file, "layer": layer.name, "kind": layer.kind, "system": layer.system,
             "shapes": len(layer.shapes), "outside": int((~layer.inside).sum())}
            for layer in examined.layers
        ],
        "people_found": examined.people_found,
        "changes": asdict(examined.changes),
        "findings": [finding_json(finding, language) for finding in examined.findings],
    }  # fmt: skip


def finding_json(finding: Finding, language: str) -> dict[str, Any]:
    """One finding with its words; at most a thousand row numbers."""
    told: dict[str, Any] = {
        "kind": finding.kind,
        "severity": finding.severity,
        "file": finding.file,
        "sheet": finding.sheet,
    }
    told |= {
        "table": finding.table,
        "column": finding.column,
        "count": finding.count,
        "rows": list(finding.rows[:1000]),
    }
    return told | {"what": finding.what(language), "fix": finding.fix(language), "id": finding.identity}


def marked_copy(examined: Examined, file: str, path: Path, language: str) -> None:
    """Write a workbook: the problems of `file` as a list, and its sheets with each problem at its cell.

    What tells of a person is covered; formulas stay text. Long tables show the rows with problems only.
    """
    book = Workbook()
    findings = [finding for finding in examined.findings if finding.file == file]
    _write_list(book.worksheets[0], findings, language)
    for typed in examined.sheets:
        if typed.sheet.file == file:
            name = (typed.sheet.name or table_label(typed.table.name, "zh"))[:28]
            _write_marked(book.create_sheet(name), typed, findings, language)
    book.properties.creator = "Linli Atlas"
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def _write_list(sheet: Worksheet, findings: Iterable[Finding], language: str) -> None:
    sheet.title = text("import_report.sheet_problems", language)
    heads = ("severity", "place", "column", "count", "what", "fix")
    for column, head in enumerate(heads, start=1):
        put(sheet, 1, column, text(f"import_report.head.{head}", language)).font = Font(bold=True)
    for line, finding in enumerate(findings, start=2):
        label = column_label(finding.table, finding.column, language) if finding.column else ""
        severity = text(f"import_report.{finding.severity}", language)
        cells = (
            severity,
            place(finding, language),
            label,
            finding.count,
            finding.what(language),
            finding.fix(language),
        )
        for column, value in enumerate(cells, start=1):
            cell = put(sheet, line, column, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.fill = PatternFill("solid", fgColor=COLOURS[finding.severity])
    for letter, width in zip("ABCDEF", (10, 36, 18, 8, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width


def _write_marked(sheet: Worksheet, typed: Typed, findings: Iterable[Finding], language: str) -> None:
    marks = _marks(typed, findings)
    shown = range(typed.sheet.rows) if typed.sheet.rows <= MOST_ROWS else _rows_with_problems(typed, marks)
    personal = {f.place for f in findings if f.kind == "personal_column"}
    comments = 0
    for line, position in enumerate(shown, start=1):
        for column, value in enumerate(typed.sheet.row(position)):
            seen = (
                "＊"
                if column in personal and value is not None and position > typed.recognised.header
                else _safe(value)
            )
            cell = put(sheet, line, column + 1, seen)
            marked = marks.get((position + typed.sheet.first_row, column))
            if not marked:
                continue
            cell.fill = PatternFill("solid", fgColor=COLOURS[marked[0].severity])
            if comments < MOST_COMMENTS:
                said = "\n".join(f"{finding.what(language)} {finding.fix(language)}" for finding in marked)
                cell.comment = Comment(said, "Linli Atlas", width=360, height=140)
                comments += 1
    for column in range(len(typed.sheet.columns)):
        sheet.column_dimensions[get_column_letter(column + 1)].width = 18


def _safe(value: Any) -> Any:
    return (
        masked(value)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and masked(value) != str(value)
        else value
    )


def _marks(typed: Typed, findings: Iterable[Finding]) -> dict[tuple[int, int], list[Finding]]:
    """(row number, column place) -> its problems; those of a whole row at its first cell, of a sheet at the header."""
    marks: dict[tuple[int, int], list[Finding]] = {}
    header = typed.recognised.header + typed.sheet.first_row
    for finding in findings:
        if finding.sheet == typed.sheet.name and finding.severity != "note":
            for row in finding.rows or (header,):
                marks.setdefault((row, max(finding.place, 0)), []).append(finding)
    return marks


def _rows_with_problems(typed: Typed, marks: dict[tuple[int, int], list[Finding]]) -> list[int]:
    wrong = sorted({row - typed.sheet.first_row for row, _ in marks})
    return [*range(typed.recognised.header + 1), *(row for row in wrong if row > typed.recognised.header)][:MOST_ROWS]
