"""The history of ids: documents that left the index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "history",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("document", sa.String(32), nullable=False),
        sa.Column("paragraphs", sa.String(64), nullable=False),
        sa.Column("successor", sa.String(32), nullable=True),
        sa.Column("form", sa.Integer, nullable=False),
        sa.Column("build", sa.String(40), nullable=False),
        sa.Column("built", sa.String(32), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("snapshot", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_history"),
    )
    op.create_index("ix_history_document", "history", ["document"])


def downgrade() -> None:
    """Never: a backup made before is the way back."""
    raise NotImplementedError
