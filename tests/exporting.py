"""Documents that several tests export: made once a session from the built demonstration data."""

from __future__ import annotations

from functools import cache

from data.stories import Story, shipped
from pages.exports.model import Document
from pages.exports.stories import document_of_address, document_of_story

DISTRICT = "320613"


@cache
def page_document(address: str, language: str = "zh") -> Document:
    """One page of the app, as `--url` exports it."""
    document, notices = document_of_address(address, language)
    assert not notices
    return document


@cache
def story_document(language: str = "zh", scenes: int = 3) -> Document:
    """The first scenes of the shipped story."""
    story = shipped("ten-minutes", language)
    short = Story(name=story.name, title=story.title, lang=language, scenes=story.main[:scenes], id="short")
    return document_of_story(short, language)
