"""From an error to what the reader needs: a sentence, the reason and the next step, in that part of the page only."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape

import streamlit as st

from pages.parts import state, undelivered
from pages.parts.delivered import NotDelivered
from pages.parts.words import has, t

log = logging.getLogger("linli")


@dataclass(frozen=True)
class Explanation:
    """What the reader is told; `incident` names the entry in the log and is empty for errors we know."""

    sentence: str
    reason: str
    next_step: str
    incident: str = ""


def explain(error: Exception) -> Explanation:
    """Words for `error` by the nearest of its classes that has some; others get an incident number."""
    for kind in type(error).__mro__:
        if has(f"failure.{kind.__name__}.sentence"):
            return Explanation(
                *(_filled(f"failure.{kind.__name__}.{part}", error) for part in ("sentence", "reason", "next_step"))
            )
    incident = secrets.token_hex(3).upper()
    return Explanation(
        t("failure.unexpected.sentence"),
        t("failure.unexpected.reason"),
        t("failure.unexpected.next_step", incident=incident),
        incident,
    )


class _Fields(dict[str, object]):
    """An error's fields by name; one it lacks is a dash, so that telling of an error can't fail itself."""

    def __missing__(self, key: str) -> str:
        return "—"


def _filled(key: str, error: Exception) -> str:
    return t(key).format_map(_Fields(vars(error)))


@contextmanager
def guard(part: str) -> Iterator[None]:
    """Whatever goes wrong inside is told in this place, and the rest works. `part` names the place in the log.

    What nobody delivered is no failure: the place is empty and says what is lacking.
    """
    try:
        yield
    except NotDelivered as lacking:
        undelivered.tell(lacking)
    except Exception as error:  # the last line of defence of one part of a page: told to the reader, logged in full
        told = explain(error)
        if told.incident:
            log.exception("Incident %s in part %s", told.incident, part)
        else:
            log.warning("%s: %s", part, error)
        show(told)


def show(told: Explanation) -> None:
    """Draw an explanation; one already given on this page is not given again, the part only says that it is missing."""
    given: list[Explanation] = state.recall("told", [])
    if told in given:
        st.html(
            f'<p class="ll-failure ll-again" role="status">{escape(t("failure.again", sentence=told.sentence))}</p>'
        )
        return
    state.keep("told", [*given, told])
    lines = "".join(f"<p>{escape(text)}</p>" for text in (told.reason, told.next_step) if text)
    st.html(f'<div class="ll-failure" role="alert"><p><strong>{escape(told.sentence)}</strong></p>{lines}</div>')


def begin() -> None:
    """A page begins anew: nothing has been told yet."""
    state.keep("told", [])


def nothing(sentence: str, next_step: str = "") -> None:
    """Draw an empty state: why there is nothing, and what to do."""
    lines = f"<p><strong>{escape(sentence)}</strong></p><p>{escape(next_step)}</p>"
    st.html(f'<div class="ll-empty" role="status">{lines}</div>')
