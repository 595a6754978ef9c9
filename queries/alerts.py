"""Which monthly figures have not been delivered."""

from __future__ import annotations

from datetime import date

import pandas as pd

from queries.run import Database


def alerts_late(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per flow measure × subdistrict × month in which neighbourhoods of `area` lack a figure, latest first.

    Columns measure, subdistrict, month, neighbourhoods (of the subdistrict in `area`), missing (of those). A month in
    which nothing happened has a figure: zero. Give as `end` no day beyond the data.
    """
    return db.frame("alerts_late", area=area, start=start, end=end)
