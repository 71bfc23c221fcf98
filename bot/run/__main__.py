"""The commands behind the Makefile: `python -m bot.run chat|shell|setup`."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from bot.channels.limits import LimitError, Limits
from bot.channels.origins import OriginError, Origins
from bot.clinic import ClinicFileError, load_clinic
from bot.messenger.settings import MessengerSettingsError, messenger_line, messenger_settings
from bot.notification.settings import MailSettingsError, mail_line, smtp_settings
from bot.run import services as run
from bot.run.environment import quiet_environment
from bot.run.training import TrainingError, train, trained_model

_TOLD = (
    ClinicFileError,
    LimitError,
    MailSettingsError,
    MessengerSettingsError,
    OriginError,
    TrainingError,
    run.ServiceError,
)
_ACTION_PORT_ABOVE = 50  # the action server's port, above the chat's: 5055 for 5005


def main() -> int:
    """Runs a command; gives the exit code."""
    arguments = _arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _as_interrupt)
    try:
        if arguments.command == "chat":
            chat(arguments.host, arguments.port)
        elif arguments.command == "shell":
            return shell()
        else:
            set_up()
    except KeyboardInterrupt:
        print("\nStopped.")
    except _TOLD as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def set_up() -> None:
    """Checks the clinic's file, migrates the database, and trains where that is due."""
    load_clinic()
    with _step("Database"):
        # in a process of its own: SQLAlchemy and Alembic are slow to load and not needed afterwards
        migrated = subprocess.run(
            [sys.executable, "-m", "bot.storage", "migrate"], env=quiet_environment(), check=False
        )
    if migrated.returncode:
        raise run.ServiceError("The database could not be brought up to date; the lines above say why.")
    if trained_model():
        print("  Model: up to date")
        return
    with _step("Training the model (about three minutes)"):
        train()


def chat(host: str, port: int) -> None:
    """Sets up, starts the servers and the worker, and prints the chat page's address; ends with Ctrl-C."""
    mail, messenger = mail_line(smtp_settings(os.environ)), messenger_settings(os.environ)
    for settings in (Origins, Limits):
        settings(os.environ)  # a wrong one is told before anything starts
    action_port = port + _ACTION_PORT_ABOVE
    for taken in (port, action_port):
        if not run.is_free(host, taken):
            raise run.ServiceError(
                f"Port {taken} is taken, perhaps by another `make chat`. "
                f"End that one, or take another port: make chat PORT={port + 1}"
            )
    set_up()
    with run.Services() as services:
        with _step("Starting the servers"):
            endpoints = run.endpoints_for(action_port)
            run.start_action_server(services, "127.0.0.1", action_port)
            run.start_worker(services, endpoints)
            if messenger:
                run.start_messenger(services, endpoints)
            run.start_rasa_server(services, host, port, endpoints)
            services.wait_until_ready()
        print(f"  {mail}\n  {messenger_line(messenger)}")
        print(f"\nThe chat page is at http://{run.reachable(host)}:{port}/\nCtrl-C ends it.")
        while True:
            services.check()
            time.sleep(1)


def shell() -> int:
    """Sets up and opens Rasa's shell with the action server and the worker beside it."""
    mail = mail_line(smtp_settings(os.environ))
    set_up()
    action_port = run.free_port()
    with run.Services() as services:
        endpoints = run.endpoints_for(action_port)
        run.start_action_server(services, "127.0.0.1", action_port)
        run.start_worker(services, endpoints)
        services.wait_until_ready()
        print(f"  {mail}")
        print("Opening the shell. Type /stop to leave it.")
        command = (
            *(sys.executable, "-m", "bot.run.rasa_cli", "shell", "--quiet", "--interface", "127.0.0.1"),
            *("--port", str(run.free_port())),
            *("--endpoints", str(endpoints)),
        )
        return subprocess.run(command, env=quiet_environment(), check=False).returncode


@contextmanager
def _step(title: str) -> Iterator[None]:
    """Shows that a step goes on, and how long it took."""
    started = time.monotonic()
    done = threading.Event()

    def tick() -> None:
        while not done.wait(1):
            print(f"\r  {title} ... {time.monotonic() - started:.0f} s", end="", flush=True)

    if sys.stdout.isatty():
        threading.Thread(target=tick, daemon=True).start()
        print(f"  {title} ...", end="", flush=True)
    try:
        yield
    finally:
        done.set()
    print(f"\r  {title}: done in {time.monotonic() - started:.1f} s", flush=True)


def _as_interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """Makes SIGTERM, and the closing of the terminal, end everything as Ctrl-C does."""
    raise KeyboardInterrupt


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.run", description=__doc__)
    parser.add_argument("command", choices=("setup", "chat", "shell"))
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: this machine only)")
    parser.add_argument("--port", type=int, default=5005, help="the chat page's port (default: 5005)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
