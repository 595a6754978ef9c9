"""How far putting in force has come: which step of how many, what of it is in hand, and what closing the page does."""

from __future__ import annotations

from html import escape

from data import build
from data.contract import load_contract
from data.wording import table_label
from pages.parts.words import lang, number, t
from pages.parts.work import Work

STEPS = ("write", "check", "sums", "extracts", "totals", "withheld", "switch")
PARTS = ("reach", *build.STEPS, "carried")
FIRST_WORDS = {
    "write": "write", "check": "check", "compare": "check", "records": "check", "unchanged": "totals",
    "attendance": "sums", "totals": "totals", "withheld": "withheld", "disk": "withheld", "switch": "switch",
    "done": "switch", **dict.fromkeys(PARTS, "extracts"),
}  # fmt: skip
"""The first word of what a command tells -> the step it belongs to."""


def shown(work: Work) -> tuple[str, str]:
    """The line on the bar, and the list of steps with what happens if the page is closed."""
    told = work.progress()[0]
    minutes, seconds = divmod(work.seconds(), 60)
    now = step_of(told)
    said = t(
        "deliveries.at_step", words=work.words, step=number(STEPS.index(now) + 1), steps=number(len(STEPS)),
        name=named(told), time=f"{minutes}:{seconds:02d}",
    )  # fmt: skip
    about = f'<p class="ll-note-text">{escape(t("deliveries.closing_page"))}</p>'
    return said, f'<ol class="ll-work">{"".join(_item(step, now) for step in STEPS)}</ol>{about}'


def step_of(told: str) -> str:
    """The step that what a command tells belongs to; the first before it has said anything."""
    return FIRST_WORDS.get(told.partition(" ")[0], STEPS[0])


def named(told: str) -> str:
    """The step in words, with the table or the year in hand."""
    first, _, about = told.partition(" ")
    name = t(f"deliveries.step.{step_of(told)}")
    year = about.rpartition(" ")[2]
    if first in PARTS:
        place = number(PARTS.index(first) + 1)
        return t("deliveries.step_of_parts", name=name, part=place, parts=number(len(PARTS)))
    if first == "attendance" and year.isdigit():
        return t("deliveries.step_of_year", name=name, year=year)
    if about in load_contract().records:
        return t("deliveries.step_of_table", name=name, table=table_label(about, lang()))
    return name


def _item(step: str, now: str) -> str:
    place, here = STEPS.index(step), STEPS.index(now)
    state = "done" if place < here else "now" if place == here else "next"
    current = ' aria-current="step"' if state == "now" else ""
    return f'<li class="ll-step-{state}"{current}>{escape(t(f"deliveries.step.{step}"))}</li>'
