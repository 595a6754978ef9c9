"""The simulated geography of the demonstration district: named skeleton, streets, blocks, areas, homes."""

from __future__ import annotations

from data.demo_geography.grids import make_grids
from data.demo_geography.make import make_geography
from data.demo_geography.tables import Geography, load_geography, save_geography

__all__ = ["Geography", "load_geography", "make_geography", "make_grids", "save_geography"]
