"""Inbox, subscriptions, and what events tell about a batch."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = sa.String(length=255)
ID = sa.String(length=64)
_UNREAD = sa.text("due IS NOT NULL")


def upgrade() -> None:
    """Add the tables, and fill the vendor's id of each batch from what is stored of it."""
    op.create_table(
        "inbox",
        sa.Column("connection", NAME, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("told", ID, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("word", NAME, nullable=True),
        sa.Column("at", sa.Float(), nullable=True),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("payload", ID, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("received", sa.Float(), nullable=False),
        sa.Column("last", sa.Float(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due", sa.Float(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("connection", "id"),
    )
    op.create_index("inbox_due", "inbox", ["due"], sqlite_where=_UNREAD, postgresql_where=_UNREAD)
    op.create_index("inbox_received", "inbox", ["received"])
    op.create_table(
        "subscription",
        sa.Column("connection", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("id", NAME, nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made", sa.Float(), nullable=False),
        sa.Column("checked", sa.Float(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("connection", "kind"),
    )
    op.create_table(
        "rhythm",
        sa.Column("connection", NAME, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("last", sa.Float(), nullable=True),
        sa.Column("gap", sa.Float(), nullable=True),
        sa.Column("missed", sa.Float(), nullable=True),
        sa.Column("looks_hinted", sa.Integer(), nullable=False),
        sa.Column("looks_timed", sa.Integer(), nullable=False),
        sa.Column("moved_hinted", sa.Integer(), nullable=False),
        sa.Column("moved_timed", sa.Integer(), nullable=False),
        sa.Column("looks_saved", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("connection"),
    )
    op.add_column("batch", sa.Column("remote_id", NAME, nullable=True))
    op.add_column("batch", sa.Column("hinted", sa.Float(), nullable=True))
    op.add_column("batch", sa.Column("drift", sa.Float(), nullable=True))
    op.create_index("batch_remote", "batch", ["remote_id"])
    op.create_index("batch_hinted", "batch", ["hinted"])
    op.create_index("batch_drift", "batch", ["drift"])
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, remote, created FROM batch WHERE remote IS NOT NULL")).all()
    for batch, remote, created in rows:
        connection.execute(
            sa.text("UPDATE batch SET remote_id = :remote, drift = :drift WHERE id = :id"),
            {"id": batch, "remote": json.loads(remote)["id"], "drift": created},
        )
