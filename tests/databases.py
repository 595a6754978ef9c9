"""The databases the stores are tested on: an address in SQLite, or one in a PostgreSQL started for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.postgres import Cluster, cluster

KINDS = ("sqlite", "postgresql")
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One PostgreSQL for the session (of each worker)."""
    with cluster() as running:
        yield running


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    return fresh(request, str(request.param), tmp_path)


def fresh(request: pytest.FixtureRequest, kind: str, folder: Path) -> str:
    """The address of one more empty database of a kind."""
    number = next(_numbers)
    if kind == "sqlite":
        return f"sqlite:///{folder / f'store-{number}.sqlite'}"
    return str(request.getfixturevalue("postgres").url(f"store_{number}"))
