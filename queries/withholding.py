"""Which small counts of one data version are withheld, and what every query that could show them leaves out for that.

Database.frame passes each answer through here, so there is no way around it: a page, a list of records, a chart and a
file all get the same answer. What is withheld is a missing number with `withheld` true beside it; what is small and
what is withheld for its sake look alike. The tables protected, each with all its sums over areas and overlays:

survey      area × year × question × answer; a share is told where both its answers are
assessment  area × year × dimension: who rated; sums of scores go with them
person      area × year × age and sex × first time; where age or sex was not recorded, one row holds them together
hosted      area × year × visiting or local
exchange    year × host × home, also against everywhere else, as the charts show it
month       subdistricts and above × month × the same parts of the attendances
            (communities and neighbourhoods tell these parts for whole years only: by month one neighbourhood in eight
            has a small first-time count, and as many again would go with them; attendances as such are told by month)

A period of several years or of months is the sum of its parts, and is told when each of them is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from queries import withheld_kept
from queries.exchange_sums import crossed
from queries.suppression import Sums, is_withheld, protect

Frame = pd.DataFrame
Cells = withheld_kept.Cells
Parameters = Mapping[str, Any]

AGES = ("0-14", "15-34", "35-59", "60-74", "75+")
ELDERLY = ("60-74", "75+")
SEXES = ("female", "male")
ALL = "all"
COARSE = ("district", "former_district", "zone", "subdistrict")  # levels whose months are told

# measure -> (protected table, what the cell is called there after area and year)
SURVEYED = {
    f"{name}_{part}": ("survey", (question, answer))
    for name, question in (
        ("satisfaction", "satisfaction"),
        ("approval", "approval"),
        ("standardisation", "standardisation_approval"),
    )
    for part, answer in (("yes", "yes"), ("responses", ALL))
}
RATED = {
    f"{dimension}_{part}": ("assessment", (dimension,))
    for dimension in ("usefulness", "participation", "gain")
    for part in ("sum", "raters", "within")
}
ATTENDED = {
    "attendances_home": ("person", (ALL, ALL)),
    "attendances_first_time": ("person", (ALL, "first")),
    "attendances_60_plus": ("person", ("60+", ALL)),
    "attendances_visiting": ("hosted", ("visiting",)),
}
PROTECTED = {**SURVEYED, **RATED, **ATTENDED}


Former = Callable[[Path, str, int], Cells]  # what a version's folder withholds of a table for a k


class Counts(Protocol):
    """A database as this module asks it: before anything is withheld."""

    def counted(self, query: str, **parameters: object) -> Frame:
        """The rows of a query as they are."""
        ...


def small_survey(db: Counts) -> Frame:
    """One row per area × year × question × answer (all: any): area, year, question, answer, counted."""
    return db.counted("small_survey")


def small_assessment(db: Counts) -> Frame:
    """One row per area × year × dimension: area, year, dimension, counted (people who rated)."""
    return db.counted("small_assessment")


def small_age_sex(db: Counts) -> Frame:
    """One row per area × year × age band × sex × first time: area, year, age_band, sex, first_time, counted."""
    return db.counted("small_age_sex")


def small_exchange(db: Counts) -> Frame:
    """One row per year × host × home community: year, host, home, counted."""
    return db.counted("small_exchange")


def small_attendance(db: Counts) -> Frame:
    """One row per measure of attendances × area × month: measure, level, area, month, counted."""
    return db.counted("small_attendance")


def small_areas(db: Counts) -> Frame:
    """One row per area × area inside it: ancestor, ancestor_level, code, level, parent (of code)."""
    return db.counted("small_areas")


class Withholding:
    """The withheld cells of one data version; each table is worked out when it is first asked for, once.

    What a build has kept in the version's folder for the same k is read instead: a first visitor need not wait. For
    another k it is worked out anew, on other boundaries also from what `former` (opens a version's folder) withholds.
    """

    def __init__(self, db: Counts, k: int, folder: Path | None = None, former: Former | None = None) -> None:
        self.k = k
        self._db = db
        self._lock = threading.RLock()
        kept = withheld_kept.Kept() if folder is None else withheld_kept.read(folder)
        self._known: dict[str, Any] = dict(kept.cells) if kept.k == k else {}
        self._origin = None if folder is None or former is None or kept.made_of is None else (kept, folder, former)

    def keep(self, folder: Path, heard: Callable[[float], None] = lambda _share: None) -> None:
        """Work out every table and write its cells to `folder` (a version being built, not yet read by anybody).

        `heard` is told the share of the tables done.
        """
        years = sorted({int(year) for year in small_exchange(self._db)["year"]})
        weights = dict.fromkeys(_TABLES, 1) | {f"exchange {year}": 8 for year in years}  # as they take their time
        tables: dict[str, Cells] = {}
        for name in weights:
            heard(sum(weights[known] for known in tables) / sum(weights.values()))
            tables[name] = self.named(name)
        withheld_kept.write(folder, withheld_kept.Kept(self.k, tables))

    def cells(self, table: str) -> Cells:
        """The withheld cells of a protected table: (area, year, …) or, of month, (area, month, part)."""
        made: Cells = self._once(table, lambda: frozenset(_TABLES[table](self)) | self._carried(table))
        return made

    def _carried(self, table: str) -> Cells:
        """What is made of cells that the version before withholds; none where this is the first on its records."""
        if self._origin is None:
            return frozenset()
        kept, folder, former = self._origin
        return withheld_kept.carried(kept, table, lambda: former(folder.parent / kept.source, table, self.k))

    def levels(self) -> Mapping[str, str]:
        """The level of each area, by code."""
        found: dict[str, str] = self._once(
            "levels", lambda: self.inside.drop_duplicates("code").set_index("code")["level"].to_dict()
        )
        return found

    @property
    def inside(self) -> Frame:
        """Which areas lie in which."""
        found: Frame = self._once("inside", lambda: small_areas(self._db))
        return found

    @property
    def attendance(self) -> Frame:
        """Attendances and their parts by area and month."""
        found: Frame = self._once("attendance", lambda: small_attendance(self._db))
        return found

    def sums(self) -> Sums:
        """Every way areas sum up: a parent of its children, an overlay of its communities."""

        def made() -> list[tuple[str, list[str]]]:
            own = self.inside[self.inside["ancestor"] == self.inside["code"]]
            nested = own[own["level"].isin(["subdistrict", "community", "neighbourhood"])]
            found = [(str(parent), list(part["code"])) for parent, part in nested.groupby("parent")]
            overlays = self.inside[self.inside["ancestor_level"].isin(["former_district", "zone"])]
            parts = overlays[overlays["level"] == "community"]
            return found + [(str(overlay), list(part["code"])) for overlay, part in parts.groupby("ancestor")]

        found: Sums = self._once("sums", made)
        return found

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        with self._lock:
            if name not in self._known:
                self._known[name] = make()
            return self._known[name]

    # ── the protected tables ──

    def _survey(self) -> Iterator[tuple[Any, ...]]:
        for (year, question), part in small_survey(self._db).groupby(["year", "question"]):
            found = self._of(part, {"area": self.sums()}, {"answer": ALL})
            yield from ((row.area, year, question, row.answer) for row in found.itertuples())

    def _assessment(self) -> Iterator[tuple[Any, ...]]:
        for (year, dimension), part in small_assessment(self._db).groupby(["year", "dimension"]):
            found = self._of(part, {"area": self.sums()})
            yield from ((row.area, year, dimension) for row in found.itertuples())

    def _person(self) -> Iterator[tuple[Any, ...]]:
        rows = pd.concat([_detailed(small_age_sex(self._db)), _neighbourhoods(self._by_year())], ignore_index=True)
        for year, part in rows.groupby("year"):
            never = part["group"].isin(["unknown 60+", "unknown other"]).to_numpy()
            within = {"area": self.sums(), "group": PERSONS, "first": [(ALL, ("first", "returning"))]}
            found = self._of(part, within, never=never)
            yield from ((row.area, year, row.group, row.first) for row in found.itertuples())

    def _hosted(self) -> Iterator[tuple[Any, ...]]:
        wide = self._by_year()
        for year, part in wide.groupby("year"):
            rows = _melted(part, {ALL: part["attendances"], "visiting": part["attendances_visiting"]})
            within = {"area": self.sums(), "part": [(ALL, ("visiting", "local"))]}
            found = self._of(rows, within, told=(rows["part"] == ALL).to_numpy())
            yield from ((row.area, year, row.part) for row in found.itertuples())

    def _month(self) -> Iterator[tuple[Any, ...]]:
        coarse = self.attendance[self.attendance["level"].isin(COARSE)]
        wide = _wide(coarse.assign(month=coarse["month"].map(_month_of)), "month")
        for _, part in wide.groupby(wide["month"].str[:4]):
            whole = part.groupby("area", as_index=False).sum(numeric_only=True).assign(month=ALL)
            both = pd.concat([part, whole], ignore_index=True)
            rows = _parts_of(both, "month")
            within = {"area": self.sums(), "month": [(ALL, list(part["month"].unique()))], "part": MONTHLY}
            found = self._of(rows, within, told=(rows["part"] == "hosted").to_numpy())
            yield from ((row.area, row.month, row.part) for row in found.itertuples() if row.month != ALL)

    def exchanged(self, year: int) -> Cells:
        """The withheld cells of host × home in a year: (host, home)."""
        name = f"exchange {year}"
        found: Cells = self._once(name, lambda: frozenset(self._exchange(year)) | self._carried(name))
        return found

    def named(self, table: str) -> Cells:
        """The withheld cells of a table by the name it is kept under."""
        kind, _, year = table.partition(" ")
        return self.exchanged(int(year)) if year else self.cells(kind)

    def _exchange(self, year: int) -> Iterator[tuple[Any, ...]]:
        flows = self._once("flows", lambda: small_exchange(self._db))
        rows, told, sums = crossed(flows[flows["year"] == year], self.holders())
        found = protect(rows, "counted", {}, k=self.k, told=told, also=sums)
        yield from ((row.host, row.home) for row in found[is_withheld(found["status"])].itertuples())

    def holders(self) -> dict[str, tuple[str, list[str]]]:
        """Level and communities of each area from community up."""
        inner = self.inside[self.inside["level"] == "community"]
        return {
            str(code): (str(level), list(part["code"]))
            for (code, level), part in inner.groupby(["ancestor", "ancestor_level"])
        }

    def _by_year(self) -> Frame:
        year = pd.to_datetime(self.attendance["month"]).dt.year
        return _wide(self.attendance.assign(year=year), "year")

    def _of(
        self,
        rows: Frame,
        within: Mapping[str, Sums],
        total: Mapping[str, str] | None = None,
        *,
        never: Any = None,
        told: Any = None,
    ) -> Frame:
        found = protect(rows.reset_index(drop=True), "counted", within, total, self.k, unpublished=never, told=told)
        return found[is_withheld(found["status"])]


_TABLES: dict[str, Callable[[Withholding], Iterator[tuple[Any, ...]]]] = {
    "survey": Withholding._survey,
    "assessment": Withholding._assessment,
    "person": Withholding._person,
    "hosted": Withholding._hosted,
    "month": Withholding._month,
}

KNOWN = tuple(f"{sex} {age}" for age in AGES for sex in SEXES)
UNRECORDED = ("unknown 60+", "unknown other")
OLD = (*(f"{sex} {age}" for age in ELDERLY for sex in SEXES), "unknown 60+")
PERSONS: Sums = [
    (ALL, (*KNOWN, "unknown")),
    (ALL, ("60+", "under 60")),
    ("60+", OLD),
    ("unknown", UNRECORDED),
]
MONTHLY: Sums = [("home", ("first", "returning")), ("home", ("60+", "under 60")), ("hosted", ("visiting", "local"))]


def group_of(age_band: str, sex: str) -> str:
    """The row an age band and a sex are told in: their own, or unknown where either was not recorded."""
    return f"{sex} {age_band}" if age_band in AGES and sex in SEXES else "unknown"


def _detailed(rows: Frame) -> Frame:
    """Age and sex from community up as it is told, and what could be had by subtracting the 60 and older from it."""
    group = [group_of(age, sex) for age, sex in zip(rows["age_band"], rows["sex"], strict=True)]
    told = _grouped(rows.assign(group=group, first=np.where(rows["first_time"], "first", "returning")))
    everyone = _grouped(told.assign(group=ALL))
    by_group = pd.concat([told, everyone], ignore_index=True)
    old = rows["age_band"].isin(ELDERLY)
    derived = [
        rows.assign(group=np.where(old, "60+", "under 60")),
        rows.assign(group=np.where(old, "unknown 60+", "unknown other"))[np.asarray(group) == "unknown"],
    ]
    return pd.concat(
        [by_group, *(_grouped(part.assign(first=ALL)) for part in (by_group, *derived))], ignore_index=True
    )


def _grouped(rows: Frame) -> Frame:
    return rows.groupby(["area", "year", "group", "first"], as_index=False)[["counted"]].sum()


def _neighbourhoods(wide: Frame) -> Frame:
    """What is told of a neighbourhood's own: all, those for the first time, those from 60."""
    own = wide[wide["level"] == "neighbourhood"]
    home, first, old = own["attendances_home"], own["attendances_first_time"], own["attendances_60_plus"]
    found = [
        own[["area", "year"]].assign(group=group, first=time, counted=counted)
        for group, time, counted in (
            (ALL, ALL, home),
            (ALL, "first", first),
            (ALL, "returning", home - first),
            ("60+", ALL, old),
            ("under 60", ALL, home - old),
        )
    ]
    return pd.concat(found, ignore_index=True)


def _wide(rows: Frame, time: str) -> Frame:
    names = ["attendances", *ATTENDED]
    wide = rows.pivot_table(index=["area", "level", time], columns="measure", values="counted", aggfunc="sum")
    return wide.reindex(columns=names).fillna(0).reset_index()


def _melted(part: Frame, columns: Mapping[str, pd.Series[Any]]) -> Frame:
    rest = {"local": columns[ALL] - columns["visiting"]}
    found = [part[["area"]].assign(part=name, counted=counted) for name, counted in {**columns, **rest}.items()]
    return pd.concat(found, ignore_index=True)


def _parts_of(wide: Frame, time: str) -> Frame:
    home, hosted = wide["attendances_home"], wide["attendances"]
    columns = {
        "home": home,
        "first": wide["attendances_first_time"],
        "returning": home - wide["attendances_first_time"],
        "60+": wide["attendances_60_plus"],
        "under 60": home - wide["attendances_60_plus"],
        "hosted": hosted,
        "visiting": wide["attendances_visiting"],
        "local": hosted - wide["attendances_visiting"],
    }
    found = [wide[["area", time]].assign(part=name, counted=counted) for name, counted in columns.items()]
    return pd.concat(found, ignore_index=True)


def _month_of(day: Any) -> str:
    return str(pd.Timestamp(day).strftime("%Y-%m"))


def years_of(start: date, end: date) -> range:
    """The years a period touches."""
    return range(start.year, end.year + 1)
