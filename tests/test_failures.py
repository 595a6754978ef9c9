"""Every error is told in the reader's language as a sentence, a reason and a next step; unknown ones by number only."""

from __future__ import annotations

import logging
import re

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.failures import explain
from pages.parts.words import speaking, words
from queries import errors


def classes(base: type[Exception]) -> list[type[Exception]]:
    return [base, *(found for kind in base.__subclasses__() for found in classes(kind))]


def made(kind: type[Exception]) -> Exception:
    return kind("It failed", reason="the file is cut short", next_step="Build again.", table="measure")  # type: ignore[call-arg]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", classes(errors.QueriesError))
def test_every_error_of_the_queries_has_its_words(kind: type[Exception], language: str) -> None:
    with speaking(language):
        told = explain(made(kind))
    assert told.sentence and told.reason and told.next_step and not told.incident
    assert "{" not in told.sentence + told.reason + told.next_step


def test_the_table_that_is_missing_is_named() -> None:
    with speaking("zh"):
        assert "measure" in explain(made(errors.ExtractsMissing)).reason


def test_an_error_without_the_fields_its_words_name_is_still_told() -> None:
    class Bare(errors.ExtractsMissing):
        def __init__(self) -> None:
            Exception.__init__(self, "bare")

    with speaking("en"):
        assert "—" in explain(Bare()).reason


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_unexpected_error_shows_a_number_and_nothing_of_itself(language: str) -> None:
    with speaking(language):
        told = explain(ZeroDivisionError("secret detail"))
    assert re.fullmatch(r"[0-9A-F]{6}", told.incident)
    assert told.incident in told.next_step and "secret" not in told.sentence + told.reason + told.next_step


def broken_page() -> None:
    import streamlit as st

    from pages.parts.failures import guard

    with guard("first"):
        raise ZeroDivisionError("secret detail")
    with guard("second"):
        st.html("<p>the rest</p>")


def test_one_broken_part_leaves_the_others_standing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="linli"):
        page = AppTest.from_function(broken_page).run()
    shown = [element.proto.body for element in page.get("html")]
    assert not page.exception
    assert words("zh")["failure.unexpected.sentence"] in shown[0] and 'role="alert"' in shown[0]
    assert shown[1] == "<p>the rest</p>"
    number = re.search(r"[0-9A-F]{6}", shown[0])[0]  # type: ignore[index]
    assert number in caplog.text and "secret detail" in caplog.text


def page_without_data() -> None:
    from pages.parts.failures import begin, guard
    from queries.errors import ExtractsMissing

    begin()
    for part in ("map", "list", "trend"):
        with guard(part):
            raise ExtractsMissing("No data", reason="none built", next_step="Build.", table="measure")


def test_one_reason_for_many_parts_is_told_once_in_full() -> None:
    page = AppTest.from_function(page_without_data)
    for _ in range(2):  # and again on the next run
        shown = [element.proto.body for element in page.run().get("html")]
        assert [body.count("make data") for body in shown] == [1, 0, 0]
        assert all(words("zh")["failure.ExtractsMissing.sentence"] in body for body in shown)
