"""What is kept: booking requests with their notifications, in SQLite or any database that SQLAlchemy reaches by URL."""

from bot.storage.bookings import Saved, save_booking_request
from bot.storage.database import Database, database_url, migrate
from bot.storage.keys import DataKeyError, the_keyring

__all__ = ["DataKeyError", "Database", "Saved", "database_url", "migrate", "save_booking_request", "the_keyring"]
