"""The export menu of a page or a story: format, paper, template; a bar, a way to stop, and the file."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st

from data.stories import Story, to_json
from pages.exports import jobs
from pages.exports.jobs import Job
from pages.exports.offered import PAGES
from pages.parts import downloads, state
from pages.parts.failures import guard
from pages.parts.state import View
from pages.parts.words import lang, t

PAGE_FORMATS = ("pptx", "pdf", "html", "xlsx", "png", "svg")
STORY_FORMATS = ("pptx", "pdf", "html", "xlsx")
BRIEFINGS = ("docx", "briefing")
PAPERED = ("pdf", "png", "svg")
MIMES = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": downloads.XLSX,
    "pdf": "application/pdf",
    "briefing": "application/pdf",
    "html": "text/html",
    "png": "image/png",
    "svg": "image/svg+xml",
}
EVERY_SECONDS = 0.7


@dataclass(frozen=True)
class Source:
    """What is exported: an address, or a story's text; `name` is the file's, `key` tells menus apart."""

    key: str
    name: str
    formats: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    story: str = ""


def can_export(page: str) -> bool:
    """Whether a page shows something that files can hold."""
    return page in PAGES


def page_exports(view: View) -> None:
    """The menu of one page: what is on the screen, in the state of its address."""
    formats = PAGE_FORMATS if view.page not in {"records"} else ("xlsx", "pdf", "html")
    if view.page in {"area", "overview"}:
        formats = (*formats, *BRIEFINGS)
    name = downloads.file_name(t("app.name"), t(f"nav.{view.page}"), view.area, view.period)
    address = f"/{state.address(view).removeprefix('./')}"
    _control(Source(f"export_{view.page}", name, formats, ("--url", address)))


def export_control(story: Story) -> None:
    """The menu of a story: all its scenes in one file."""
    _control(Source("export_story", downloads.file_name(story.title), STORY_FORMATS, story=to_json(story)))


def _control(source: Source) -> None:
    with st.container(key=f"{source.key}_menu", width="content"), st.popover(t("exporting.button")):
        _panel(source)


def _panel(source: Source) -> None:
    """The bar or the choice, each a fragment of its own: one that runs by the clock must not stand in another."""
    job: Job | None = state.recall(source.key, None)
    if job is not None and job.state in {"waiting", "running"}:
        _under_way(source)
    else:
        _choice(source)


@st.fragment
def _choice(source: Source) -> None:
    with guard("export"):
        job: Job | None = state.recall(source.key, None)
        if job is not None:
            _ended(source, job)
        _choose(source)


def _choose(source: Source) -> None:
    words = {form: t(f"exporting.{form}") for form in source.formats}
    last = state.recall(f"{source.key}_last", source.formats[0])  # while a file is made, the choice is not on the page
    form = st.radio(
        t("exporting.format"), source.formats, format_func=words.__getitem__, key=f"{source.key}_format",
        index=source.formats.index(last) if last in source.formats else 0,
    )  # fmt: skip
    paper = "a4"
    if form in PAPERED:
        paper = st.segmented_control(
            t("exporting.paper"), ("a4", "a3"), default="a4", format_func=str.upper, key=f"{source.key}_paper"
        ) or "a4"  # fmt: skip
    template = None
    if form == "pptx":
        template = st.file_uploader(t("exporting.template"), type=["pptx", "potx"], key=f"{source.key}_template")
    if st.button(t("exporting.start"), type="primary", key=f"{source.key}_start"):
        _start(source, str(form), str(paper), b"" if template is None else template.getvalue())
        st.rerun()


def _start(source: Source, form: str, paper: str, template: bytes) -> None:
    arguments = (*source.arguments, "--lang", lang(), "--format", form, "--paper", paper)
    ending = "pdf" if form == "briefing" else form
    marked = f"-{t('exporting.briefing_name')}" if form in BRIEFINGS else ""
    name = f"{source.name}{marked}.{ending}"
    state.keep(source.key, jobs.start(arguments, name, source.story, template))
    state.keep(f"{source.key}_mime", MIMES[form])
    state.keep(f"{source.key}_last", form)


@st.fragment(run_every=EVERY_SECONDS)
def _under_way(source: Source) -> None:
    """The bar, drawn anew while the child works; at its end the whole menu is."""
    job: Job | None = state.recall(source.key, None)
    if job is None or job.state not in {"waiting", "running"}:
        st.rerun()
    assert job is not None, "a job that is gone has begun a new run"
    told = job.progress()
    words = t("exporting.waiting") if job.state == "waiting" else told.step or t("exporting.starting")
    st.progress(told.share, words[:80])
    if st.button(t("exporting.cancel"), key=f"{source.key}_cancel"):
        job.cancel()
        st.rerun()


def _ended(source: Source, job: Job) -> None:
    if job.state == "done":
        st.html(f'<p role="status">{escape(t("exporting.done", name=job.name))}</p>')
        st.download_button(
            t("exporting.save"), job.content(), job.name, state.recall(f"{source.key}_mime", ""),
            key=f"{source.key}_save", on_click="ignore", type="primary", icon=":material/download:",
        )  # fmt: skip
    elif job.state == "cancelled":
        st.html(f'<p role="status">{escape(t("exporting.cancelled"))}</p>')
    else:
        said = job.failure() or (t("exporting.failed"), t("exporting.failed_next"))
        st.html(f'<div class="ll-failure" role="alert">{"".join(f"<p>{escape(line)}</p>" for line in said)}</div>')
