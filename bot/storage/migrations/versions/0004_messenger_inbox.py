"""The inbox of Messenger's webhook."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import EncryptedText, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "messenger_inbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("bodies", EncryptedText, nullable=False),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("messenger_inbox")
