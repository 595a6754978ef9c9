"""The shell's door to exports: `python -m pages export --story NAME --lang zh --format pptx --out FILE`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from data.contract import DataError
from data.stories import Story, from_json, shipped
from geo.formats import TableError
from pages.exports import stories
from pages.exports.content import split_address
from pages.exports.model import Document
from pages.exports.offered import PAPERS
from pages.parts.failures import explain
from pages.parts.state import Notice
from pages.parts.words import speaking, t
from queries.errors import QueriesError

# each writer is read when it is asked for: all of them together take half a second
FORMATS: Final = ("pptx", "pdf", "html", "xlsx", "docx", "briefing", "png", "svg")


class BriefingOfPage(DataError):
    """Raised when a briefing is asked of a story: it is made of one area's address."""

    def __init__(self) -> None:
        super().__init__("A briefing is made of one area: name it by --url, for instance /?area=320613001.")


Progress = Callable[[str, float], None]


def main(arguments: Sequence[str]) -> int:
    """Run the command; 0 when the file is written, else 1 after a sentence on what went wrong and what to do."""
    asked = _parser().parse_args(arguments)
    with speaking(asked.lang):
        try:
            _export(asked)
        except (DataError, QueriesError, TableError, OSError) as error:
            told = explain(error)
            print("\n".join(filter(None, (told.sentence, told.reason, told.next_step))), file=sys.stderr)
            return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pages", description="Linli Atlas: exports from the shell.")
    commands = parser.add_subparsers(dest="command", required=True)
    export = commands.add_parser("export", help="write a story or a page as a file")
    what = export.add_mutually_exclusive_group(required=True)
    what.add_argument("--story", help="name of a shipped story, or a story's file")
    what.add_argument("--url", help="address of a page, for instance /events?area=320613001&period=2020")
    export.add_argument("--lang", choices=("zh", "en"), default="zh")
    export.add_argument("--format", choices=FORMATS, required=True)
    export.add_argument("--out", type=Path, required=True, help="the file to write")
    export.add_argument("--template", type=Path, help="a PPTX or POTX whose layouts the slides use")
    export.add_argument("--paper", choices=tuple(PAPERS), default="a4", help="paper of PDF, and size of PNG and SVG")
    export.add_argument("--figure", default="", help="for PNG and SVG: map, or the key of a chart of the page")
    export.add_argument("--nice", action="store_true", help="let other work on this machine go first")
    export.add_argument("--progress", action="store_true", help="say each step as a line of JSON")
    return parser


def _export(asked: argparse.Namespace) -> None:
    def say(step: str, share: float) -> None:
        if asked.progress:
            print(json.dumps({"step": step, "share": round(share, 3)}, ensure_ascii=False), flush=True)

    if asked.nice and hasattr(os, "nice"):
        os.nice(10)  # whoever looks at pages goes first
    if asked.format in {"docx", "briefing"}:
        write_whole(asked.out, _briefing(asked, say))
        say(asked.out.name, 1.0)
        return
    document, notices = _document(asked, lambda step, share: say(step, 0.6 * share))
    for notice in notices:
        print(t(notice.key, **notice.values), file=sys.stderr)
    content = written(document, asked, lambda step, share: say(step, 0.6 + 0.4 * share))
    write_whole(asked.out, content)
    say(asked.out.name, 1.0)


def _briefing(asked: argparse.Namespace, say: Progress) -> bytes:
    """Two pages on the area of an address. Raises BriefingOfPage for a story."""
    if not asked.url:
        raise BriefingOfPage
    from pages.exports.briefing import briefing_of
    from pages.exports.docx import briefing_pdf_bytes, docx_bytes

    say(t("briefing.overall"), 0.1)
    given = briefing_of(split_address(asked.url)[1], asked.lang)
    say(given.title, 0.8)
    return docx_bytes(given) if asked.format == "docx" else briefing_pdf_bytes(given)


def written(document: Document, asked: argparse.Namespace, progress: Progress) -> bytes:
    """The document in the format asked for."""
    writer: Any = import_module(f"pages.exports.{'image' if asked.format in {'png', 'svg'} else asked.format}")
    write: Callable[..., bytes] = getattr(writer, f"{asked.format}_bytes")
    if asked.format == "pptx":
        return write(document, progress, asked.template)
    if asked.format == "pdf":
        return write(document, progress, asked.paper)
    if asked.format in {"html", "xlsx"}:
        return write(document, progress)
    return write(document, asked.figure, *PAPERS[asked.paper])


def _document(asked: argparse.Namespace, progress: Progress) -> tuple[Document, list[Notice]]:
    if asked.url:
        return stories.document_of_address(asked.url, asked.lang)
    return stories.document_of_story(story_of(asked.story, asked.lang), asked.lang, progress), []


def story_of(name: str, language: str) -> Story:
    """A shipped story by its name, or one from a file. Raises StoryUnknown or StoryUnreadable."""
    path = Path(name)
    return from_json(path.read_bytes()) if path.suffix == ".json" else shipped(name, language)


def write_whole(path: Path, content: bytes) -> None:
    """Write the file in one step, so that a reader never finds half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(content)
    os.chmod(part.name, 0o644)
    os.replace(part.name, path)
