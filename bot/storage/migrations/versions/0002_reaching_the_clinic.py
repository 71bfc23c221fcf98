"""Requests encrypted and by pseudonym; outbox, notes, audit, staff, what patients ask, erasures.

The requests of version 0001 were kept in the clear and had no session; they are encrypted here.
"""

import uuid
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import EncryptedText, Moment
from bot.storage.keys import the_keyring

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables, and takes the requests over."""
    old = op.get_bind().execute(sa.text("select * from booking_request order by id")).mappings().all()
    taken_over = [_taken_over(row) for row in old]  # fails, where it must, before anything has changed
    op.drop_table("booking_request")
    requests = op.create_table(
        "booking_request",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("reference", sa.String(32), nullable=False, unique=True),
        sa.Column("conversation", sa.String(64), nullable=False, index=True),
        sa.Column("session", sa.String(64), nullable=False, unique=True),
        sa.Column("patient_name", EncryptedText, nullable=False),
        sa.Column("contact", EncryptedText, nullable=False),
        sa.Column("preferred_time", EncryptedText, nullable=False),
        sa.Column("window", sa.JSON, nullable=True),
        sa.Column("reason", EncryptedText, nullable=True),
        sa.Column("answers", EncryptedText, nullable=True),
        sa.Column("status", sa.String(16), nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", Moment, nullable=False, index=True),
        sa.Column("changed_at", Moment, nullable=False),
    )
    _others()
    if taken_over:
        op.bulk_insert(requests, taken_over)


def _others() -> None:
    """The tables that are new."""

    op.create_table(
        "note",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("request_id", sa.Integer, sa.ForeignKey("booking_request.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("text", EncryptedText, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("request_id", sa.Integer, sa.ForeignKey("booking_request.id", ondelete="CASCADE"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", Moment, nullable=False, index=True),
        sa.Column("leased_until", Moment, nullable=True),
        sa.Column("sent_at", Moment, nullable=True),
        sa.Column("failure", sa.String(80), nullable=True),
        sa.UniqueConstraint("request_id", "version"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", Moment, nullable=False, index=True),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(64), nullable=True),
        sa.Column("detail", sa.String(200), nullable=True),
    )
    op.create_table(
        "staff_user",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
    )
    op.create_table(
        "login_failure",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", Moment, nullable=False, index=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
    )
    op.create_table(
        "turn",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.String(64), nullable=False, index=True),
        sa.Column("at", Moment, nullable=False, index=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
    )
    op.create_table(
        "unclear_message",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.String(64), nullable=False, index=True),
        sa.Column("at", Moment, nullable=False, index=True),
        sa.Column("text", sa.String(500), nullable=False),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation_id", EncryptedText, nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("passes", sa.Integer, nullable=False),
    )


def _taken_over(row: sa.engine.RowMapping) -> dict[str, object]:
    """A request of version 0001, whose session was its conversation."""
    at = row["created_at"]
    at = Moment().process_result_value(datetime.fromisoformat(at) if isinstance(at, str) else at, None)
    name = the_keyring().pseudonym(row["conversation_id"])
    fields = {key: row[key] for key in ("patient_name", "contact", "preferred_time")}
    new = {"reference": uuid.uuid4().hex, "status": "new", "version": 1, "created_at": at, "changed_at": at}
    return {**fields, **new, "conversation": name, "session": name}


def downgrade() -> None:
    """Keeps nothing: what was encrypted is not written in the clear again."""
    for table in ("notification", "note", "booking_request", "audit", "staff_user"):
        op.drop_table(table)
    for table in ("login_failure", "turn", "unclear_message", "erasure"):
        op.drop_table(table)
    op.create_table(
        "booking_request",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation_id", sa.String(255), nullable=False, unique=True),
        sa.Column("patient_name", sa.String(80), nullable=False),
        sa.Column("contact", sa.String(254), nullable=False),
        sa.Column("preferred_time", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
