"""Sets what the clinic's Facebook page shows before and beside a chat: `python -m bot.messenger profile`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from bot.messenger.graph import Fault, Graph, GraphError
from bot.messenger.profile import remove_profile, set_profile
from bot.messenger.settings import MessengerSettings, MessengerSettingsError, messenger_line, messenger_settings
from bot.messenger.words import the_words

_MENDS = {
    10: "The app lacks a right. Give it pages_messaging for this page.",
    100: "Look at MESSENGER_APP_SECRET: it must be of the same app as MESSENGER_PAGE_TOKEN.",
    190: "MESSENGER_PAGE_TOKEN is not valid, or no longer. Make a new one in the app's Messenger settings.",
    200: "The app lacks a right. Give it pages_messaging for this page.",
    613: "Meta takes ten calls in ten minutes for this. Wait for ten minutes.",
}


def main() -> int:
    """Runs a command; gives the exit code."""
    arguments = _arguments()
    try:
        settings = messenger_settings(os.environ)
        if settings is None:
            print(messenger_line(settings), file=sys.stderr)
            return 1
        print(asyncio.run(_profile(settings, arguments.off)))
    except MessengerSettingsError as error:
        print(error, file=sys.stderr)
        return 1
    except GraphError as error:
        print(_complaint(error), file=sys.stderr)
        return 1
    return 0


async def _profile(settings: MessengerSettings, off: bool) -> str:
    async with Graph(settings) as graph:
        changed = await (remove_profile(graph) if off else set_profile(graph, the_words().profile))
    return f"{'removed' if off else 'set'}: {', '.join(changed)}" if changed else "unchanged"


def _complaint(error: GraphError) -> str:
    """What went wrong, for the person who gave the command, and what to do."""
    passing = error.fault is Fault.TRANSIENT
    otherwise = "Try again in a while." if passing else "Look the code up in Meta's table of Messenger errors."
    return f"Meta did not do it: {error}. {_MENDS.get(error.code or 0, otherwise)}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.messenger", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    profile = commands.add_parser("profile", help="set greeting, get-started, ice breakers and menu")
    profile.add_argument("--off", action="store_true", help="take them off the page")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
