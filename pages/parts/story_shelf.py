"""Finding and keeping stories: shipped ones in the reader's language, and those in the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import streamlit as st

from data.manifest import data_root, editions_built
from data.stories import Scene, Story, StoryUnknown, shipped, shipped_names
from data.story_store import StoryStore, address, name_for
from pages.parts import data
from pages.parts.words import date_text, t

CURRENT = "current"
"""In an address: shown on the current data, knowing what has changed since."""


def store() -> StoryStore:
    """The stories' database, opened once a process. Raises DatabaseUnreachable or DatabaseNewer."""
    return _store(address().render_as_string(hide_password=False))


@st.cache_resource(max_entries=2, show_spinner=False)
def _store(url: str) -> StoryStore:
    return StoryStore(url)


def find(name: str, lang: str) -> Story:
    """The story of that name or id, "" being the first shipped one. Raises StoryUnknown."""
    if not name or name in shipped_names():
        return shipped(name or shipped_names()[0], lang)
    return store().get(name)


def is_shipped(story: Story) -> bool:
    """Whether a story came with the product; such a one is not changed but copied."""
    return story.id in shipped_names()


def new_story(title: str, lang: str, scenes: tuple[Scene, ...] = ()) -> Story:
    """A story made now, kept: it remembers the data and the edition it is made with."""
    manifest = data.manifest()
    return store().add(
        Story(name_for(title), title, lang, scenes, data_version=manifest.version, edition=manifest.edition)
    )


def copy_of(story: Story, title: str) -> Story:
    """A story of one's own with the same scenes."""
    made = new_story(title, story.lang, story.scenes)
    if story.data_version:
        return store().change(
            made.id, lambda s: replace(s, data_version=story.data_version, edition=story.edition, made_at=story.made_at)
        )
    return made


def keep_scene(story_id: str, scene: Scene) -> tuple[Story, int]:
    """Add a scene at the end of a kept story; returns the story and the scene's number in the talk."""
    story = store().change(story_id, lambda s: replace(s, scenes=(*s.scenes, scene)))
    return story, len(story.main)


def change(story_id: str, how: Callable[[Story], Story]) -> None:
    """Change a kept story; shipped ones are left as they are. Raises StoryUnknown."""
    if story_id in shipped_names():
        raise StoryUnknown(story_id)
    store().change(story_id, how)


@dataclass(frozen=True)
class Changed:
    """What has changed since a story was made: its data and edition against the current ones.

    `older` is the version that shows it as it was, "" where none is kept: its own, or else (`same` False) the latest
    data of its own edition.
    """

    data_version: str
    edition: str
    older: str
    same: bool

    def said(self, story: Story) -> str:
        """What has changed, as a sentence."""
        return t(
            "stories.changed",
            made=_day(story.made_at),
            old=story.data_version, old_edition=story.edition, new=self.data_version, new_edition=self.edition,
        )  # fmt: skip

    def as_then(self, story: Story) -> str:
        """What the way to show it as it was is called; without one, that none is kept."""
        if not self.older:
            return t("stories.not_kept")
        return t("stories.with_old") if self.same else t("stories.with_old_edition", edition=story.edition)


def changed_since(story: Story) -> Changed | None:
    """None for a story that goes with whatever is current, or that was made with the current data."""
    now = data.manifest()
    if not story.data_version or (story.data_version, story.edition) == (now.version, now.edition):
        return None
    if data.is_kept(story.data_version):
        return Changed(now.version, now.edition, story.data_version, same=True)
    own = [made.version for made in editions_built(data_root()) if made.edition == story.edition != now.edition]
    return Changed(now.version, now.edition, own[0] if own and data.is_kept(own[0]) else "", same=False)


def _day(moment: str) -> str:
    """The day of a moment in words; a dash where a file made by hand does not say it."""
    try:
        return date_text(datetime.fromisoformat(moment).date())
    except ValueError:
        return "—"
