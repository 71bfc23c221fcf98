"""Brings the database to its newest version: `python -m bot.storage`."""

from bot.storage.database import database_url, migrate

if __name__ == "__main__":
    migrate(database_url())
