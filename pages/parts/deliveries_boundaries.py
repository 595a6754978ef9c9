"""Boundaries among the deliveries: what they would change, and handed over to the workbench as a draft."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from uuid import uuid4

import streamlit as st

from data.imports.gis import Layer
from geo.plans_import import Imported, edited
from geo.store_records import Role
from pages.parts import (
    downloads,
    planner,
    state,
    tables,
    workbench_base,
    workbench_drafts,
    workbench_files,
    workbench_open,
)
from pages.parts import workbench_words as said
from pages.parts.words import number, t

KEPT = "deliveries_boundaries"
NAMED = 12


@dataclass
class Held:
    """A layer held against the edition in force, and the draft that was made of it (address and communities)."""

    layer: Layer
    edition: str
    imported: Imported
    draft: str = ""
    communities: tuple[str, ...] = ()


def boundaries(layer: Layer, place: int) -> None:
    """What a layer of boundaries asks for, block by block, and the button that makes a draft of it."""
    if layer.edited is None:
        st.html(tables.paragraph(t("deliveries.boundaries.no_codes")))
        return
    held = _held(layer, place)
    if held.draft:
        st.html(handed_over(held))
        return
    st.html(told(held))
    _findings(held, place)
    if planner.current_user().role is not Role.PLANNER:
        role = t(f"planner.role.{planner.current_user().role}")
        st.html(tables.paragraph(t("workbench.closed_role", role=role), "ll-note-text"))
        return
    pressed = st.button(
        t("deliveries.boundaries.make"), type="primary", disabled=not held.imported.operations,
        key=f"deliveries_draft_{place}",
    )  # fmt: skip
    if pressed:
        make(held)
        st.rerun()


def _held(layer: Layer, place: int) -> Held:
    """The layer against the edition in force, counted once for each."""
    kept: dict[int, Held] = state.recall(KEPT, {})
    base = workbench_base.base()
    found = kept.get(place)
    if found is None or found.layer is not layer or found.edition != base.edition:
        assert layer.edited is not None
        with st.spinner(t("deliveries.boundaries.comparing")):
            names = workbench_files.present_names(base.plan, layer.edited)
            found = Held(layer, base.edition, edited(base.plan, layer.edited, names=names))
        state.keep(KEPT, {**kept, place: found})
    return found


def told(held: Held) -> str:
    """How far the layer agrees with the edition in force, and how many steps lead to it."""
    values = {"edition": held.edition, "matched": said.blocks_words(held.imported.matched)}
    if not held.imported.operations:
        return tables.paragraph(t("deliveries.boundaries.same", **values))
    steps = number(len(held.imported.operations))
    return tables.paragraph(t("deliveries.boundaries.differs", **values, steps=steps))


def _findings(held: Held, place: int) -> None:
    """Blocks that were mended or stay as they are: how many of each kind, the first of them, and all as a file."""
    findings = held.imported.findings
    if findings.empty:
        return
    counts = findings["kind"].value_counts()
    kinds = [
        t("deliveries.boundaries.kind", kind=t(f"workbench.files.kinds.{kind}"), count=number(count))
        for kind, count in counts.items()
    ]
    title = t("workbench.files.findings")
    st.html(tables.paragraph(t("deliveries.boundaries.findings", kinds=said.listed(kinds))))
    plan = workbench_base.base().plan
    st.html(workbench_files.findings_table(plan, held.imported))
    if len(findings) > workbench_files.MOST_FINDINGS:
        about = downloads.about(
            title, definition=t("workbench.files.in_about"), source=held.layer.file, period=held.edition
        )
        downloads.buttons(
            lambda: findings.assign(codes=findings["codes"].map("、".join)), len(findings), about,
            downloads.file_name(held.layer.file, title), f"deliveries_boundaries_{place}",
        )  # fmt: skip


def make(held: Held) -> None:
    """Begin a draft and write all that the layer asks for into it as one step."""
    user, now = planner.current_user(), datetime.now()
    name = t("deliveries.boundaries.draft_name", file=held.layer.file, month=now.month, day=now.day)
    draft = workbench_drafts.create(user, name[:80]).id
    why = t("workbench.files.why", name=held.layer.file)
    step = workbench_files.as_one(held.imported)
    entry = workbench_drafts.append(draft, [step], user, why, 0, str(uuid4()))
    pairs = [code for pair in entry.effects.blocks.values() for code in pair if code]
    held.communities = tuple(sorted({code[:12] for code in (*pairs, *entry.effects.codes)}))
    held.draft = draft


def handed_over(held: Held) -> str:
    """That the draft is there, with a link that opens it at its first communities, and one to each of the others."""
    first = held.communities[: workbench_open.MOST_OPEN]
    lead = t(
        "deliveries.boundaries.made",
        steps=number(len(held.imported.operations)),
        communities=number(len(held.communities)),
    )
    opening = tables.anchor(link(held, first), t("deliveries.boundaries.open", places=_listed(first)))
    html = f'<p role="status"><strong>{escape(lead)}</strong></p><p>{opening}</p>'
    others = held.communities[len(first) :]
    if not others:
        return html
    links = [tables.anchor(link(held, (code,)), said.published_name(code)) for code in others[:NAMED]]
    more = t("deliveries.boundaries.more", count=number(len(others) - NAMED)) if len(others) > NAMED else ""
    return f"{html}<p>{escape(t('deliveries.boundaries.others'))}{' '.join(links)} {escape(more)}</p>"


def _listed(codes: Iterable[str]) -> str:
    return said.listed(said.published_name(code) for code in codes)


def link(held: Held, communities: tuple[str, ...]) -> str:
    """The address of the draft in the workbench with these communities open."""
    beside = ",".join(communities[1:])
    return state.link("workbench", area=communities[0], draft=held.draft, **({"with": beside} if beside else {}))
