"""When to act on a provider's refusal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WANTED = sa.text("act IS NOT NULL")


def upgrade() -> None:
    """Add the column."""
    op.add_column("translation", sa.Column("act", sa.Float(), nullable=True))
    op.create_index("translation_act", "translation", ["act"], sqlite_where=_WANTED, postgresql_where=_WANTED)
