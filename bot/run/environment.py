"""The environment that every process of the assistant runs in."""

from __future__ import annotations

import os
import signal
import threading
import time

_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
}


def quiet_environment() -> dict[str, str]:
    """This process's environment, with Rasa's telemetry off and without stock start-up noise."""
    return {**os.environ, **_QUIET}


def end_with_supervisor() -> None:
    """Ends this process soon after the one that started it: nobody would end it otherwise, and its port stays taken."""
    supervisor = os.getppid()

    def watch() -> None:
        while os.getppid() == supervisor:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="end with supervisor", daemon=True).start()
