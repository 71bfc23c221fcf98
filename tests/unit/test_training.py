"""Training is due if, and only if, something that it depends on has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.run import training


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of all that training depends on."""
    for name in ("config.yml", "domain.yml", "data", "bot", "requirements.lock", ".python-version", "tests/driver.py"):
        source, target = Path(name), tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pretend_to_train() -> None:
    model = training._model_path()
    model.parent.mkdir(exist_ok=True)
    model.touch()


def test_a_project_without_a_model_is_due(project: Path) -> None:
    assert training.trained_model() is None


def test_an_unchanged_project_is_not_due(project: Path) -> None:
    pretend_to_train()
    assert training.trained_model()


@pytest.mark.parametrize(
    "name", ["config.yml", "domain.yml", "data/nlu/psoas.yml", "bot/clinic/clinic.yml", "bot/triage/protocol.yml"]
)
def test_a_change_to_what_training_reads_is_due(project: Path, name: str) -> None:
    pretend_to_train()
    with (project / name).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert training.trained_model() is None


@pytest.mark.parametrize(
    "name", ["tests/driver.py", "bot/web/widget.js", "bot/triage/steering.yml", "bot/clinic/x.pyc"]
)
def test_a_change_to_anything_else_is_not_due(project: Path, name: str) -> None:
    pretend_to_train()
    with (project / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert training.trained_model()
