"""When a batch can be closed at the vendor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; batches of before belong to a vendor that closes nothing."""
    op.add_column("batch", sa.Column("closing", sa.Float(), nullable=True))
    op.create_index("batch_closing", "batch", ["closing"], unique=False)
