"""Judges the assistant beside Rasa's default pipeline on the held-out sets, for docs/evaluation.md: `make evaluate`."""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import matplotlib
import numpy as np
import yaml
from rasa.core.agent import Agent
from sklearn.metrics import confusion_matrix, f1_score

from bot.run.environment import quiet_environment
from bot.run.training import trained_model
from tests.nlu.test_held_out import HELD_OUT, OUTSIDE, TRAINING, examples
from tests.report import share, write

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # after the choice of a backend without a screen

FIGURES = Path("docs/evaluation.json")
PICTURE = Path("docs/images/confusion.png")
DEFAULT_CONFIG = Path("tests/nlu/default_pipeline.yml")
DEFAULT_MODELS = Path("var/evaluation")
BINS = 10  # of confidence, for calibration


@dataclass(frozen=True)
class Judged:
    """One held-out example as a model saw it."""

    intent: str
    found: str
    confidence: float


@dataclass(frozen=True)
class Figures:
    """What is measured of a model. Shares are from 0 to 1, the time in milliseconds."""

    accuracy: float
    macro_f1: float
    out_of_scope_recall: float
    in_scope_rejected: float
    calibration_error: float
    both_questions_answered: float
    parse_ms: float


def main() -> None:
    """Trains the default pipeline on the same data, measures both in this run, and writes report and picture."""
    ours = trained_model()
    if ours is None:
        sys.exit("No model fits the project as it is. Run `make setup` first.")
    default = trained_default()
    judged, figures = measure(ours)
    _, default_figures = measure(default)
    draw(judged)
    FIGURES.write_text(
        json.dumps({"assistant": asdict(figures), "default_rasa": asdict(default_figures)}, indent=2) + "\n",
        encoding="utf-8",
    )
    write("understanding", table(figures, default_figures, len(judged)))
    print(f"Written: docs/evaluation.md, {FIGURES}, {PICTURE}")


def trained_default() -> Path:
    """Rasa's default pipeline, trained unless it was trained on these very data before."""
    content = b"".join(file.read_bytes() for file in (DEFAULT_CONFIG, *TRAINING))
    model = DEFAULT_MODELS / f"default-{hashlib.sha256(content).hexdigest()[:16]}.tar.gz"
    if not model.exists():
        print("Training Rasa's default pipeline (half an hour or more) ...", flush=True)
        subprocess.run(
            [
                *(sys.executable, "-m", "bot.run.rasa_cli", "train", "nlu", "--quiet", "--nlu", "data/nlu"),
                *("--config", str(DEFAULT_CONFIG), "--domain", "domain.yml"),
                *("--out", str(DEFAULT_MODELS), "--fixed-model-name", model.name.partition(".")[0]),
            ],
            env=quiet_environment(),
            check=True,
        )
    return model


def measure(model: Path) -> tuple[list[Judged], Figures]:
    """Judges a model on all held-out sets."""
    agent = Agent.load(str(model))
    judged, milliseconds = asyncio.run(judge(agent))
    inside = [one for one in judged if one.intent != "out_of_scope"]
    outside = [one for one in judged if one.intent == "out_of_scope"]
    return judged, Figures(
        accuracy=mean(one.intent == one.found for one in judged),
        macro_f1=float(
            f1_score(
                [one.intent for one in judged],
                [one.found for one in judged],
                labels=sorted({one.intent for one in judged}),
                average="macro",
                zero_division=0,
            )
        ),
        out_of_scope_recall=mean(one.found in OUTSIDE for one in outside),
        in_scope_rejected=mean(one.found in OUTSIDE for one in inside),
        calibration_error=calibration_error(judged),
        both_questions_answered=asyncio.run(both_answered(agent)),
        parse_ms=milliseconds,
    )


async def judge(agent: Agent) -> tuple[list[Judged], float]:
    """Every held-out example, and the median time of a parse."""
    judged, times = [], []
    for text, intent in examples(HELD_OUT):
        started = time.perf_counter()
        found = (await agent.parse_message(text))["intent"]
        times.append(time.perf_counter() - started)
        judged.append(Judged(intent, found["name"] or "nlu_fallback", found["confidence"]))
    return judged, float(np.median(times) * 1000)


async def both_answered(agent: Agent) -> float:
    """The share of double questions whose two topics are both found, in their order."""
    doubles = yaml.safe_load(Path("tests/nlu/double_questions.yml").read_text(encoding="utf-8"))
    right = []
    for double in doubles:
        entities = (await agent.parse_message(double["text"]))["entities"]
        topics = next((entity["value"] for entity in entities if entity["entity"] == "topics"), [])
        right.append(topics[:2] == double["intents"])
    return mean(right)


def mean(values: object) -> float:
    """The share of what is true."""
    return float(np.mean(list(values)))  # type: ignore[call-overload]


def calibration_error(judged: Sequence[Judged]) -> float:
    """How far confidence and accuracy are apart, by bins of confidence, weighed by their size."""
    confidence = np.array([one.confidence for one in judged])
    right = np.array([one.intent == one.found for one in judged])
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs(confidence[bins == at].mean() - right[bins == at].mean()) * (bins == at).mean() for at in set(bins)]
    return float(sum(gaps))


def draw(judged: Sequence[Judged]) -> None:
    """Draws which intents are taken for which."""
    labels = sorted({one.intent for one in judged} | {one.found for one in judged})
    matrix = confusion_matrix([one.intent for one in judged], [one.found for one in judged], labels=labels)
    figure, axes = plt.subplots(figsize=(11, 10))
    axes.imshow(np.sqrt(matrix), cmap="Greens")
    axes.set_xticks(range(len(labels)), labels, rotation=90, fontsize=7)
    axes.set_yticks(range(len(labels)), labels, fontsize=7)
    axes.set_xlabel("understood as")
    axes.set_ylabel("meant")
    for row, column in zip(*np.nonzero(matrix), strict=True):
        axes.text(column, row, matrix[row, column], ha="center", va="center", fontsize=6)
    figure.tight_layout()
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PICTURE, dpi=90)


def table(ours: Figures, default: Figures, size: int) -> str:
    """The table for the report."""
    rows = [
        ("accuracy (strict)", share(ours.accuracy), share(default.accuracy), "≥ 95 %"),
        ("macro-F1", share(ours.macro_f1), share(default.macro_f1), ""),
        ("out-of-scope recall", share(ours.out_of_scope_recall), share(default.out_of_scope_recall), "≥ 95 %"),
        ("in-scope questions rejected", share(ours.in_scope_rejected), share(default.in_scope_rejected), "≤ 3 %"),
        ("calibration error", f"{ours.calibration_error:.3f}", f"{default.calibration_error:.3f}", ""),
        (
            "both of two questions found",
            share(ours.both_questions_answered),
            share(default.both_questions_answered),
            "≥ 90 %",
        ),
        ("median time of a parse", f"{ours.parse_ms:.1f} ms", f"{default.parse_ms:.1f} ms", ""),
    ]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    trained = len(examples(*TRAINING))
    return (
        f"Trained on {trained} examples, judged on {size} held-out ones and 40 double questions, both\n"
        "models in one run on one machine. A fallback counts as wrong in accuracy, as recognised in out-of-scope recall"
        ".\n\n"
        f"| figure | this assistant | Rasa's default pipeline | to reach |\n|---|---|---|---|\n{lines}"
    )


if __name__ == "__main__":
    main()
