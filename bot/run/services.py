"""The assistant's servers and its worker as processes: started, awaited, and ended together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import yaml

from bot.run.environment import quiet_environment

LOGS = Path("var/log")

_SERVING = {
    "OPENBLAS_NUM_THREADS": "1",  # for vectors as small as ours, threads that wait for one another cost twice the time
    "SANIC_BACKLOG": "1024",  # so many may knock at once; whom the kernel turns away knocks again after a second
}
_START_PATIENCE = 120  # seconds that a server may take to answer
_END_PATIENCE = 20  # seconds that a server gets to end a turn and close
_LAST_LINES = 15


class ServiceError(RuntimeError):
    """A server could not start or has ended. The message says which, why, and where its log is."""


@dataclass
class _Service:
    name: str
    command: Sequence[str]
    health: str | None

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name.replace(' ', '_')}.log"


class Services:
    """A group of server processes, as a context: whatever ends the block ends them all."""

    def __init__(self) -> None:
        self._running: list[tuple[_Service, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> Services:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def start(self, name: str, command: Sequence[str], health: str | None = None) -> None:
        """Starts a process.

        Args:
            name: What messages and its log are called after.
            command: The arguments behind `python -m`.
            health: An address that answers 200 as soon as a server works; None for a process that serves nothing.
        """
        LOGS.mkdir(parents=True, exist_ok=True)
        service = _Service(name, command, health)
        with service.log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**_SERVING, **quiet_environment()},
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which ends them in order
            )
        self._running.append((service, process))

    def wait_until_ready(self) -> None:
        """Waits until every server answers.

        Raises:
            ServiceError: One has ended, or does not answer in time.
        """
        deadline = time.monotonic() + _START_PATIENCE
        for service, _ in self._running:
            while service.health and not _answers(service.health):
                self.check()
                if time.monotonic() > deadline:
                    raise ServiceError(f"The {service.name} did not answer in {_START_PATIENCE} s.\n{_tail(service)}")
                time.sleep(0.1)

    def check(self) -> None:
        """Looks whether all are alive.

        Raises:
            ServiceError: One has ended.
        """
        for service, process in self._running:
            if process.poll() is not None:
                raise ServiceError(f"The {service.name} has ended by itself.\n{_tail(service)}")

    def end(self) -> None:
        """Ends every server, the last started first, and waits for it."""
        while self._running:
            _, process = self._running.pop()
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_END_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def start_action_server(services: Services, host: str, port: int) -> None:
    """Starts the action server."""
    command = ("bot.run.action_server", host, str(port))
    services.start("action server", command, f"http://{host}:{port}/health")


def start_worker(services: Services, endpoints: Path) -> None:
    """Starts the background process, which sends mail and deletes what was kept long enough."""
    services.start("worker", ("bot.run.worker", str(endpoints)))


def start_messenger(services: Services, endpoints: Path) -> None:
    """Starts the process that answers on Messenger."""
    services.start("Messenger", ("bot.run.messenger", str(endpoints)))


def start_rasa_server(services: Services, host: str, port: int, endpoints: Path) -> None:
    """Starts the Rasa server with the newest model and the channels of credentials.yml."""
    command = (
        *("bot.run.rasa_cli", "run", "--quiet", "--interface", host, "--port", str(port)),
        *("--endpoints", str(endpoints), "--credentials", "credentials.yml"),
    )
    services.start("Rasa server", command, f"http://{reachable(host)}:{port}/webhooks/web/health")


def endpoints_for(action_port: int) -> Path:
    """A copy of endpoints.yml, below var/, with the action server at this port and conversations in `TRACKER_DB`."""
    endpoints = yaml.safe_load(Path("endpoints.yml").read_text(encoding="utf-8"))
    endpoints["action_endpoint"]["url"] = f"http://127.0.0.1:{action_port}/webhook"
    if conversations := os.environ.get("TRACKER_DB"):
        endpoints["tracker_store"]["db"] = conversations
    file = Path(f"var/endpoints-{action_port}.yml")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    return file


def is_free(host: str, port: int) -> bool:
    """Whether nothing listens at the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of the loopback that nothing listens at."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def reachable(host: str) -> str:
    """The address at which this machine reaches a server that listens at `host`."""
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  # compared, not bound


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310  # our own http address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _tail(service: _Service) -> str:
    """The end of a server's log."""
    lines = service.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
    return "\n".join([f"Its log, {service.log}, ends:", *lines])
