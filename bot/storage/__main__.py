"""The database's commands: `python -m bot.storage migrate|new-key|rotate`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.storage.conversations import TrackerStoreError, conversation_log
from bot.storage.database import Database, database_url, migrate
from bot.storage.keys import DataKeyError, new_key
from bot.storage.models import BookingRequestRow
from bot.storage.rotation import encrypt_anew


def main() -> int:
    """Runs a command; gives the exit code."""
    arguments = _arguments()
    try:
        if arguments.command == "new-key":
            print(new_key())
        elif arguments.command == "rotate":
            rows = encrypt_anew(Database(database_url()), conversation_log(arguments.endpoints))
            print(f"{rows} texts are encrypted with the first key. The keys behind it are not needed to read them.")
        else:
            migrate(database_url())
            _try_keys(Database(database_url()))
    except (DataKeyError, TrackerStoreError, SQLAlchemyError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _try_keys(database: Database) -> None:
    """Reads the newest request: a key that opens nothing must be told at the start, not to a patient."""
    with database.unit_of_work() as session:
        session.execute(select(BookingRequestRow).order_by(BookingRequestRow.id.desc()).limit(1)).scalars().first()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.storage", description=__doc__)
    parser.add_argument("command", choices=("migrate", "new-key", "rotate"))
    parser.add_argument("--endpoints", type=Path, default=Path("endpoints.yml"), help="Rasa's endpoints file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
