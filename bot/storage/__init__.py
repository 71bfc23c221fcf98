"""What is kept: booking requests, in SQLite by default or any database that SQLAlchemy reaches by URL."""

from bot.storage.bookings import save_booking_request
from bot.storage.database import Database, database_url, migrate

__all__ = ["Database", "database_url", "migrate", "save_booking_request"]
