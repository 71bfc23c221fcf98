"""Commands for the staff: `python -m bot.privacy erase SENDER` and `python -m bot.privacy retain`."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.privacy.erasure import UnknownSenderError, erase_sender, finish_erasures
from bot.privacy.retention import enforce_retention, the_limits
from bot.storage import Database, DataKeyError, database_url, migrate
from bot.storage.columns import now
from bot.storage.conversations import ConversationLog, TrackerStoreError, conversation_log


def main() -> int:
    """Runs a command; gives the exit code."""
    arguments = _arguments()
    try:
        migrate(database_url())
        database, log = Database(database_url()), conversation_log(arguments.endpoints)
        if arguments.command == "erase":
            _erase(database, log, arguments.sender)
        else:
            print(f"{enforce_retention(database, log, the_limits(), now())} rows were older than their limit.")
    except (UnknownSenderError, TrackerStoreError, DataKeyError, SQLAlchemyError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _erase(database: Database, log: ConversationLog, sender: str) -> None:
    erase_sender(database, log, sender, actor=getpass.getuser())
    finish_erasures(database, log)
    print("Erased. The log of the conversation goes within a minute or two, as soon as `make chat` runs.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.privacy", description=__doc__)
    parser.add_argument("--endpoints", type=Path, default=Path("endpoints.yml"), help="Rasa's endpoints file")
    commands = parser.add_subparsers(dest="command", required=True)
    erase = commands.add_parser("erase", help="erase what is kept of somebody")
    erase.add_argument("sender", help="a conversation's id, or the reference of a request")
    commands.add_parser("retain", help="delete now what is older than its limit")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
