"""The client of the Graph API: what it sends, what it tries again, what it gives up, and what nobody ever reads."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.messenger.graph import Fault, Graph, GraphError
from bot.messenger.settings import MessengerSettings
from bot.messenger.signature import proof
from tests.messenger.fake_graph import APP_SECRET, BOT, INBOX, PAGE_TOKEN, FakeGraph

KIM, MARIA = "1254477777772919", "1254477777772920"
HELLO = {"text": "A psoas is a muscle."}
SECRETS = (PAGE_TOKEN, APP_SECRET, proof(PAGE_TOKEN, APP_SECRET))

Talk = Callable[[Graph], Awaitable[Any]]


def talk(settings: MessengerSettings, *talks: Talk, patience: float = 5.0) -> None:
    """Runs calls one after another, hurriedly."""

    async def run() -> None:
        async with Graph(settings, patience=patience, waits=(0.01, 0.02)) as client:
            for each in talks:
                await each(client)

    asyncio.run(run())


def send(psid: str = KIM, message: dict[str, Any] = HELLO) -> Talk:
    return lambda client: client.send(psid, message)


def refused(graph: FakeGraph, each: Talk, patience: float = 5.0) -> GraphError:
    with pytest.raises(GraphError) as error:
        talk(graph.settings(), each, patience=patience)
    return error.value


def meta_error(code: int, **others: Any) -> dict[str, Any]:
    return {"error": {"message": "(#0) words of Meta", "type": "OAuthException", "code": code, **others}}


# ------------------------------------------------------------------ what is sent


def test_messages_arrive_in_order_with_the_token_in_the_header_and_the_proof_in_the_body(graph: FakeGraph) -> None:
    talk(graph.settings(), send(), send(message={"text": "It lifts the leg."}), send(MARIA))
    assert graph.sent(KIM) == [HELLO, {"text": "It lifts the leg."}]
    assert graph.sent(MARIA) == [HELLO]
    for call in graph.calls:
        assert call.payload["messaging_type"] == "RESPONSE"
        assert call.payload["appsecret_proof"] == proof(PAGE_TOKEN, APP_SECRET)
        assert not call.token_in_url


def test_signs_are_shown(graph: FakeGraph) -> None:
    talk(graph.settings(), lambda client: client.act(KIM, "mark_seen"), lambda client: client.act(KIM, "typing_on"))
    assert [(call.psid, call.kind, call.status) for call in graph.calls] == [
        (KIM, "mark_seen", 200),
        (KIM, "typing_on", 200),
    ]


def test_a_chat_is_handed_to_the_inbox_and_taken_back(graph: FakeGraph) -> None:
    talk(graph.settings(), lambda client: client.pass_thread(KIM, "a person was asked for"))
    assert graph.held_by(KIM) == INBOX
    error = refused(graph, send())
    assert (error.code, error.subcode, error.fault) == (10, 2018300, Fault.FINAL)
    talk(graph.settings(), send(MARIA), lambda client: client.take_thread(KIM, "the time is over"), send())
    assert graph.held_by(KIM) == BOT
    assert (graph.sent(KIM), graph.sent(MARIA)) == ([HELLO], [HELLO])
    handed = [call.payload for call in graph.calls if call.kind == "pass"]
    assert [(each["target_app_id"], each["metadata"]) for each in handed] == [(INBOX, "a person was asked for")]


def test_a_chat_is_handed_to_the_app_that_the_settings_name(graph: FakeGraph) -> None:
    talk(graph.settings(MESSENGER_INBOX_APP_ID="42"), lambda client: client.pass_thread(KIM, ""))
    assert graph.held_by(KIM) == 42


def test_the_profile_is_written_read_and_deleted(graph: FakeGraph) -> None:
    found: list[dict[str, Any]] = []

    async def read(client: Graph) -> None:
        found.append(await client.read_profile(["get_started", "greeting"]))

    talk(
        graph.settings(),
        read,
        lambda client: client.write_profile({"get_started": {"payload": "/greet"}}),
        read,
        lambda client: client.delete_profile(["get_started"]),
        read,
    )
    assert found == [{}, {"get_started": {"payload": "/greet"}}, {}]
    assert not any(call.token_in_url for call in graph.calls)


@pytest.mark.parametrize("body", ["no JSON", "[]", "{}", '{"data": 3}', '{"data": [3]}'])
def test_a_profile_that_cannot_be_read_is_an_error(graph: FakeGraph, body: str) -> None:
    graph.order_fault(status=200, body=body)
    error = refused(graph, lambda client: client.read_profile(["greeting"]))
    assert (error.fault, error.status) == (Fault.MESSAGE, 200)


# ------------------------------------------------------------------ what is tried again


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 503, "body": ""},
        {"status": 502, "body": {"error": "no object"}},
        {"status": 500, "body": meta_error(999)},
        {"status": 429},
        {"status": 400, "body": meta_error(613)},
        {"status": 400, "body": meta_error(999, is_transient=True)},
        {"status": 400, "body": meta_error(100, is_transient=True)},
        {"manner": "reset"},
        *({"status": 400, "body": meta_error(code)} for code in (1, 2, 4, 17, 32, 341, 1200)),
    ],
)
def test_what_may_work_in_a_moment_is_tried_three_times(graph: FakeGraph, fault: dict[str, Any]) -> None:
    graph.order_fault(times=2, **fault)
    talk(graph.settings(), send())
    assert len(graph.calls) == 3
    assert graph.sent(KIM) == [HELLO]
    graph.clear()
    graph.order_fault(times=9, **fault)
    assert refused(graph, send()).fault is Fault.TRANSIENT
    assert len(graph.calls) == 3


def test_an_answer_that_never_comes_is_waited_for_no_longer_than_the_patience(graph: FakeGraph) -> None:
    graph.order_fault(manner="hang")
    talk(graph.settings(), send(), patience=0.3)
    assert graph.sent(KIM) == [HELLO]
    waited, sent = (call.at for call in graph.calls)
    assert 0.2 < sent - waited < 2
    graph.order_fault(manner="hang", times=3)
    error = refused(graph, send(), patience=0.1)
    assert (error.fault, error.status, error.code) == (Fault.TRANSIENT, None, None)


def test_a_server_that_is_not_there_may_come_back(graph: FakeGraph) -> None:
    settings = graph.settings(MESSENGER_GRAPH_URL="http://127.0.0.1:9")
    with pytest.raises(GraphError) as error:
        talk(settings, send())
    assert (error.value.fault, error.value.status) == (Fault.TRANSIENT, None)


def test_a_hand_over_is_tried_again_too(graph: FakeGraph) -> None:
    graph.order_fault(times=2, kind="pass")
    graph.order_fault(times=2, kind="take")
    talk(graph.settings(), lambda client: client.pass_thread(KIM, ""), lambda client: client.take_thread(KIM, ""))
    assert [call.kind for call in graph.calls] == ["pass"] * 3 + ["take"] * 3


def test_the_waits_grow_and_are_never_the_same(graph: FakeGraph) -> None:
    async def run() -> None:
        async with Graph(graph.settings(), waits=(0.1, 0.3)) as client:
            await client.send(KIM, HELLO)

    graph.order_fault(times=2)
    asyncio.run(run())
    first, second, third = (call.at for call in graph.calls)
    assert 0.07 < second - first < 0.2
    assert 0.22 < third - second < 0.5


# ------------------------------------------------------------------ what is given up


@pytest.mark.parametrize("status", [400, 403, 500, 429])
@pytest.mark.parametrize("code", [10, 190, 200, 230, 299, 368, 551, 2018300])
def test_where_nothing_more_can_be_sent_one_attempt_is_made(graph: FakeGraph, code: int, status: int) -> None:
    graph.order_fault(times=9, status=status, body=meta_error(code, error_subcode=7, is_transient=True))
    error = refused(graph, send())
    assert (error.fault, error.code, error.subcode, error.status) == (Fault.FINAL, code, 7, status)
    assert len(graph.calls) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 400, "body": meta_error(100)},
        {"status": 500, "body": meta_error(100)},
        {"status": 400, "body": meta_error(999)},
        {"status": 404},
        {"status": 302, "body": ""},
        {"status": 400, "body": {"error": {"code": "190"}}},
        pytest.param({"status": 400, "body": "[" * 90_000}, id="nested"),
    ],
)
def test_a_message_that_is_refused_is_not_sent_again_but_the_next_one_is(
    graph: FakeGraph, fault: dict[str, Any]
) -> None:
    graph.order_fault(**fault)
    assert refused(graph, send()).fault is Fault.MESSAGE
    talk(graph.settings(), send())
    assert len(graph.calls) == 2


def test_what_meta_refuses_is_refused_here(graph: FakeGraph) -> None:
    for message in ({"text": "x" * 2001}, {"text": ""}, {}, {"text": "Hi", "quick_replies": []}):
        assert refused(graph, send(message=message)).code == 100
    assert refused(graph, send("kim")).subcode == 2018001
    assert refused(graph, lambda client: client.write_profile({"persistent_menu": []})).code == 100
    with pytest.raises(GraphError) as error:
        talk(graph.settings(MESSENGER_PAGE_TOKEN="EAAold"), send())
    assert (error.value.code, error.value.fault) == (190, Fault.FINAL)
    with pytest.raises(GraphError) as error:
        talk(graph.settings(MESSENGER_APP_SECRET="another"), send())
    assert (error.value.code, error.value.fault) == (100, Fault.MESSAGE)
    assert graph.sent(KIM) == []


@pytest.mark.parametrize(
    "body", ["", "<html>", "{}", "[]", '{"error": {"code": 190}}', pytest.param("x" * 1_000_000, id="huge")]
)
def test_with_status_200_a_message_counts_as_sent_whatever_else_is_answered(graph: FakeGraph, body: str) -> None:
    graph.order_fault(status=200, body=body)
    talk(graph.settings(), send(), send(MARIA))
    assert [call.psid for call in graph.calls] == [KIM, MARIA]


def test_a_message_whose_answer_was_lost_arrives_twice_rather_than_not_at_all(graph: FakeGraph) -> None:
    graph.order_fault(manner="reset", after=True)
    talk(graph.settings(), send())
    assert graph.sent(KIM) == [HELLO, HELLO]


def test_a_sign_that_is_lost_stops_nothing(graph: FakeGraph, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    graph.order_fault(times=1, kind="typing_on")
    graph.order_fault(times=1, kind="mark_seen", manner="reset")
    talk(
        graph.settings(),
        lambda client: client.act(KIM, "mark_seen"),
        lambda client: client.act(KIM, "typing_on"),
        send(),
    )
    assert [call.kind for call in graph.calls] == ["mark_seen", "typing_on", "message"]
    assert {record.levelname for record in caplog.records if record.name == "bot.messenger.graph"} == {"INFO"}


# ------------------------------------------------------------------ what nobody reads


def test_each_failure_is_logged_once_in_numbers(graph: FakeGraph, caplog: pytest.LogCaptureFixture) -> None:
    graph.order_fault(times=1, status=500)
    graph.order_fault(times=1, status=400, body=meta_error(551, error_subcode=1545041))
    refused(graph, send())
    assert [(record.levelname, record.getMessage()) for record in caplog.records if "Graph" in record.getMessage()] == [
        ("WARNING", "Graph API: code=None subcode=None status=500 attempt=1"),
        ("ERROR", "Graph API: code=551 subcode=1545041 status=400 attempt=2"),
    ]


@pytest.mark.parametrize("manner", ["reset", "hang", "answer"])
def test_no_log_and_no_error_tells_a_secret_a_patient_or_a_word(
    graph: FakeGraph, caplog: pytest.LogCaptureFixture, manner: str
) -> None:
    caplog.set_level(logging.DEBUG)
    words = {**meta_error(190), "token": PAGE_TOKEN, "psid": KIM, "text": HELLO["text"]}
    errors = []
    for each in (send(), lambda client: client.read_profile(["greeting"])):
        graph.order_fault(times=3, manner=manner, status=400, body=words)
        errors.append(refused(graph, each, patience=0.2))
        graph.clear()
    assert [(error.__context__, error.__cause__) for error in errors] == [(None, None)] * 2
    graph.order_fault(manner=manner, status=400, body=words)
    talk(graph.settings(), lambda client: client.act(KIM, "typing_on"), patience=0.2)
    told = [line for error in errors for line in (repr(error), *traceback.format_exception(error))]
    told += [repr(Graph(graph.settings())), caplog.text, *(str(vars(record)) for record in caplog.records)]
    for secret in (*SECRETS, KIM, HELLO["text"], "words of Meta"):
        assert secret not in json.dumps(told)


# ------------------------------------------------------------------ many at once


def test_two_hundred_patients_are_written_to_at_once(graph: FakeGraph) -> None:
    graph.delay = 0.3
    patients = [str(1000 + number) for number in range(200)]

    async def run() -> float:
        loop = asyncio.get_running_loop()
        async with Graph(graph.settings(), connections=200) as client:
            begun = loop.time()
            await asyncio.gather(*(client.send(psid, HELLO) for psid in patients))
            return loop.time() - begun

    assert asyncio.run(run()) < 5
    assert all(graph.sent(psid) == [HELLO] for psid in patients)
