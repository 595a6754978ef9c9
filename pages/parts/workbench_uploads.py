"""Uploads in the workbench: what a file says is worked out once, shown on the map, and written as one step."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from html import escape
from typing import Any, TypeVar
from uuid import uuid4

import streamlit as st

from geo.operations import Operation
from geo.previews import preview
from pages.parts import state, workbench_desk
from pages.parts.words import t
from pages.parts.workbench_desk import Desk
from pages.parts.workbench_steps import Outcome, Step

T = TypeVar("T")


def once(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, kept under `name` until another key asks; what fails is tried again."""
    kept: tuple[Hashable, T] | None = state.recall(name, None)
    if kept is None or kept[0] != key:
        with st.spinner(t("workbench.files.reading")):
            kept = (key, make())
        state.keep(name, kept)
    return kept[1]


Lines = tuple[tuple[tuple[float, float], ...], ...]


def offer(desk: Desk, key: str, operation: Operation | None, head: int, why: str, lines: Lines = ()) -> None:
    """The buttons that put a step on the map (with lines it draws, metres) and into the draft, as it was at `head`."""
    acts: dict[str, tuple[Callable[..., None], tuple[Any, ...]]] = {
        "show": (_show, (desk, operation, lines)),
        "take": (_take, (desk, key, operation, head, why)),
    }
    with st.container(horizontal=True, gap="small"):
        for do, (act, arguments) in acts.items():
            st.button(
                t(f"workbench.files.{do}"),
                type="primary" if do == "take" else "secondary",
                disabled=operation is None,
                on_click=act,
                args=arguments,
                key=f"{key}_{do}",
            )


def _show(desk: Desk, operation: Operation, lines: Lines) -> None:
    """As a step in hand: Enter on the map commits it, Esc leaves it."""
    found = preview(workbench_desk.look(desk).plan, operation)
    workbench_desk.show(desk, Outcome(Step("propose"), found, lines=lines))


def told_taken(desk: Desk, key: str, head: int) -> bool:
    """Say that the step of this file is in the draft, as long as nothing came after it; whether it is."""
    if state.recall(f"{key}_taken", None) != (desk.draft, head):
        return False
    st.html(f'<p class="ll-text ll-better" role="status">{escape(t("workbench.files.taken"))}</p>')
    return True


def _take(desk: Desk, key: str, operation: Operation, head: int, why: str) -> None:
    now = workbench_desk.look(desk)
    try:
        workbench_desk.write(desk, now, [operation], {"head": head, "id": str(uuid4())}, why)
        state.keep(f"{key}_taken", (desk.draft, workbench_desk.look(desk).head))
    except Exception as error:  # said on the map, as every refusal is
        workbench_desk.tell_error(desk, error)
