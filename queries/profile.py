"""All measures of a profile at once: one area, its fellows and its parent in a single answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from queries.run import Database


def measures_by_code(
    db: Database, measures: Sequence[str], codes: Sequence[str], start: date, end: date
) -> pd.DataFrame:
    """One row per measure × known code, by both: measure, code, value (float, NaN where missing).

    Over the period a measure counts as in `indicator_by_code`; a profile of forty indicators is one question so.
    """
    return db.frame("measures_by_code", measures=list(measures), codes=list(codes), start=start, end=end)
