"""Overview: how an area stands in one sentence, on the map, in a ranked list and over time."""

from __future__ import annotations

from pages.parts import frame

view = frame.page("overview")
