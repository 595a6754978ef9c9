"""Stories, every version of them, and how long rehearsals took."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "stories_0001"
down_revision = None


def upgrade() -> None:
    """Make the three tables; `data.story_store` describes them."""
    op.create_table(
        "story",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("head", sa.Integer, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.Column("deleted_at", sa.DateTime),
    )
    op.create_table(
        "story_version",
        sa.Column("story", sa.String(64), sa.ForeignKey("story.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("parent", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "rehearsal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("story", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("seconds", sa.Text, nullable=False),
    )
    op.create_index("rehearsal_of", "rehearsal", ["story", "at"])
