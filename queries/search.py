"""Search of areas by name, alias, pinyin, initials or code; the index is made once a data version."""

from __future__ import annotations

import pandas as pd

from queries.run import Database


def search_areas(db: Database, text: str, limit: int = 20) -> pd.DataFrame:
    """One row per area answering to `text`, best first: code, level, name_zh, name_en, path_zh, path_en, score (0–100).

    Full-width signs, case, spaces and accents do not matter; a suffix such as 街道, 社区 or 村 may be left out; small
    spelling errors are forgiven last. Empty text finds nothing.
    """
