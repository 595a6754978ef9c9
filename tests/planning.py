"""What tests of the workbench begin with: an edition store of their own, and the edition in force as a plan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.plans import Plan
from pages.parts import workbench_base, workbench_drafts


@pytest.fixture
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty edition store for one test."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'atlas.sqlite'}")
    workbench_drafts._store.clear()
    yield
    workbench_drafts._store.clear()


@pytest.fixture(scope="module")
def plan(extracts: Path) -> Plan:
    """The edition in force of the demonstration district."""
    return workbench_base.base().plan
