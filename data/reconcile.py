"""Our totals held against the figures that the report publishes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd

from data.contract import DataError
from data.manifest import current_folder

PUBLISHED = Path(__file__).with_name("reference") / "published_figures.csv"
ABOVE = 1.03
"""A figure that says "more than" (余, 多) is met up to this multiple of it."""
AROUND = 0.02
"""How far, as a share, a figure that says "about" may be missed."""
NEARLY = frozenset({"interest_groups"})
"""Figures that say "nearly" (近): at most the figure, at least its share below."""
RATES = frozenset({"share", "years"})
"""Units of figures that are no counts."""
COLUMNS = [
    "id", "theme", "name_zh", "name_en", "value", "bound", "unit", "period", "period_zh", "check", "section",
    "meaning_zh", "meaning_en", "ours", "met",
]  # fmt: skip


class TotalUnknown(DataError):
    """Raised when data/sql/published_total.sql names a figure that is not published as a total."""

    def __init__(self, ids: list[str]) -> None:
        super().__init__(
            f"Nothing is published as a total under {', '.join(ids)}. "
            "Use the ids of data/reference/published_figures.csv in data/sql/published_total.sql."
        )
        self.ids = ids


@dataclass(frozen=True)
class Reconciled:
    """One published figure: `ours` and `met` are None for a constant, which no record can check."""

    id: str
    theme: str
    name_zh: str
    name_en: str
    value: float
    bound: str
    unit: str
    check: str
    ours: float | None
    met: bool | None


def is_met(figure: str, published: str, bound: str, ours: float) -> bool:
    """Whether `ours` meets a figure, given as the text that was published (its digits count), within its bound.

    exact: equal when rounded to the digits published. at_least: from the figure to 1.03 times it. about: within 2 %,
    and not above where the report says "nearly". min, max: no less, no more.
    """
    value = float(published)
    if bound == "exact":
        step = Decimal(1).scaleb(-len(published.partition(".")[2]))
        return Decimal(repr(ours)).quantize(step, ROUND_HALF_UP) == Decimal(published)
    highest = value if figure in NEARLY else value * (1 + AROUND)
    within = {
        "at_least": value <= ours <= value * ABOVE,
        "about": value * (1 - AROUND) <= ours <= highest,
        "min": ours >= value,
        "max": ours <= value,
    }
    return within[bound]


def published_table(totals: Mapping[str, float | None], path: Path = PUBLISHED) -> pd.DataFrame:
    """Return extracts.published of the contract: the figures of `path` in its order, with our totals (id -> value).

    A total that is not given, because no record bears on it, is missed. Raises TotalUnknown for one never published.
    """
    figures = pd.read_csv(path, dtype=str, keep_default_na=False)
    wanted = set(figures.loc[figures["check"] == "total", "id"])
    if odd := sorted(set(totals) - wanted):
        raise TotalUnknown(odd)
    ours = [totals.get(figure) for figure in figures["id"]]
    rows = zip(figures["id"], figures["value"], figures["bound"], ours, strict=True)
    met = [None if own is None else is_met(figure, text, bound, own) for figure, text, bound, own in rows]
    table = figures.assign(value=figures["value"].astype(float), ours=pd.array(ours, dtype="Float64"))
    return table.assign(met=pd.array(_unmet_if_unknown(figures, met), dtype="boolean"))[COLUMNS]


def _unmet_if_unknown(figures: pd.DataFrame, met: list[bool | None]) -> list[bool | None]:
    """A total for which the records hold nothing is missed, not unknown."""
    checks = figures["check"]
    return [False if one is None and check == "total" else one for one, check in zip(met, checks, strict=True)]


def reconcile(root: Path) -> list[Reconciled]:
    """The published figures against the current version of the extracts, in the report's order.

    Raises NoManifest when nothing is built.
    """
    table = pd.read_parquet(current_folder(root) / "published.parquet")
    return [_reconciled(row) for row in table.to_dict("records")]


def _reconciled(row: Mapping[Hashable, object]) -> Reconciled:
    total = row["check"] == "total"
    ours = row["ours"]
    texts = {name: str(row[name]) for name in ("id", "theme", "name_zh", "name_en", "bound", "unit", "check")}
    known = total and ours is not None and ours == ours
    return Reconciled(
        **texts,
        value=float(str(row["value"])),
        ours=float(str(ours)) if known else None,
        met=bool(row["met"]) if total else None,
    )


def lost(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Figures that other records would no longer meet: rows of `after`, with our former total as `was`.

    Both are extracts.published. A figure is lost when it was met and is not, or when a count that was below what is
    published goes beyond it, as happens where records come twice.
    """
    told = after.merge(before[["id", "ours", "met"]], on="id", suffixes=("", "_was"))
    known = told["ours"].notna() & told["ours_was"].notna()
    ours, was = (told[name].astype(float) for name in ("ours", "ours_was"))
    beyond = known & ~told["unit"].isin(RATES) & (was < told["value"]) & (ours > told["value"])
    gone = told["met"].eq(False) & (told["met_was"].eq(True) | beyond)
    return told[gone.fillna(False)].rename(columns={"ours_was": "was"}).drop(columns="met_was")


@dataclass(frozen=True)
class Summary:
    """How many figures are published, how many totals are met, how many constants only stated, and which are missed."""

    published: int
    met: int
    stated: int
    missed: list[str]


def summary(figures: list[Reconciled]) -> Summary:
    """Count what `reconcile` found."""
    return Summary(
        published=len(figures),
        met=sum(figure.met is True for figure in figures),
        stated=sum(figure.check == "constant" for figure in figures),
        missed=[figure.id for figure in figures if figure.met is False],
    )
