"""Reads protocol.yml and checks that every question can be reached and every care has an outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from bot.safety import Disposition
from bot.triage.protocol import DOES_NOT_APPLY, Protocol, Question

PROTOCOL_FILE = Path(__file__).with_name("protocol.yml")

_Place = tuple[str | int, ...]
_Problem = tuple[_Place, str]


class ProtocolError(ValueError):
    """The protocol is not sound. The message names the file, the line and what is wrong there."""


def load_protocol(path: Path = PROTOCOL_FILE) -> Protocol:
    """Reads and checks the protocol.

    Args:
        path: The file.

    Returns:
        The protocol.

    Raises:
        ProtocolError: A key is missing, unknown or wrong, a flag is unknown, a question cannot be reached, or a care
            has no outcome; the message has a line for each, with its number in the file.
    """
    text = path.read_text(encoding="utf-8")
    try:
        protocol = Protocol(**yaml.safe_load(text))
        problems = [*_problems(protocol)]
    except ValidationError as error:
        problems = [(tuple(one["loc"]), one["msg"]) for one in error.errors()]
    except yaml.YAMLError as error:
        raise ProtocolError(f"{path.name} is no YAML: {error}") from error
    except TypeError as error:
        raise ProtocolError(f"{path.name}: the file must hold the keys of a protocol") from error
    if problems:
        lines = [f"{path.name}, line {_line_of(text, place)}: {message}" for place, message in problems]
        raise ProtocolError("\n".join(lines))
    return protocol


@lru_cache(maxsize=1)
def the_protocol() -> Protocol:
    """The reviewed protocol, read once."""
    return load_protocol()


def _problems(protocol: Protocol) -> Iterator[_Problem]:
    """What is wrong with a protocol whose parts are sound by themselves."""
    for number, question in enumerate(protocol.questions):
        if protocol.all_slots.count(question.slot) > 1:
            yield ("questions", number, "slot"), f"the slot {question.slot!r} is filled twice"
        for message in _unreachable(protocol, number, question):
            yield ("questions", number, "ask_if"), f"{question.slot} can never be asked: {message}"
    for disposition in Disposition:
        outcomes = [outcome for outcome in protocol.outcomes if outcome.disposition is disposition]
        if len(outcomes) != 1:
            yield ("outcomes",), f"{disposition.value} needs one outcome and has {len(outcomes)}"
    yield from _wrong_references(protocol)


def _wrong_references(protocol: Protocol) -> Iterator[_Problem]:
    """Answers and questions that are named and do not exist."""
    questions = {question.slot: question for question in protocol.questions}
    for number, rule in enumerate(protocol.together):
        for slot, answer in rule.answers.items():
            if slot not in questions or questions[slot].option(answer) is None:
                yield ("together", number), f"there is no question {slot!r} with an option {answer!r}"
    for number, sign in enumerate(protocol.signs):
        for slot in sign.fits:
            if slot not in questions or questions[slot].kind != "open":
                yield ("signs", number), f"there is no open question {slot!r}"


def _unreachable(protocol: Protocol, number: int, question: Question) -> Iterator[str]:
    """Why no answers lead to a question."""
    earlier = {asked.slot: asked for asked in protocol.questions[:number]}
    noticed = {one.slot: {one.id} for one in protocol.noticed}
    allowed: dict[str, set[str]] = {}
    for test in question.ask_if:
        for slot in test.of:
            if slot not in earlier and slot not in noticed:
                yield f"{slot!r} is not asked before it"
            elif test.says and (slot in noticed or earlier[slot].kind != "open"):
                yield f"says looks for words, and {slot!r} is no open question"
            elif not test.says:
                ids = {one.id for one in earlier[slot].options} if slot in earlier else noticed[slot] | {""}
                left = allowed.get(slot, ids | {DOES_NOT_APPLY})
                allowed[slot] = left & {*test.among} if test.among else left - {*test.not_among}
    yield from (f"no answer to {slot!r} passes its tests" for slot, left in allowed.items() if not left)


def _line_of(text: str, place: Sequence[str | int]) -> int:
    """The line of the file, counted from 1, where a part of it stands, or the nearest part around it."""
    node = yaml.compose(text, yaml.SafeLoader)
    line = node.start_mark.line
    for step in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        else:
            break
    return int(line) + 1
