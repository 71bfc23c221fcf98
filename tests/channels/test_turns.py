"""Turns: each message answered once, in its order, and to its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from typing import Any

import pytest

from bot.channels import turns as module
from bot.channels.turns import MOST_WAITING, BusyError, Turn, Turns


class Record:
    """An assistant that takes its time, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go_on = asyncio.Event()

    def answer(self, text: str, fails: bool = False) -> Any:
        async def answer(turn: Turn) -> None:
            self.asked.append(text)
            await turn.say({"text": f"first of {text}"})
            await self.go_on.wait()
            if fails:
                raise RuntimeError("a secret symptom")
            await turn.say({"text": f"second of {text}"})

        return answer

    async def recall_nothing(self, key: str) -> Sequence[Any] | None:
        return None


def run(test: Awaitable[None]) -> None:
    async def in_time() -> None:
        await asyncio.wait_for(test, 10)

    asyncio.run(in_time())


def words(messages: list[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in messages]


def test_a_message_that_is_sent_again_joins_the_turn_that_it_began() -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        first = turns.begin("someone", "key", record.answer("hi"), record.recall_nothing)
        again = turns.begin("someone", "key", record.answer("hi"), record.recall_nothing)
        record.go_on.set()
        assert words(await first.whole()) == words(await again.whole()) == ["first of hi", "second of hi"]
        late = turns.begin("someone", "key", record.answer("hi"), record.recall_nothing)
        assert words(await late.whole()) == ["first of hi", "second of hi"]
        assert record.asked == ["hi"]

    run(test())


def test_the_same_key_of_another_conversation_is_another_message() -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        record.go_on.set()
        for someone in ("ann", "ben"):
            await turns.begin(someone, "key", record.answer(someone), record.recall_nothing).whole()
        assert record.asked == ["ann", "ben"]

    run(test())


def test_the_messages_of_a_conversation_are_answered_one_by_one_in_their_order() -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        started = [
            turns.begin("someone", f"key {number}", record.answer(str(number)), record.recall_nothing)
            for number in range(3)
        ]
        other = turns.begin("another", "key", record.answer("other"), record.recall_nothing)
        await asyncio.sleep(0.05)
        assert record.asked == ["0", "other"]  # the first one waits for its assistant, and nobody for another patient
        record.go_on.set()
        await asyncio.gather(other.whole(), *(turn.whole() for turn in started))
        assert [asked for asked in record.asked if asked != "other"] == ["0", "1", "2"]

    run(test())


def test_a_reader_gets_each_message_when_it_is_said_and_a_sign_of_life_in_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.02)

    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        turn = turns.begin("someone", "key", record.answer("hi"), record.recall_nothing)
        read = turn.follow()
        assert await read.__anext__() == {"text": "first of hi"}
        assert await read.__anext__() is None
        record.go_on.set()
        assert [one async for one in read if one] == [{"text": "second of hi"}]

    run(test())


def test_a_turn_goes_on_when_its_reader_leaves() -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        turn = turns.begin("someone", "key", record.answer("hi"), record.recall_nothing)
        reader = asyncio.create_task(turn.whole())
        await asyncio.sleep(0.02)
        reader.cancel()
        record.go_on.set()
        again = turns.begin("someone", "key", record.answer("hi"), record.recall_nothing)
        assert words(await again.whole()) == ["first of hi", "second of hi"]
        assert record.asked == ["hi"]

    run(test())


def test_a_turn_that_fails_ends_leaves_no_content_in_the_log_and_can_be_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        record.go_on.set()
        failed = turns.begin("someone", "key", record.answer("hi", fails=True), record.recall_nothing)
        assert words(await failed.whole()) == ["first of hi", "sorry"]
        again = turns.begin("someone", "key", record.answer("hi"), record.recall_nothing)
        assert words(await again.whole()) == ["first of hi", "second of hi"]
        assert record.asked == ["hi", "hi"]

    with caplog.at_level(logging.DEBUG):
        run(test())
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_what_was_answered_before_a_restart_is_recalled_and_asked_for_once() -> None:
    async def test() -> None:
        record, turns, recalled = Record(), Turns(lambda: {"text": "sorry"}), []
        record.go_on.set()

        async def recall(key: str) -> Sequence[Any] | None:
            recalled.append(key)
            return [{"text": "as before"}] if key == "old" else None

        old = turns.begin("someone", "old", record.answer("hi"), recall)
        assert words(await old.whole()) == ["as before"]
        await turns.begin("someone", "new", record.answer("and now"), recall).whole()
        assert (record.asked, recalled) == (["and now"], ["old"])

    run(test())


def test_where_the_record_cannot_be_read_the_readers_get_words() -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})

        async def fails(key: str) -> Sequence[Any] | None:
            raise OSError("no database")

        turn = turns.begin("someone", "key", record.answer("hi"), fails)
        assert words(await turn.whole()) == ["sorry"]

    run(test())


def test_only_so_many_messages_of_a_conversation_wait() -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        for number in range(MOST_WAITING):
            turns.begin("someone", f"key {number}", record.answer("hi"), record.recall_nothing)
        with pytest.raises(BusyError):
            turns.begin("someone", "one more", record.answer("hi"), record.recall_nothing)
        turns.begin("someone", "key 0", record.answer("hi"), record.recall_nothing)
        turns.begin("another", "key", record.answer("hi"), record.recall_nothing)
        record.go_on.set()

    run(test())


def test_the_memory_of_turns_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CONVERSATIONS_KEPT", 3)
    monkeypatch.setattr(module, "_TURNS_KEPT", 2)

    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        record.go_on.set()
        for number in range(12):
            turn = turns.begin(f"someone {number % 6}", f"key {number}", record.answer("hi"), record.recall_nothing)
            await turn.whole()
        assert len(turns._conversations) == 3
        assert all(len(one.turns) <= 2 for one in turns._conversations.values())

    run(test())
