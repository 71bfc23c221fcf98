"""Judges the safety net on the held-out sets, for docs/evaluation.md: `make evaluate`."""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rasa.core.agent import Agent

from bot.nlu.red_flags import RedFlagLikeness, RedFlagPhrases
from bot.nlu.sentence_vectors import SentenceVectors
from bot.run.training import trained_model
from bot.safety.detector import the_detector
from tests.nlu.test_held_out import HELD_OUT, examples
from tests.report import share, write
from tests.safety.judging import ALARMING, SETS, Judgement, by_the_net, judge

FIGURES = Path("docs/safety.json")
TIMED: tuple[tuple[type, str, str], ...] = (
    (RedFlagPhrases, "process", "phrases"),
    (SentenceVectors, "_read_passages", "vectors of passages"),
    (RedFlagLikeness, "process", "statistical check"),
)
"""The parts of the net: class, method, and what the report calls it."""


def main() -> None:
    """Judges the trained model on every set, and writes table and figures."""
    model = trained_model()
    if model is None:
        sys.exit("No model fits the project as it is. Run `make setup` first.")
    times = timed()
    grade = by_the_net(Agent.load(str(model)))
    judgements = {name: judge(name, grade) for name in SETS}
    ordinary = [text for text, _ in examples(HELD_OUT)]
    alarms = sum(grade(text) in ALARMING for text in ordinary)
    by_phrases = {name: judge(name, phrases_alone) for name in SETS}
    lines = [
        "| set | must alarm | found | of critical kinds missed | must not alarm | false alarms | phrases alone |",
        "|---|---|---|---|---|---|---|",
        *(row(name, judgements[name], by_phrases[name]) for name in SETS),
        total(list(judgements.values())),
        "| to reach | | ≥ 98 % | 0 | | ≤ 5 % | |",
        "",
        f"Of the {len(ordinary)} ordinary messages of `tests/nlu` {alarms} alarm ({share(alarms / len(ordinary))}; to "
        "reach: ≤ 1 %).",
        "",
        f"Time a message, on one core, median and 95th percentile: {', '.join(map(time_line, times.items()))}.",
    ]
    write("safety", "\n".join(lines))
    FIGURES.write_text(json.dumps(figures(judgements, alarms / len(ordinary)), indent=2) + "\n", encoding="utf-8")
    print(f"Written: docs/evaluation.md, {FIGURES}")


def timed() -> dict[str, list[float]]:
    """Makes the parts of the net note how long they take, in milliseconds a message."""
    times: dict[str, list[float]] = defaultdict(list)
    for owner, method, name in TIMED:
        setattr(owner, method, noting(getattr(owner, method), times[name]))
    return times


def noting(method: Callable[..., Any], times: list[float]) -> Callable[..., Any]:
    """A method that notes how long it takes."""

    def noted(*args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        result = method(*args, **kwargs)
        times.append((time.perf_counter() - started) * 1000)
        return result

    return noted


def time_line(part: tuple[str, list[float]]) -> str:
    """The times of a part in words."""
    name, times = part
    return f"{name} {np.median(times):.1f} and {np.percentile(times, 95):.1f} ms"


def phrases_alone(text: str) -> str:
    """The gravest disposition that the reviewed phrases find."""
    findings = the_detector().find(text)
    return findings[0].disposition.value if findings else "none"


def row(name: str, net: Judgement, phrases: Judgement) -> str:
    """A line of the table."""
    return (
        f"| `{name}` | {net.alarms} | {share(net.found)} | {len(net.critical)} | {net.negatives} | "
        f"{share(net.false_alarms)} | {share(phrases.found)} found, {share(phrases.false_alarms)} false |"
    )


def total(judgements: list[Judgement]) -> str:
    """The line of the table for all sets together."""
    alarms = sum(one.alarms for one in judgements)
    negatives = sum(one.negatives for one in judgements)
    missed = sum(len(one.missed) for one in judgements)
    critical = sum(len(one.critical) for one in judgements)
    false = sum(len(one.false) for one in judgements)
    found, rate = share(1 - missed / alarms), share(false / negatives)
    return f"| **all** | {alarms} | {found} | {critical} | {negatives} | {rate} | |"


def figures(judgements: dict[str, Judgement], ordinary: float) -> dict[str, Any]:
    """The figures for docs/safety.json; shares from 0 to 1."""
    sets = {
        name: {"found": one.found, "false_alarms": one.false_alarms, "critical_missed": len(one.critical)}
        for name, one in judgements.items()
    }
    return {"sets": sets, "ordinary_alarms": ordinary}


if __name__ == "__main__":
    main()
