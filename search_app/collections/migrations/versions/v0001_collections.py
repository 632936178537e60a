"""Collections, what is saved in them, and the settings of the database itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "setting",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )
    op.create_table(
        "collection",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("edit_digest", sa.String(64), nullable=False),
        sa.Column("read_digest", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("changed", sa.String(32), nullable=False),
        sa.Column("deleted", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_collection"),
        sa.UniqueConstraint("edit_digest", name="uq_collection_edit_digest"),
        sa.UniqueConstraint("read_digest", name="uq_collection_read_digest"),
    )
    op.create_index("ix_collection_deleted", "collection", ["deleted"])
    op.create_table(
        "saved_item",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("collection", sa.Integer, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("paragraph", sa.String(64), nullable=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("saved", sa.String(32), nullable=False),
        sa.Column("deleted", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_saved_item"),
        sa.ForeignKeyConstraint(
            ["collection"], ["collection.number"], name="fk_saved_item_collection", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("collection", "id", name="uq_saved_item_collection_id"),
        sa.UniqueConstraint("collection", "key", name="uq_saved_item_collection_key"),
    )
    op.create_index("ix_saved_item_deleted", "saved_item", ["deleted"])
    op.create_index("ix_saved_item_paragraph", "saved_item", ["paragraph"])


def downgrade() -> None:
    """Never: a backup made before is the way back."""
    raise NotImplementedError
