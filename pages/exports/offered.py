"""What can be exported, and on which paper, known without reading any page or writer."""

from __future__ import annotations

from typing import Final

THEMES: Final = ("party", "self_governance", "services", "events", "information", "workforce", "outcomes")
PAGES: Final = ("overview", "area", *THEMES, "compare", "boundaries", "reach", "records")
PAPERS: Final = {"a4": (297.0, 210.0), "a3": (420.0, 297.0)}
"""Paper -> its long and its short side, mm."""
