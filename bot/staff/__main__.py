"""The inbox on the command line: `python -m bot.staff serve|user`."""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import socket
import sys
import warnings
from pathlib import Path

import uvicorn
from alembic.util import CommandError
from sqlalchemy.exc import SADeprecationWarning, SQLAlchemyError

from bot.clinic import ClinicFileError
from bot.staff.app import staff_app
from bot.staff.pages import the_words
from bot.staff.users import UserError, anybody, set_password, shut_out
from bot.storage import Database, DataKeyError, database_url, migrate, the_keyring
from bot.storage.kept_secret import kept_secret

_SECRET_FILE = Path("var/staff_secret")


class ServeError(RuntimeError):
    """The inbox cannot be served. The message says why and what to do."""


def main() -> int:
    """Runs a command; gives the exit code."""
    arguments = _arguments()
    warnings.simplefilter("ignore", SADeprecationWarning)  # sqladmin's, of a form that SQLAlchemy 1.4 still takes
    said = the_words()["terminal"]
    try:
        migrate(database_url())
        if arguments.command == "serve":
            serve(arguments.host, arguments.port)
        elif arguments.off:
            shut_out(Database(database_url()), arguments.name)
            print(said["shut_out"].format(name=arguments.name))
        else:
            set_password(Database(database_url()), arguments.name, _password(arguments.password_stdin))
            print(said["may_log_in"].format(name=arguments.name))
    except KeyboardInterrupt:
        print(f"\n{said['stopped']}")
    except (ClinicFileError, DataKeyError, ServeError, UserError) as error:
        print(error, file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        print(said["no_database"].format(error=getattr(error, "orig", None) or error), file=sys.stderr)
        return 1
    except CommandError as error:
        print(said["newer_database"].format(error=error), file=sys.stderr)
        return 1
    except OSError as error:
        print(said["no_file"].format(error=error), file=sys.stderr)
        return 1
    return 0


def serve(host: str, port: int) -> None:
    """Serves the inbox until Ctrl-C.

    Args:
        host: The address to listen at.
        port: The port.

    Raises:
        ServeError: The port is taken, or cannot be listened at.
    """
    said = the_words()["terminal"]
    the_keyring()  # a key that is none is told now, not at the first request
    if not anybody(Database(database_url())):
        print(said["no_users"])
    https = os.environ.get("STAFF_HTTPS") == "1"
    named = [name.strip() for name in os.environ.get("STAFF_HOSTS", "").split(",") if name.strip()]
    secret = os.environ.get("STAFF_SECRET") or kept_secret(_SECRET_FILE, secrets.token_urlsafe)
    app = staff_app(database_url(), secret, https=https, hosts=named or ("*",))
    config = uvicorn.Config(
        app,
        ws="none",  # none are spoken here, and uvicorn knows nothing as old as Sanic's `websockets`
        access_log=False,  # addresses hold what was searched for
        server_header=False,
        proxy_headers=https,  # the client's address is taken from a header only where a proxy sets it
        log_level="warning",
    )
    with _listening(host, port) as listener:
        print(said["address"].format(host="127.0.0.1" if host in ("0.0.0.0", "::") else host, port=port), flush=True)  # noqa: S104  # compared, not bound
        uvicorn.Server(config).run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        said = the_words()["terminal"]
        raise ServeError(said["no_port"].format(host=host, port=port, other=port + 1, error=error.strerror)) from error


def _password(from_stdin: bool) -> str:
    """A password: a line of the standard input, or typed twice without being shown."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    said = the_words()["terminal"]
    password = getpass.getpass(said["password"])
    if getpass.getpass(said["once_more"]) != password:
        raise UserError(said["not_alike"])
    return password


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.staff", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve the inbox")
    serving.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: this machine only)")
    serving.add_argument("--port", type=int, default=5006, help="the port (default: 5006)")
    user = commands.add_parser("user", help="let somebody log in, or give a new password")
    user.add_argument("name", help="the name to log in with, such as kim")
    user.add_argument("--off", action="store_true", help="let this user log in no more")
    user.add_argument("--password-stdin", action="store_true", help="read the password from the standard input")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
