"""From a story or an address to the document that the writers write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from data.stories import Scene, Story
from pages.exports.content import content_of, pictured, split_address, told_of, view_of
from pages.exports.model import Content, Document
from pages.exports.offered import THEMES
from pages.parts import data, staging
from pages.parts.state import Notice
from pages.parts.words import date_text, speaking, t

Progress = Callable[[str, float], None]
INDICATED: Final = ("overview", *THEMES, "boundaries", "reach")
"""Pages whose first sentence may tell of another indicator than the one that is on the map."""


def document_of_story(story: Story, language: str, progress: Progress | None = None) -> Document:
    """The scenes of a story in order, those kept for questions last."""
    scenes = (*story.main, *(scene for scene in story.scenes if scene.branch_of))
    contents = []
    spoken = replace(story, lang=language)
    for place, scene in enumerate(scenes):
        if progress:
            progress(scene.title, place / max(len(scenes), 1))
        contents.append(content_of_scene(scene, spoken))
    return document(story.title, language, tuple(contents))


def content_of_scene(scene: Scene, story: Story) -> Content:
    """What a scene shows: the page's content with the scene's own title, charts, highlights, notes and time.

    The map is that of the talk: of scenes held together with their common colour breaks, moved to where it was kept.
    """
    view, _ = view_of(scene.page, staging.params_of(scene), story.lang)
    with speaking(story.lang):
        content = told_of(view, scene.charts)
        if scene.page in INDICATED:
            content = _as_on_the_glass(content, scene, story)
        if scene.finding:
            content = _after(scene.finding, content)
        if content.shown is not None:
            content = replace(content, shown=staging.held_map(scene, story, "light"))
        content = pictured(content, view, scene.place)
    return replace(content, title=scene.title or content.title, notes=scene.notes, seconds=scene.seconds)


def _as_on_the_glass(content: Content, scene: Scene, story: Story) -> Content:
    """The finding tells of the indicator on the map, as in the talk; what the page itself says first comes after it."""
    said = staging.whole_finding(scene, story)
    return content if said == content.finding else _after(said, content)


def _after(said: str, content: Content) -> Content:
    """Another finding first, then the content's own."""
    return replace(content, finding=said, more=t("exports.gap").join(filter(None, (content.finding, content.more))))


def document_of_address(address: str, language: str) -> tuple[Document, list[Notice]]:
    """One page with all its charts, and what in its address could not be followed."""
    page, params = split_address(address)
    return document_of_page(page, params, language)


def document_of_page(page: str, params: Mapping[str, str], language: str) -> tuple[Document, list[Notice]]:
    """One page with all its charts."""
    view, notices = view_of(page, params, language)
    with speaking(language):
        content = content_of(view)
    return document(content.title, language, (content,)), notices


def document(title: str, language: str, contents: tuple[Content, ...]) -> Document:
    """Contents under one title, with the nature of the data and the day."""
    with speaking(language):
        nature = t("downloads.demonstration" if data.manifest().demonstration else "downloads.real")
        return Document(title, language, nature, date_text(date.today()), contents)
