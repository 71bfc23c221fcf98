"""Trains the model if, and only if, something that training depends on has changed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.run.environment import quiet_environment

MODELS = Path("models")
LOG = Path("var/log/train.log")

_INPUTS = (
    "config.yml",
    "domain.yml",
    "data",
    "bot/clinic",
    "bot/learning",
    "bot/nlu/importer.py",
    "bot/nlu/intent_classifier.py",
    "bot/nlu/minilm.py",
    "bot/nlu/red_flags.py",
    "bot/nlu/sentence_vectors.py",
    "bot/nlu/slots.py",
    "bot/nlu/stored.py",
    "bot/nlu/triage_answers.py",
    "bot/safety/cues.yml",
    "bot/safety/detector.py",
    "bot/safety/examples",
    "bot/safety/phrases.py",
    "bot/safety/red_flags.yml",
    "bot/safety/scope.py",
    "bot/safety/words.py",
    "bot/triage/examples",
    "bot/triage/protocol.yml",
    "requirements.lock",
    ".python-version",
)
_WORKSHOP = Path("var/training")
_LAST_LINES = 15


class TrainingError(RuntimeError):
    """Training failed. The message says where the log is and how it ends."""


def trained_model() -> Path | None:
    """The model that fits the project as it is, or None where training is due."""
    model = _model_path()
    return model if model.exists() else None


def train() -> Path:
    """Trains the model, and takes it into use when it is whole.

    Returns:
        The model's file; the only one below models/.

    Raises:
        TrainingError: Rasa could not train it; the model in use stays.
    """
    model = _model_path()
    for folder in (MODELS, _WORKSHOP, LOG.parent):
        folder.mkdir(parents=True, exist_ok=True)
    with LOG.open("wb") as log:
        finished = subprocess.run(
            [
                *(sys.executable, "-m", "bot.run.rasa_cli", "train", "--quiet", "--skip-validation"),
                *("--out", str(_WORKSHOP), "--fixed-model-name", model.stem.removesuffix(".tar")),
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=quiet_environment(),
            check=False,
        )
    fresh = _WORKSHOP / model.name
    if finished.returncode != 0 or not fresh.exists():
        tail = "\n".join(LOG.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:])
        raise TrainingError(f"Training failed. The whole log is {LOG}; it ends:\n{tail}")
    os.replace(fresh, model)
    for old in MODELS.glob("*.tar.gz"):
        if old != model:
            old.unlink()
    return model


def _model_path() -> Path:
    """The file of the model that fits: its name holds a digest of all that training depends on."""
    digest = hashlib.sha256()
    for file in sorted(_input_files()):
        digest.update(f"{file.as_posix()}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return MODELS / f"assistant-{digest.hexdigest()[:16]}.tar.gz"


def _input_files() -> Iterator[Path]:
    for name in _INPUTS:
        path = Path(name)
        if path.is_file():
            yield path
        else:
            yield from (file for file in path.rglob("*") if file.suffix in (".yml", ".py"))
