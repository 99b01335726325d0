"""The ledger's tables: the truth of Wordferry. Engine rows are disposable, these are not.

Times are epoch seconds (UTC). JSON stands in text columns, so that SQLite and PostgreSQL keep the same bytes.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

__all__ = ["METADATA", "REVISION"]

#: The newest migration; a ledger of that revision needs no work at start.
REVISION = "0005"

METADATA = MetaData()
_CLAIMED = text("slice IS NOT NULL")
_UNREAD = text("due IS NOT NULL")
_REFUSED = text("act IS NOT NULL")
ID = String(64)
NAME = String(255)

Table("meta", METADATA, Column("key", NAME, primary_key=True), Column("value", Text, nullable=False))

Table(
    "plan",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("created", Float, nullable=False),
    Column("applied", Float),
    Column("body", Text, nullable=False),
)

Table(
    "batch",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("plan", ID, nullable=False),
    Column("route", NAME, nullable=False),
    Column("content", NAME, nullable=False),
    Column("connection", NAME, nullable=False),
    Column("settings", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("marker", ID, nullable=False),
    Column("source_locale", NAME, nullable=False),
    Column("created", Float, nullable=False),
    Column("remote", Text),
    Column("prepared", Integer, nullable=False, default=0),
    # One slice at a time works on the batch itself (submission, preparation).
    Column("slice", ID),
    Column("due", Float),
    Column("looks", Integer, nullable=False, default=0),
    Column("error", Text),
    # When to look once more for doubles, after an effect was repeated because a look-up found nothing.
    Column("audit", Float),
    # The vendor's id of it, by which events name it.
    Column("remote_id", NAME),
    # When to look because something hinted at it, and when to look whatever happens.
    Column("hinted", Float),
    Column("drift", Float),
    # When to see whether it can be closed at the vendor; until then late deliveries are looked for.
    Column("closing", Float),
    # `canonical`, `live` or `continuous`, as the route said when the batch was made.
    Column("variant", ID, nullable=False, server_default="canonical"),
    Index("batch_due", "due"),
    Index("batch_remote", "remote_id"),
    Index("batch_hinted", "hinted"),
    Index("batch_drift", "drift"),
    Index("batch_closing", "closing"),
)

Table(
    "translation",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("batch", ID, ForeignKey("batch.id"), nullable=False),
    Column("item", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("revision", ID, nullable=False),
    Column("size", Integer, nullable=False),
    Column("format", ID),
    Column("encoding", ID),
    Column("file_name", Text, nullable=False),
    Column("locale", NAME, nullable=False),
    Column("vendor_locale", NAME, nullable=False),
    Column("target", Text, nullable=False),
    Column("baseline", ID),
    Column("state", ID, nullable=False),
    Column("since", Float, nullable=False),
    Column("round", Integer, nullable=False, default=1),
    Column("due", Float),
    Column("looks", Integer, nullable=False, default=0),
    Column("ticket", NAME),
    Column("blob", ID),
    Column("delivered", ID),
    Column("error", Text),
    Column("findings", Text),
    Column("overwrite", Integer, nullable=False, default=0),
    # Which of two revisions of an item is the newer one; never equal for two acceptances, whatever clocks say.
    Column("born", Float, nullable=False, server_default="0"),
    # The translation whose units it is to take over, with a newer source under them.
    Column("replaces", ID),
    Column("slice", ID),
    Column("epoch", Integer, nullable=False, default=0),
    # When to act on a provider's refusal.
    Column("act", Float),
    Index("translation_act", "act", sqlite_where=_REFUSED, postgresql_where=_REFUSED),
    Index("translation_due", "due"),
    Index("translation_batch", "batch"),
    Index("translation_item", "item", "locale"),
    # Partial: else SQLite takes it for `slice IS NULL` and walks over everything that waits.
    Index("translation_slice", "slice", sqlite_where=_CLAIMED, postgresql_where=_CLAIMED),
)

Table(
    "unit",
    METADATA,
    Column("connection", NAME, nullable=False),
    Column("uid", NAME, nullable=False),
    Column("translation", ID, ForeignKey("translation.id"), nullable=False),
    Column("locale", NAME, nullable=False),
    Column("level", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("word", NAME, nullable=False),
    Column("imported", ID, nullable=False),
    Column("detail", Text),
    Column("assigned", Integer),
    PrimaryKeyConstraint("connection", "uid"),
    Index("unit_translation", "translation"),
)

Table(
    "slice",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("kind", ID, nullable=False),
    Column("connection", NAME, nullable=False),
    Column("batch", ID),
    Column("attempt", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("owner", NAME),
    Column("state", ID, nullable=False),
    Column("created", Float, nullable=False),
    Column("finished", Float),
    Column("error", Text),
    Index("slice_state", "state"),
)

Table(
    "operation",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("kind", ID, nullable=False),
    Column("label", Text, nullable=False),
    Column("batch", ID, nullable=False),
    Column("translation", ID),
    Column("slice", ID, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("owner", NAME, nullable=False),
    Column("state", ID, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("begun", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("finished", Float),
    Column("how", ID),
    Column("result", Text),
    Column("error", Text),
    Column("facts", Text),
    Index("operation_batch", "batch"),
    Index("operation_translation", "translation"),
    Index("operation_state", "state"),
)

Table(
    "movement",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("translation", ID, nullable=False),
    Column("at", Float, nullable=False),
    Column("old", ID),
    Column("new", ID, nullable=False),
    Column("why", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Index("movement_translation", "translation"),
)

Table(
    "receipt",
    METADATA,
    Column("translation", ID, nullable=False),
    Column("round", Integer, nullable=False),
    Column("item", Text, nullable=False),
    Column("locale", NAME, nullable=False),
    Column("target", Text, nullable=False),
    Column("source", ID, nullable=False),
    Column("delivered", ID, nullable=False),
    Column("vendor", Text, nullable=False),
    Column("at", Float, nullable=False),
    PrimaryKeyConstraint("translation", "round"),
)

Table(
    "target",
    METADATA,
    Column("content", NAME, nullable=False),
    Column("target", Text, nullable=False),
    # What we last wrote there, and the age of the source it came from: an older one never replaces a newer one.
    Column("revision", ID),
    Column("age", Float),
    Column("translation", ID),
    # One writer per target: the slice run that holds it.
    Column("slice", ID),
    Column("epoch", Integer),
    PrimaryKeyConstraint("content", "target"),
)

Table(
    "executor",
    METADATA,
    Column("id", NAME, primary_key=True),
    Column("started", Float, nullable=False),
    Column("beat", Float, nullable=False),
)

Table(
    "inbox",
    METADATA,
    Column("connection", NAME, nullable=False),
    Column("id", NAME, nullable=False),
    Column("told", ID, nullable=False),
    Column("kind", NAME, nullable=False),
    Column("word", NAME),
    Column("at", Float),
    Column("subjects", Text, nullable=False),
    Column("payload", ID, nullable=False),
    Column("size", Integer, nullable=False),
    # Encrypted: bodies name people and files.
    Column("body", LargeBinary),
    Column("received", Float, nullable=False),
    Column("last", Float, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("due", Float),
    Column("outcome", Text),
    PrimaryKeyConstraint("connection", "id"),
    Index("inbox_due", "due", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    Index("inbox_received", "received"),
)

Table(
    "subscription",
    METADATA,
    Column("connection", NAME, nullable=False),
    Column("kind", NAME, nullable=False),
    Column("id", NAME),
    Column("url", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("made", Float, nullable=False),
    Column("checked", Float),
    Column("problem", Text),
    PrimaryKeyConstraint("connection", "kind"),
)

Table(
    "rhythm",
    METADATA,
    Column("connection", NAME, primary_key=True),
    Column("events", Integer, nullable=False, default=0),
    Column("last", Float),
    Column("gap", Float),
    Column("missed", Float),
    Column("looks_hinted", Integer, nullable=False, default=0),
    Column("looks_timed", Integer, nullable=False, default=0),
    Column("moved_hinted", Integer, nullable=False, default=0),
    Column("moved_timed", Integer, nullable=False, default=0),
    Column("looks_saved", Float, nullable=False, default=0),
)

Table("budget", METADATA, Column("key", NAME, primary_key=True), Column("free", Float, nullable=False))
