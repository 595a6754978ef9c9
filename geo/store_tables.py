"""The tables of the edition store. All but `presence` only ever grow: triggers refuse to change or delete a row."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import sqlalchemy as sa

from geo.database import Moment

VERSIONS: Final = Path(__file__).with_name("migrations") / "editions"
VERSION_TABLE: Final = "editions_version"
NAME: Final = sa.String(200)
ID: Final = sa.String(64)
CODE: Final = sa.String(20)

metadata = sa.MetaData()


def _who() -> list[sa.Column[object]]:
    """Who, in which role, when and why."""
    return [
        sa.Column("user", NAME, nullable=False), sa.Column("role", sa.String(20), nullable=False),
        sa.Column("at", Moment, nullable=False), sa.Column("why", sa.Text, nullable=False),
    ]  # fmt: skip


draft = sa.Table(
    "draft", metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("name", NAME, nullable=False),
    sa.Column("founded_on", sa.ForeignKey("edition.id"), nullable=False),
    *_who(),
)  # fmt: skip

edition = sa.Table(
    "edition", metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
    sa.Column("name", NAME, nullable=False),
    sa.Column("effective_on", sa.Date, nullable=False),
    *_who(),
    sa.Column("base", sa.ForeignKey("edition.id")),
    # a draft stands on an edition that stood before it: no foreign key, or the two tables could not be filled in order
    sa.Column("draft", ID),
    sa.Column("head", sa.Integer, nullable=False),
)  # fmt: skip

edition_block = sa.Table(
    "edition_block", metadata,
    sa.Column("edition", sa.ForeignKey("edition.id"), primary_key=True),
    sa.Column("block_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("neighbourhood", CODE, nullable=False),
)  # fmt: skip

edition_name = sa.Table(
    "edition_name", metadata,
    sa.Column("edition", sa.ForeignKey("edition.id"), primary_key=True),
    sa.Column("code", CODE, primary_key=True),
    sa.Column("name_zh", NAME, nullable=False),
    sa.Column("name_en", NAME, nullable=False),
)  # fmt: skip

succession = sa.Table(
    "succession", metadata,
    sa.Column("edition", sa.ForeignKey("edition.id"), primary_key=True),
    sa.Column("former", CODE, primary_key=True),
    sa.Column("code", CODE, primary_key=True),
    sa.Column("relation", sa.String(20), nullable=False),
    sa.Column("households", sa.Integer, nullable=False),
    sa.Column("blocks", sa.Integer, nullable=False),
)  # fmt: skip

entry = sa.Table(
    "entry", metadata,
    sa.Column("draft", sa.ForeignKey("draft.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", ID, nullable=False, unique=True),
    sa.Column("kind", sa.String(20), nullable=False),
    *_who(),
    sa.Column("operation", sa.JSON(none_as_null=True)),
    sa.Column("refers", sa.Integer),
    sa.Column("base", sa.ForeignKey("edition.id")),
    sa.Column("effects", sa.JSON, nullable=False),
)  # fmt: skip

step = sa.Table(
    "step", metadata,
    sa.Column("draft", sa.ForeignKey("draft.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", ID, nullable=False, unique=True),
    sa.Column("kind", sa.String(40), nullable=False),
    *_who(),
    sa.Column("on", sa.Date, nullable=False),
    sa.Column("head", sa.Integer, nullable=False),
    sa.Column("document", NAME, nullable=False),
    sa.Column("source", NAME, nullable=False),
    sa.Column("until", sa.Date),
    sa.Column("refers", sa.Integer),
    sa.Column("alone", sa.Boolean, nullable=False),
    sa.Column("edition", ID),
)  # fmt: skip

attachment = sa.Table(
    "attachment", metadata,
    sa.Column("draft", ID, primary_key=True),
    sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", NAME, nullable=False),
    sa.Column("media_type", NAME, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.ForeignKeyConstraint(["draft", "step"], ["step.draft", "step.seq"]),
)  # fmt: skip

presence = sa.Table(
    "presence", metadata,
    sa.Column("draft", ID, primary_key=True),
    sa.Column("client", ID, primary_key=True),
    sa.Column("user", NAME, nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("place", CODE, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("seen", Moment, nullable=False),
)  # fmt: skip

HISTORY: Final = (edition, edition_block, edition_name, succession, draft, entry, step, attachment)
"""The tables that only grow, in an order in which each refers to those before it."""
