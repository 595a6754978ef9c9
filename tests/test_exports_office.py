"""Slides and briefings opened by LibreOffice: every slide is a page, a briefing fills two, Chinese type is there."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pptx import Presentation

from pages.exports.briefing import briefing_of
from pages.exports.docx import docx_bytes
from pages.exports.pptx import pptx_bytes
from tests.exporting import story_document

pytestmark = pytest.mark.slow


def rendered(content: bytes, kind: str, folder: Path) -> bytes:
    """The file as LibreOffice prints it."""
    office = shutil.which("soffice")
    assert office, "LibreOffice is missing: run tests/system_packages.sh long"
    (folder / f"made.{kind}").write_bytes(content)
    command = [office, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to", "pdf"]
    subprocess.run([*command, f"made.{kind}"], cwd=folder, check=True, capture_output=True, timeout=300)
    return (folder / "made.pdf").read_bytes()


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_slide_is_a_page(extracts: Path, tmp_path: Path, language: str) -> None:
    content = pptx_bytes(story_document(language))
    pdf = rendered(content, "pptx", tmp_path)
    assert pages_of(pdf) == len(Presentation(io.BytesIO(content)).slides)
    assert re.search(rb"CJK|Hei|Song", pdf), "Chinese words are set in a Chinese type"


@pytest.mark.parametrize("area", ["320613", "320613001", "320613007005"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_briefing_fills_two_pages(extracts: Path, tmp_path: Path, area: str, language: str) -> None:
    pdf = rendered(docx_bytes(briefing_of({"area": area}, language)), "docx", tmp_path)
    assert pages_of(pdf) <= 2
