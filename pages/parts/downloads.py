"""Tables as files that carry definition and provenance, and the buttons that hand them out as CSV and XLSX."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from data.spreadsheets import CONTROL, csv_value, defused
from pages.parts import data, state
from pages.parts.words import moment_text, number, t

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 30_000  # a workbook of so many rows takes about ten seconds of one core; a CSV of any size under one


@dataclass(frozen=True)
class About:
    """What a file says of itself: `rows` are (label, value) in the reader's language, in the order they are written."""

    title: str
    rows: tuple[tuple[str, str], ...]


def csv_bytes(frame: pd.DataFrame, about: About) -> bytes:
    """UTF-8 with a byte order mark (Excel and WPS read the Chinese right): header, rows, then lines of provenance.

    The provenance stands last so that the header is the first line; its lines begin with `# `.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([defused(str(c)) for c in frame.columns])
    writer.writerows([csv_value(v) for v in row] for row in frame.itertuples(index=False, name=None))
    writer.writerow([])
    for label, value in [("", about.title), *about.rows]:
        writer.writerow([_one_line(f"# {label}: {value}" if label else f"# {value}")])
    return out.getvalue().encode("utf-8-sig")


def file_name(*parts: str) -> str:
    """A name every system accepts, Chinese kept: `邻里图-活动-中心村社区-2020`."""
    return "-".join(re.sub(r'[\\/:*?"<>|\s.]+', "_", p).strip("_") for p in parts if p)


def about(title: str, *, definition: str, source: str, period: str) -> About:
    """What every file says of itself: its nature, definition, source, period, edition, version, loading time."""
    manifest = data.manifest()
    nature = t("downloads.demonstration" if manifest.demonstration else "downloads.real")
    edition = t("downloads.edition_value", edition=manifest.edition, effective=manifest.edition_effective)
    if manifest.rebased_from:
        edition += t("edition_choice.estimated", origin=manifest.rebased_from)
    rows = (
        (t("downloads.nature"), nature),
        (t("downloads.definition"), definition),
        (t("downloads.source"), source),
        (t("downloads.period"), period),
        (t("downloads.edition"), edition),
        (t("downloads.version"), manifest.version),
        (t("downloads.loaded"), moment_text(manifest.built_at)),
        (t("downloads.address"), f"/{state.link().removeprefix('./')}"),
    )
    return About(title, rows)


def buttons(frame: Callable[[], pd.DataFrame], rows: int, about: About, name: str, key: str) -> None:
    """CSV and XLSX buttons side by side; `frame` is called, and the file (of `rows` rows) made, when pressed."""
    frame = data.pinned(frame)
    sheet, about_sheet = t("downloads.sheet"), t("downloads.about_sheet")  # the files are made outside of the session

    def as_csv() -> bytes:
        return csv_bytes(frame(), about)

    def as_xlsx() -> bytes:
        from pages.parts.workbook import xlsx_bytes  # brings openpyxl, which only a workbook needs

        return xlsx_bytes(frame(), about, sheet, about_sheet)

    with st.container(horizontal=True, gap="small"):
        _button("csv", as_csv, "text/csv", name, key)
        _button(
            "xlsx",
            as_xlsx,
            XLSX,
            name,
            key,
            "" if rows <= MOST_ROWS else t("downloads.too_many", most=number(MOST_ROWS)),
        )


def _button(kind: str, make: Callable[[], bytes], mime: str, name: str, key: str, refused: str = "") -> None:
    st.download_button(
        t(f"downloads.{kind}"),
        make,
        f"{name}.{kind}",
        mime,
        key=f"{key}-{kind}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
        disabled=bool(refused),
        help=refused or None,
    )


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", CONTROL.sub("", text))
