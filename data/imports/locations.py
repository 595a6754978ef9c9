"""Coordinates held against neighbourhoods: in the one that is named, in another, or in none, and what may explain it.

Axes may be exchanged, or the spot taken from a web map whose coordinates are shifted (GCJ-02, BD-09).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.imports.convert import Typed
from data.imports.problems import SHOWN
from geo.datums import SHIFTS, undo

FAR_M = 50_000.0
"""A place further from its neighbourhood than this is not near it: the coordinates are of somewhere else."""
EDGE_M = 1.0
"""So near to its border a place counts as inside: coordinates of five decimals say no more."""
DEGREE_M = 111_195.0
"""Metres of a degree of latitude on the mean sphere."""
NEEDED = {"lon", "lat", "neighbourhood"}
CODE_LENGTH = 15
Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Hoods:
    """Neighbourhoods by code, drawn in degrees of latitude both ways, so that distances in them are true nearby."""

    codes: NDArray[np.object_]
    shapes: NDArray[np.object_]
    squeeze: float

    @classmethod
    def of(cls, boundaries: gpd.GeoSeries) -> Hoods:
        """Those among shapes by area code (EPSG:4490)."""
        own = boundaries[boundaries.index.str.len() == CODE_LENGTH]
        shapes = own.to_numpy()
        middle = shapely.total_bounds(shapes)[[1, 3]].mean() if len(shapes) else 0.0
        squeeze = float(np.cos(np.radians(middle)))
        flat = shapely.transform(shapes, lambda xy: xy * (squeeze, 1.0))
        return cls(own.index.to_numpy(dtype=object), flat, squeeze)

    def spots(self, lonlat: Floats) -> NDArray[np.object_]:
        """Points in the same drawing."""
        found: NDArray[np.object_] = shapely.points(lonlat * (self.squeeze, 1.0))
        return found

    def away(self, lonlat: Floats, codes: NDArray[np.object_]) -> Floats:
        """Metres from each place to the neighbourhood named for it; to the nearest one where none is."""
        metres, named = self.nearest(lonlat)[1], ~pd.isna(codes)
        own = pd.Series(self.shapes, index=self.codes).reindex(codes[named]).to_numpy(dtype=object)
        metres[named] = shapely.distance(self.spots(lonlat[named]), own) * DEGREE_M
        return metres

    def nearest(self, lonlat: Floats) -> tuple[NDArray[np.object_], Floats]:
        """The nearest neighbourhood of each place, and how many metres away it is (0 inside)."""
        (_, at), apart = shapely.STRtree(self.shapes).query_nearest(
            self.spots(lonlat), return_distance=True, all_matches=False
        )
        return self.codes[at], apart * DEGREE_M


def check_locations(
    typed: Typed, frame: pd.DataFrame, boundaries: gpd.GeoSeries, names: Mapping[str, str] | None = None
) -> None:
    """Blame rows whose place is not in its neighbourhood; `frame` are the rows, `boundaries` shapes by area code.

    A row that names no neighbourhood is blamed here, not for the empty cell, if its place lies outside of all of them.
    """
    hoods, empty = Hoods.of(boundaries), _unnamed(typed)
    there = frame["lon"].notna() & frame["lat"].notna()
    named = frame["neighbourhood"].isin(hoods.codes) & ~typed.bad
    asked = np.flatnonzero(there & (named | empty))
    if not len(asked) or not len(hoods.codes):
        return
    lonlat = frame[["lon", "lat"]].to_numpy(dtype=float)[asked]
    codes = frame["neighbourhood"].astype(object).mask(empty, None).to_numpy(dtype=object)[asked]
    kinds = classed(hoods, lonlat, codes)
    told = _Told(typed, hoods, asked, lonlat, codes, names or {})
    for kind in dict.fromkeys(kinds[kinds != ""]):
        told.blame(str(kind), kinds == kind)
    _forget_empty(typed, np.isin(np.arange(len(frame)), asked[(kinds != "") & pd.isna(codes)]))


def classed(hoods: Hoods, lonlat: Floats, codes: NDArray[np.object_]) -> NDArray[np.object_]:
    """What is wrong with each place: "" (nothing), swapped, far, gcj_02, bd_09, nowhere, or outside (in another one).

    `codes`: the neighbourhood named for each, None where none is.
    """
    away, nearest = hoods.away(lonlat, codes), hoods.nearest(lonlat)[1]
    turned = hoods.away(lonlat[:, ::-1], codes)
    found = np.full(len(lonlat), "", dtype=object)
    found[away > EDGE_M] = "outside"
    found[(away > EDGE_M) & (nearest > EDGE_M)] = "nowhere"
    for system in SHIFTS:
        shifted = hoods.away(undo(lonlat, system), codes) <= EDGE_M
        found[shifted & np.isin(found, ("outside", "nowhere"))] = system.lower().replace("-", "_")
    found[away > FAR_M] = "far"
    found[(away > FAR_M) & (turned < FAR_M)] = "swapped"
    return found


@dataclass(frozen=True)
class _Told:
    """Puts what is wrong with the places `lonlat` (of the rows `asked`) among the findings."""

    typed: Typed
    hoods: Hoods
    asked: NDArray[np.int64]
    lonlat: Floats
    codes: NDArray[np.object_]
    names: Mapping[str, str]

    def blame(self, kind: str, chosen: Booleans) -> None:
        """An error where no neighbourhood is named or the place cannot be right, a warning else."""
        for unnamed in (True, False):
            own = chosen & (pd.isna(self.codes) == unnamed)
            rows = np.isin(np.arange(len(self.typed.rows)), self.asked[own])
            severity: Any = "error" if unnamed or kind in ("swapped", "far") else "warning"
            metres = int(self.hoods.away(self.lonlat[own], self.codes[own]).max()) if own.any() else 0
            values = {"metres": metres} if kind == "outside" else {}
            self.typed.blame(
                f"location_{kind}", severity, rows, column="lon", shown=self._shown(kind, own), values=values
            )

    def _shown(self, kind: str, own: Booleans) -> tuple[str, ...]:
        """A few places, each with the neighbourhood that is meant: the nearest and how far it is, or the one named."""
        lonlat = self.lonlat[own][:SHOWN]
        spots = [f"{lon:.5f}, {lat:.5f}" for lon, lat in lonlat]
        if kind in ("swapped", "outside") or not spots:
            return tuple(spots)
        if kind in ("nowhere", "far"):
            nearest, metres = self.hoods.nearest(lonlat)
            ends = [f"{self._name(code)} {_length(away)}" for code, away in zip(nearest, metres, strict=True)]
        else:
            system = next(name for name in SHIFTS if name.lower().replace("-", "_") == kind)
            ends = [self._name(code) for code in self.hoods.nearest(undo(lonlat, system))[0]]
        return tuple(f"{spot} → {end}" for spot, end in zip(spots, ends, strict=True))

    def _name(self, code: str) -> str:
        return self.names.get(code, code)


def _length(metres: float) -> str:
    return f"{metres:,.0f} m" if metres < 1000 else f"{metres / 1000:,.1f} km"


def _unnamed(typed: Typed) -> Booleans:
    """Rows that were blamed because they name no neighbourhood."""
    rows = [row for f in typed.findings if (f.kind, f.column) == ("empty_required", "neighbourhood") for row in f.rows]
    return np.isin(typed.rows, rows)


def _forget_empty(typed: Typed, better: Booleans) -> None:
    """Take rows of which something better is known out of the finding that they name no neighbourhood."""
    known = set(typed.rows[better].tolist())
    if not known:
        return
    for place, finding in enumerate(typed.findings):
        if (finding.kind, finding.column) == ("empty_required", "neighbourhood"):
            typed.findings[place] = replace(finding, rows=tuple(row for row in finding.rows if row not in known))
    typed.findings[:] = [f for f in typed.findings if f.rows or f.kind != "empty_required"]
