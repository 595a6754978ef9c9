"""Who is at work: until there is sign-in, one local user who picks his role; his name goes into every log entry."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import streamlit as st

from geo.store_records import Role, User
from pages.parts import state
from pages.parts.words import t

ROLES = (Role.PLANNER, Role.APPROVER, Role.READER)
NAME_LENGTH = 20


def current_user() -> User:
    """The user of the address, which a reload keeps: the role (a planner at first) and the name given to it."""
    asked = state.current_view().get("role")
    role = Role(asked) if asked in ROLES else Role.PLANNER
    return User(state.current_view().get("as")[:NAME_LENGTH].strip() or str(role), role)


def shown_name(name: str) -> str:
    """A user's name for readers: one that was never given is the name of the role."""
    return t(f"planner.role.{name}") if name in {*Role, "system"} else name


def client() -> str:
    """What tells this browser window from others of the same user."""
    known: str | None = state.recall("client", None)
    if known is None:
        known = str(uuid4())
        state.keep("client", known)
    return known


def picker() -> None:
    """Role, and the name that stands in the log."""
    user = current_user()
    with st.popover(t("planner.at_work", name=shown_name(user.name))):
        st.segmented_control(
            t("planner.role_label"),
            ROLES,
            format_func=lambda role: t(f"planner.role.{role}"),
            key=state.seed("role", user.role),
            on_change=_take_role,
            required=True,
        )
        st.text_input(
            t("planner.name_label"),
            max_chars=NAME_LENGTH,
            placeholder=shown_name(str(user.role)),
            key=state.seed("planner_name", state.current_view().get("as")),
            on_change=_take_name,
        )
        st.caption(t("planner.about"))


def _take_role() -> None:
    picked = str(state.chosen("role"))
    given: dict[str, Any] = {"role": None if picked == Role.PLANNER else picked}
    state.go(**given)


def _take_name() -> None:
    given: dict[str, Any] = {"as": (state.chosen("planner_name") or "").strip() or None}
    state.go(**given)
