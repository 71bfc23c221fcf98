"""The assistant's processes, one by one: killed as a power cut would, and started again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.run.services import free_port


@dataclass
class Processes:
    """Action server, worker and Rasa server with a database of their own, sending mail to a server of the tests."""

    folder: Path
    endpoints: Path
    action_port: int
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def commands(self) -> dict[str, tuple[str, ...]]:
        rasa = ("bot.run.rasa_cli", "run", "--quiet", "--interface", "127.0.0.1", "--port", str(self.port))
        return {
            "action server": ("bot.run.action_server", "127.0.0.1", str(self.action_port)),
            "worker": ("bot.run.worker", str(self.endpoints)),
            "Rasa": (*rasa, "--endpoints", str(self.endpoints), "--credentials", "credentials.yml"),
        }

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *self.commands[name]],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
            )

    def kill_and_start(self, name: str) -> None:
        self.running[name].kill()
        self.running[name].wait()
        self.start(name)

    def end(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()


def wait_until(happened: Callable[[], object], seconds: float = 120) -> None:
    """Waits until a condition holds."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
