"""Finding a story by the name an address gives: a shipped one in the reader's language, or one that was kept."""

from __future__ import annotations

from data.stories import Story, shipped, shipped_names


def find(name: str, lang: str) -> Story:
    """The story of that name. Raises StoryUnknown."""
    if not name:
        name = shipped_names()[0]
    return shipped(name, lang)
