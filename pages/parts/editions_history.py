"""The whole history as one file, and from such a file into a store that holds nothing yet."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from pages.parts import downloads, editions_base, editions_decide, planner, state, tables
from pages.parts.words import t


def box() -> None:
    """Take the history out; bring one in where the store is still empty."""
    with st.popover(t("editions.history")):
        st.html(tables.paragraph(t("editions.history_text"), "ll-note-text"))
        kept = editions_base.store()
        st.download_button(
            t("editions.history_take"), lambda: "\n".join(kept.export_history()).encode() + b"\n",
            f"{downloads.file_name(t('app.name'), t('editions.history'))}.jsonl", "application/jsonl",
            key="history-out", on_click="ignore", icon=":material/download:",
        )  # fmt: skip
        if kept.drafts() or len(kept.editions()) > 1:
            st.html(tables.paragraph(t("editions.history_full"), "ll-note-text"))
            return
        _bring()


def _bring() -> None:
    mark = editions_decide.nonce()
    given = st.file_uploader(t("editions.history_file"), ["jsonl"], key=f"history-{mark}")
    sure = st.checkbox(t("editions.history_sure"), key=f"sure-{mark}")
    approver = planner.current_user().role == "approver"
    st.button(
        t("editions.history_bring"), disabled=not (given and sure and approver), on_click=_import, args=(mark,),
        help=None if approver else t("editions.needs.decide"), key="history-in",
    )  # fmt: skip
    editions_decide.failed("history")


def _import(mark: str) -> None:
    file = state.chosen(f"history-{mark}")
    with editions_decide.attempt("history"):
        count = editions_base.store().import_history(_lines(file.getvalue()))
        editions_decide.done(t("editions.history_done", count=count))


def _lines(content: bytes) -> Iterator[str]:
    """The lines of a file; bytes that are no text become what no line may hold, so that the line is refused."""
    return (line for line in content.decode("utf-8", errors="replace").split("\n") if line.strip())
