"""Long exports run beside the pages: they tell how far they are, stop when told, and wait when there are too many."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page
from pptx import Presentation
from streamlit.testing.v1 import AppTest

from data.stories import shipped, to_json
from pages.exports import jobs
from pages.exports.jobs import Job
from tests.opening import opened

PATIENCE = 120


def until(job: Job, *states: str) -> str:
    for _ in range(PATIENCE * 10):
        if job.state in states:
            break
        time.sleep(0.1)
    return job.state


def test_a_job_makes_the_file_and_tells_its_steps(extracts: Path) -> None:
    job = jobs.start(["--url", "/events?area=320613007005", "--lang", "zh", "--format", "pptx"], "事.pptx")
    assert until(job, "done", "failed") == "done"
    assert job.progress().share == 1.0 and Presentation(io.BytesIO(job.content())).slides
    job.cancel()


def test_an_export_reads_no_library_that_it_does_not_need() -> None:
    """Each of these takes a tenth to half a second, on every export, and belongs to another page or another writer."""
    idle = {"alembic", "docx", "openpyxl", "pandera", "pypinyin", "streamlit_folium", "typst"}
    found = subprocess.run(
        [sys.executable, "-c", f"import pages.exports.command, sys; print(*({idle!r} & sys.modules.keys()))"],
        cwd=jobs.ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout.split() == []


def test_a_story_of_one_s_own_travels_as_text(extracts: Path) -> None:
    story = shipped("ten-minutes", "en")
    text = to_json(replace(story, scenes=story.main[:2]))
    job = jobs.start(["--lang", "en", "--format", "xlsx"], "a.xlsx", story=text)
    assert until(job, "running", "done") in {"running", "done"}
    assert until(job, "done", "failed") == "done" and job.content()[:2] == b"PK"


def test_a_cancelled_job_leaves_neither_process_nor_file(extracts: Path) -> None:
    job = jobs.start(["--story", "ten-minutes", "--lang", "zh", "--format", "pdf"], "a.pdf")
    folder = Path(job.folder.name)
    assert until(job, "running") == "running"
    job.cancel()
    assert job.state == "cancelled" and not folder.exists()
    assert job.process is not None and job.process.poll() is not None


def test_more_than_two_wait_for_their_turn(extracts: Path) -> None:
    every = [jobs.start(["--story", "ten-minutes", "--lang", "zh", "--format", "xlsx"], f"{n}.xlsx") for n in range(3)]
    try:
        assert [job.state for job in every] == ["running", "running", "waiting"]
        every[0].cancel()
        assert until(every[2], "running", "done") == "running"
    finally:
        for job in every:
            job.cancel()


def test_a_failure_is_told_in_sentences(extracts: Path) -> None:
    job = jobs.start(["--url", "/search", "--lang", "en", "--format", "pdf"], "a.pdf")
    assert until(job, "failed", "done") == "failed"
    assert job.failure()[0] == "This page cannot be exported."
    job.cancel()


def menu(app: AppTest, key: str) -> list[str]:
    return [radio.key for radio in app.radio if radio.key and radio.key.startswith(key)]


@pytest.mark.parametrize("page", ["overview", "events", "area", "compare", "boundaries", "reach"])
def test_every_page_has_its_menu(extracts: Path, page: str) -> None:
    app = opened(page, area="320613007", lang="en")
    assert not app.exception
    assert menu(app, f"export_{page}") == [f"export_{page}_format"]


@pytest.mark.browser
def test_an_export_runs_from_the_page_to_the_file(app_url: str, browser_page: Page, tmp_path: Path) -> None:
    browser_page.goto(f"{app_url}/events?area=320613007005&lang=zh")
    browser_page.locator(".st-key-export_events_menu button").first.click(timeout=60_000)
    browser_page.get_by_text("工作簿 XLSX").click()
    browser_page.get_by_role("button", name="开始导出").click()
    browser_page.get_by_role("button", name="取消导出").wait_for(timeout=30_000)
    save = browser_page.get_by_role("button", name="保存文件")
    save.wait_for(timeout=120_000)
    with browser_page.expect_download() as download:
        save.click()
    download.value.save_as(tmp_path / "made.xlsx")
    assert download.value.suggested_filename.endswith("320613007005-2020.xlsx")
    assert "口径与来源" in openpyxl.load_workbook(tmp_path / "made.xlsx").sheetnames
