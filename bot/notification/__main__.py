"""Sends the mails that are due, once: `python -m bot.notification --once`. For trying out the settings."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys

from sqlalchemy.exc import SQLAlchemyError

from bot.notification.settings import MailSettingsError, mail_line, smtp_settings
from bot.notification.worker import deliver_due
from bot.storage import Database, database_url


def main() -> int:
    """Makes one attempt at every mail that is due; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.notification", description=__doc__)
    parser.add_argument(
        "--once", action="store_true", required=True, help="`python -m bot.run.worker` does it for good"
    )
    parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        settings = smtp_settings(os.environ)
        print(mail_line(settings))
        if settings is None:
            return 1
        print(f"Sent: {asyncio.run(deliver_due(Database(database_url()), settings))}")
    except MailSettingsError as error:
        print(error, file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        kind = type(error).__name__
        print(
            f"The database cannot be used ({kind}). Look at DATABASE_URL; `python -m bot.storage` makes the tables.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
