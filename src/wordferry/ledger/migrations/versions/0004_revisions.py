"""Several revisions of one item in one batch: which is newer, and whose units it takes over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A translation knows its own age; until now its batch's was enough."""
    op.add_column("translation", sa.Column("born", sa.Float(), nullable=False, server_default="0"))
    op.add_column("translation", sa.Column("replaces", sa.String(length=64), nullable=True))
    op.add_column(
        "batch", sa.Column("variant", sa.String(length=64), nullable=False, server_default="canonical")
    )
    op.execute("UPDATE translation SET born = (SELECT created FROM batch WHERE batch.id = translation.batch)")
