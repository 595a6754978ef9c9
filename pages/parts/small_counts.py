"""The one door through which counts that could point at few people reach a page: small ones are hidden, not zero."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from queries.suppression import is_withheld, protect, threshold

ALL = "all"


def hide(frame: pd.DataFrame, count: str, by: Sequence[str]) -> pd.DataFrame:
    """The frame (one row per combination of the columns `by`) with `hidden`; hidden counts are null (Int64).

    An answer that was protected where it was asked (column `withheld`) is taken as it is. Else every sum over a column
    counts as known, since other figures tell it: what could be worked out from sums is hidden too.
    """
    if "withheld" in frame:
        return frame.assign(hidden=frame["withheld"].astype(bool))
    if frame.empty:
        return frame.assign(hidden=pd.Series(dtype=bool))
    cells = frame[[*by, count]].assign(**{column: frame[column].astype(str) for column in by})
    for column in by:
        rest = [other for other in by if other != column]
        sums = cells.groupby(rest, as_index=False)[count].sum() if rest else pd.DataFrame({count: [cells[count].sum()]})
        cells = pd.concat([cells, sums.assign(**{column: ALL})], ignore_index=True)
    told = protect(cells, count, {}, total=dict.fromkeys(by, ALL), k=threshold())
    hidden = is_withheld(told["status"]).to_numpy()[: len(frame)]
    told_counts = frame[count].astype("Int64").mask(pd.Series(hidden, index=frame.index))
    return frame.assign(**{count: told_counts}).assign(hidden=hidden)
