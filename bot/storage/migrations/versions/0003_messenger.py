"""Threads and events of Messenger."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import EncryptedText, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "messenger_thread",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sender", sa.String(64), nullable=False, unique=True),
        sa.Column("person", EncryptedText, nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False, index=True),
        sa.Column("conversation_id", EncryptedText, nullable=False),
        sa.Column("offered", EncryptedText, nullable=True),
        sa.Column("noticed_at", Moment, nullable=True),
        sa.Column("people_until", Moment, nullable=True, index=True),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("used_at", Moment, nullable=False, index=True),
        sa.Column("leased_until", Moment, nullable=True),
        sa.Column("lease", sa.String(32), nullable=True),
    )
    op.create_table(
        "messenger_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("identity", sa.String(64), nullable=False, unique=True),
        sa.Column("thread_id", sa.Integer, sa.ForeignKey("messenger_thread.id", ondelete="SET NULL"), nullable=True, index=True),
        sa.Column("written_at", sa.BigInteger, nullable=False),
        sa.Column("received_at", Moment, nullable=False, index=True),
        sa.Column("content", EncryptedText, nullable=True),
        sa.Column("steps", EncryptedText, nullable=True),
        sa.Column("steps_done", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False, index=True),
        sa.Column("failure", sa.String(80), nullable=True),
    )


def downgrade() -> None:
    """Drops them."""
    op.drop_table("messenger_event")
    op.drop_table("messenger_thread")
