"""Alembic's entry: runs the migrations on the connection that `ledger.database.migrate` hands over."""

from __future__ import annotations

from alembic import context

from wordferry.ledger.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transaction_per_migration=True,
    version_table="ledger_version",
)
with context.begin_transaction():
    context.run_migrations()
