"""Uploads in the workbench: what a file says is worked out once, however often the page around it runs."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

from pages.parts import state
from pages.parts.words import t

T = TypeVar("T")


def once(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, kept under `name` until another key asks; what fails is tried again."""
    kept: tuple[Hashable, T] | None = state.recall(name, None)
    if kept is None or kept[0] != key:
        with st.spinner(t("workbench.files.reading")):
            kept = (key, make())
        state.keep(name, kept)
    return kept[1]
