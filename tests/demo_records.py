"""The demonstration records of the chessboard district, made once for all tests that read them."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from data.demo import SEED, make_records
from data.demo_organisations import SELF_MANAGEMENT_BEGAN

from . import demo_standin


class Records:
    """The tables of one folder, each read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[str, pd.DataFrame] = {}

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            frame = pq.read_table(self.root / "records" / f"{name}.parquet").to_pandas(date_as_object=False)
            self._read[name] = frame
        return self._read[name]

    def in_year(self, name: str, column: str, year: int) -> pd.DataFrame:
        table: pd.DataFrame = getattr(self, name)
        return table[table[column].dt.year == year]

    def workers(self, dimension: str, *categories: str, year: int = 2020) -> int:
        table = self.staffing
        chosen = (table["year"] == year) & (table["dimension"] == dimension) & table["category"].isin(categories)
        return int(table.loc[chosen, "workers"].sum())

    def yes(self, question: str) -> float:
        table = self.survey[(self.survey["year"] == 2020) & (self.survey["question"] == question)]
        return float(table.loc[table["answer"] == "yes", "responses"].sum() / table["responses"].sum())

    def growth(self, *scopes: str) -> float:
        table = self.social_organisation[self.social_organisation["scope"].isin(scopes)]
        start = pd.Timestamp(SELF_MANAGEMENT_BEGAN)
        then = (table["founded_on"] <= start) & ~(table["dissolved_on"] <= start)
        return float(table["dissolved_on"].isna().sum() / then.sum() - 1)


@cache
def made() -> Records:
    """Make the records in a folder of their own; the progress heard must rise to the whole."""
    root = Path(tempfile.mkdtemp(prefix="demo-records-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    demo_standin.write_geography(root / "records" / "geography")
    heard: list[float] = []
    make_records(root, SEED, lambda _, done: heard.append(done))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    return Records(root)
