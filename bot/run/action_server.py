"""The action server: Rasa SDK's own, told where to listen: `python -m bot.run.action_server 127.0.0.1 5055`."""

from __future__ import annotations

import sys

from rasa_sdk.endpoint import create_app

from bot.run.environment import end_with_supervisor


def main() -> None:
    """Serves the actions at the host and port of the command line."""
    end_with_supervisor()
    host, port = sys.argv[1:3]
    create_app("actions", cors_origins=[]).run(host, int(port), access_log=False)


if __name__ == "__main__":
    main()
