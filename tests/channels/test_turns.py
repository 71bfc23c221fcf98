"""Turns: each message answered once, in its order, and to its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any

import pytest
import uvloop

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


def run(test: Awaitable[None]) -> None:
    async def in_time() -> None:
        await asyncio.wait_for(test, 10)

    asyncio.run(in_time())


def words(messages: list[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in messages]


def test_a_message_that_is_sent_again_joins_the_turn_that_it_began() -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        first = turns.begin("someone", "key", record.answer("hi"))
        again = turns.begin("someone", "key", record.answer("hi"))
        record.go_on.set()
        assert words(await first.whole()) == words(await again.whole()) == ["first of hi", "second of hi"]
        late = turns.begin("someone", "key", record.answer("hi"))
        assert words(await late.whole()) == ["first of hi", "second of hi"]
        assert record.asked == ["hi"]

    run(test())


def test_the_same_key_of_another_conversation_is_another_message() -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        record.go_on.set()
        for someone in ("ann", "ben"):
            await turns.begin(someone, "key", record.answer(someone)).whole()
        assert record.asked == ["ann", "ben"]

    run(test())


def test_the_messages_of_a_conversation_are_answered_one_by_one_in_their_order() -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        started = [turns.begin("someone", f"key {number}", record.answer(str(number))) for number in range(3)]
        other = turns.begin("another", "key", record.answer("other"))
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
        turn = turns.begin("someone", "key", record.answer("hi"))
        read = turn.follow()
        assert await read.__anext__() == {"text": "first of hi"}
        assert await read.__anext__() is None
        record.go_on.set()
        assert [one async for one in read if one] == [{"text": "second of hi"}]

    run(test())


def test_a_turn_goes_on_when_its_reader_leaves() -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        turn = turns.begin("someone", "key", record.answer("hi"))
        reader = asyncio.create_task(turn.whole())
        await asyncio.sleep(0.02)
        reader.cancel()
        record.go_on.set()
        again = turns.begin("someone", "key", record.answer("hi"))
        assert words(await again.whole()) == ["first of hi", "second of hi"]
        assert record.asked == ["hi"]

    run(test())


def test_a_turn_that_fails_ends_leaves_no_content_in_the_log_and_can_be_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        record.go_on.set()
        failed = turns.begin("someone", "key", record.answer("hi", fails=True))
        assert words(await failed.whole()) == ["first of hi", "sorry"]
        again = turns.begin("someone", "key", record.answer("hi"))
        assert words(await again.whole()) == ["first of hi", "second of hi"]
        assert record.asked == ["hi", "hi"]

    with caplog.at_level(logging.DEBUG):
        run(test())
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_an_answer_that_takes_too_long_ends_in_words_and_the_next_message_has_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_SECONDS", 0.1)

    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        hung = turns.begin("someone", "key", record.answer("hi"))
        after = turns.begin("someone", "other key", record.answer("i cant feel my legs"))
        assert words(await hung.whole()) == ["first of hi", "sorry"]
        record.go_on.set()
        assert words(await after.whole()) == ["first of i cant feel my legs", "second of i cant feel my legs"]
        again = turns.begin("someone", "key", record.answer("hi"))
        assert words(await again.whole()) == ["first of hi", "second of hi"]

    run(test())


def test_a_turn_that_is_cancelled_leaves_no_reader_waiting() -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        turn = turns.begin("someone", "key", record.answer("hi"))
        await asyncio.sleep(0.02)
        newest = turns._conversations["someone"].newest
        assert newest is not None
        newest.cancel()
        assert words(await turn.whole()) == ["first of hi"]
        assert turns.known("someone", "key") is None

    run(test())


def test_what_is_under_way_gets_to_end_when_the_server_stops() -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        turn = turns.begin("someone", "key", record.answer("hi"))
        asyncio.get_running_loop().call_later(0.05, record.go_on.set)
        await turns.finish(5)
        assert turn.over
        await turns.finish(5)

    run(test())


def test_only_so_many_messages_of_a_conversation_wait() -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        for number in range(MOST_WAITING):
            turns.begin("someone", f"key {number}", record.answer("hi"))
        with pytest.raises(BusyError):
            turns.begin("someone", "one more", record.answer("hi"))
        turns.begin("someone", "key 0", record.answer("hi"))
        turns.begin("another", "key", record.answer("hi"))
        record.go_on.set()

    run(test())


def test_the_memory_of_turns_stays_small_and_short_but_keeps_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CONVERSATIONS_KEPT", 3)
    monkeypatch.setattr(module, "_TURNS_KEPT", 2)

    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        waiting = turns.begin("someone who waits", "key", record.answer("hi"))
        await asyncio.sleep(0.02)
        for number in range(12):
            turns.begin(f"someone {number % 6}", f"key {number}", record.answer("hi"))
        assert turns.known("someone who waits", "key") is waiting
        record.go_on.set()
        await turns.finish(5)
        turns.begin("someone 5", "a new key", record.answer("hi"))
        assert len(turns._conversations) <= 3
        assert all(len(one.turns) <= 2 for one in turns._conversations.values())

    run(test())


def test_after_a_while_nothing_is_remembered_though_nobody_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT_SECONDS", 0.05)

    async def is_forgotten() -> bool:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        record.go_on.set()
        await turns.begin("someone", "key", record.answer("hi")).whole()
        assert turns.known("someone", "key")
        await asyncio.sleep(0.2)
        return not turns._conversations

    loop = uvloop.new_event_loop()  # Sanic's; its clock is a millisecond early now and then
    assert all(loop.run_until_complete(is_forgotten()) for _ in range(10))
    loop.close()


def test_what_a_patient_wishes_gone_is_forgotten_but_for_the_answer_that_it_is_gone() -> None:
    async def test() -> None:
        record, turns = Record(), Turns(lambda: {"text": "sorry"})
        record.go_on.set()
        await turns.begin("someone", "key", record.answer("hi")).whole()
        wish = turns.begin("someone", "wish", record.answer("delete my data"))
        turns.forget("someone", but="wish")
        turns.forget("another", but="wish")
        assert turns.known("someone", "key") is None
        assert turns.known("someone", "wish") is wish

    run(test())
