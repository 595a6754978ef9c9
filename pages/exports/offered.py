"""Which pages can be exported, known without reading any of them."""

from __future__ import annotations

from typing import Final

THEMES: Final = ("party", "self_governance", "services", "events", "information", "workforce", "outcomes")
PAGES: Final = ("overview", "area", *THEMES, "compare", "boundaries", "reach", "records")
