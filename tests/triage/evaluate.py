"""Judges the reading of answers on the held-out sets, for docs/evaluation.md: `make evaluate`."""

from __future__ import annotations

import sys

from rasa.core.agent import Agent

from bot.run.training import trained_model
from bot.triage import read_answer
from tests.report import share, write
from tests.triage.judging import HELD_OUT, PROTOCOL, UNCLEAR, Judged, answers, judge, kind_of

KINDS = ("sign", "all clear", "not sure", "unclear")


def main() -> None:
    """Judges the trained model, and the protocol's words alone, on every set, and writes a table."""
    model = trained_model()
    if model is None:
        sys.exit("No model fits the project as it is. Run `make setup` first.")
    agent = Agent.load(str(model))
    lines = [
        "| set | a sign | all clear | not sure | to be asked again | signs read as all clear |",
        "|---|---|---|---|---|---|",
    ]
    for file in HELD_OUT:
        judged = judge(agent, file)
        lines.append(row(f"`{file.stem}`", judged))
        alone = Judged()
        for answer in answers(file):
            question = PROTOCOL.question(answer.slot)
            read = str((question and read_answer(question, answer.text)) or UNCLEAR)
            alone.note(answer, kind_of(answer.slot, answer.label), read)
        lines.append(row(f"`{file.stem}`, by the protocol's words alone", alone))
    write("answers", "\n".join(lines))
    print("Written: docs/evaluation.md")


def row(name: str, judged: Judged) -> str:
    """A line of the table."""
    shares = " | ".join(
        f"{share(judged.share(kind))} of {judged.all[kind]}" if judged.all[kind] else "–" for kind in KINDS
    )
    return f"| {name} | {shares} | {len(judged.missed)} |"


if __name__ == "__main__":
    main()
