"""The tables of the edition store as they began, and the triggers that keep them from being rewritten."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from geo.database import Moment

revision = "0001"
down_revision = None
GROWING = ("edition", "edition_block", "edition_name", "succession", "draft", "entry", "step", "attachment")


def upgrade() -> None:
    """Make all tables."""
    _editions()
    _drafts()
    _steps()
    _presence()
    _only_growing()


def _who() -> list[sa.Column[object]]:
    return [
        sa.Column("user", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    ]


def _key(name: str, to: str) -> sa.Column[object]:
    return sa.Column(name, sa.String(64), sa.ForeignKey(to), primary_key=True)


def _editions() -> None:
    op.create_table(
        "edition",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        *_who(),
        sa.Column("base", sa.String(64), sa.ForeignKey("edition.id")),
        sa.Column("draft", sa.String(64)),
        sa.Column("head", sa.Integer, nullable=False),
    )
    op.create_table(
        "edition_block",
        _key("edition", "edition.id"),
        sa.Column("block_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("neighbourhood", sa.String(20), nullable=False),
    )
    op.create_table(
        "edition_name",
        _key("edition", "edition.id"),
        sa.Column("code", sa.String(20), primary_key=True),
        sa.Column("name_zh", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
    )
    op.create_table(
        "succession",
        _key("edition", "edition.id"),
        sa.Column("former", sa.String(20), primary_key=True),
        sa.Column("code", sa.String(20), primary_key=True),
        sa.Column("relation", sa.String(20), nullable=False),
        sa.Column("households", sa.Integer, nullable=False),
        sa.Column("blocks", sa.Integer, nullable=False),
    )


def _drafts() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("founded_on", sa.String(64), sa.ForeignKey("edition.id"), nullable=False),
        *_who(),
    )
    op.create_table(
        "entry",
        _key("draft", "draft.id"),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("kind", sa.String(20), nullable=False),
        *_who(),
        sa.Column("operation", sa.JSON(none_as_null=True)),
        sa.Column("refers", sa.Integer),
        sa.Column("base", sa.String(64), sa.ForeignKey("edition.id")),
        sa.Column("effects", sa.JSON, nullable=False),
    )


def _steps() -> None:
    op.create_table(
        "step",
        _key("draft", "draft.id"),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("kind", sa.String(40), nullable=False),
        *_who(),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("head", sa.Integer, nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("refers", sa.Integer),
        sa.Column("alone", sa.Boolean, nullable=False),
        sa.Column("edition", sa.String(64)),
    )
    op.create_table(
        "attachment",
        sa.Column("draft", sa.String(64), primary_key=True),
        sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["draft", "step"], ["step.draft", "step.seq"]),
    )


def _presence() -> None:
    op.create_table(
        "presence",
        sa.Column("draft", sa.String(64), primary_key=True),
        sa.Column("client", sa.String(64), primary_key=True),
        sa.Column("user", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("place", sa.String(20), nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.Column("seen", Moment, nullable=False),
    )


def _only_growing() -> None:
    """Rows of the history are written once: neither a fault of ours nor a hand in the database changes them unseen."""
    text = Path(__file__).with_name(f"only_growing.{op.get_bind().dialect.name}.ddl").read_text(encoding="utf-8")
    once, _, each = text.partition("-- for each table\n")
    for statements in (once, *(each.replace("{table}", table) for table in GROWING)):
        for statement in filter(None, (part.strip() for part in statements.split("\n\n"))):
            op.get_bind().exec_driver_sql(statement)
