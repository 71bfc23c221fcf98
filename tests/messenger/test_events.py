"""What is read of the bodies that Meta sends: the events that are to be answered, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messenger.events import Content, Kind, content_of, read_events
from tests.messenger.bodies import PAGE, attachment, batch, event, message, postback, tapped
from tests.messenger.fake_graph import INBOX


def contents(*events: Any) -> list[Content]:
    return [one.content for one in read_events(batch(*events), INBOX)]


def test_every_event_of_every_entry_is_read_in_its_order() -> None:
    body = batch(message("1", "one"), message("2", "two"))
    body["entry"] += batch(message("1", "three"))["entry"]
    found = read_events(body, INBOX)
    assert [(one.person, one.content.text) for one in found] == [("1", "one"), ("2", "two"), ("1", "three")]
    assert {one.page for one in found} == {PAGE}


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (message("1", "hello"), Kind.TEXT),
        (message("1", "hello", tags=[{"source": "customer_chat_plugin"}]), Kind.TEXT),
        (message("1", "look", attachments=[{"type": "fallback", "payload": None}]), Kind.TEXT),
        (tapped("1", "Red", "/greet"), Kind.QUICK_REPLY),
        (postback("1", title="Start", payload="/greet"), Kind.BUTTON),
        (postback("1", title="Start"), Kind.BUTTON),
        (postback("1"), Kind.OPENED),
        (event("1", referral={"ref": "aaaa", "source": "SHORTLINK", "type": "OPEN_THREAD"}), Kind.OPENED),
        (message("1", sticker_id=369239263222822, attachments=[{"type": "image"}]), Kind.LIKE),
        (attachment("1", "image", url="https://x.test/y.png", sticker_id=369239383222810), Kind.LIKE),
        (attachment("1", "image", url="https://x.test/y.png", sticker_id=1), Kind.STICKER),
        (attachment("1", "image", url="https://x.test/y.png"), Kind.PICTURE),
        (attachment("1", "audio", url="https://x.test/y.mp3"), Kind.AUDIO),
        (attachment("1", "video", url="https://x.test/y.mp4"), Kind.VIDEO),
        (attachment("1", "file", url="https://x.test/y.pdf"), Kind.FILE),
        (attachment("1", "location", coordinates={"lat": 1, "long": 2}), Kind.LOCATION),
        (attachment("1", "ig_reel"), Kind.UNSUPPORTED),
        (message("1", is_unsupported=True), Kind.UNSUPPORTED),
        (message("1", attachments=[{"type": ["image"]}]), Kind.UNSUPPORTED),
        (event("1", pass_thread_control={"new_owner_app_id": "123456789", "metadata": ""}), Kind.GIVEN_BACK),
        (event("1", pass_thread_control={"new_owner_app_id": INBOX}), Kind.TAKEN),
        (event("1", take_thread_control={"previous_owner_app_id": "123456789"}), Kind.TAKEN),
        (event("1", request_thread_control={"requested_owner_app_id": INBOX}), Kind.ASKED_FOR),
    ],
)
def test_each_event_is_taken_for_what_it_is(given: Any, kind: Kind) -> None:
    assert [one.kind for one in contents(given)] == [kind]


@pytest.mark.parametrize(
    "given",
    [
        event("1", delivery={"mids": ["m_1"], "watermark": 1458668856253}),
        event("1", read={"watermark": 1458668856253}),
        event(PAGE, message={"mid": "m_1", "text": "hello", "is_echo": True, "app_id": 1}),
        event(PAGE, message={"mid": "m_1", "text": "an echo that does not say so"}),
        message("1", is_deleted=True),
        event("1", app_roles={"123456789": ["primary_receiver"]}),
        event("1", **{"policy-enforcement": {"action": "block", "reason": "x"}}),
        event("1", reaction={"mid": "m_1", "action": "react", "emoji": "x"}),
        event("1", optin={"ref": "x"}),
        event("1", something_new={"of": "tomorrow"}),
        {"message": {"mid": "m_1", "text": "of nobody"}},
        {"sender": {"id": True}, "message": {"mid": "m_1", "text": "of nobody"}},
        {"sender": {"id": ["1"]}, "message": {"text": "of nobody"}},
        {"sender": "1", "message": "hello"},
        "hello",
    ],
)
def test_what_nobody_expects_an_answer_to_is_left_alone(given: Any) -> None:
    assert contents(given) == []


@pytest.mark.parametrize("place", ["standby", "changes"])
def test_what_is_told_for_other_apps_is_left_alone(place: str) -> None:
    body = {"object": "page", "entry": [{"id": PAGE, "time": 1, place: [message("1", "hello")]}]}
    assert read_events(body, INBOX) == []


def test_a_handover_event_is_of_the_patient_whichever_side_tells_it() -> None:
    turned = {"sender": {"id": PAGE}, "recipient": {"id": "1"}, "pass_thread_control": {"new_owner_app_id": "12"}}
    assert [one.person for one in read_events(batch(turned), INBOX)] == ["1"]


def test_an_event_is_known_again_by_its_message_id_or_by_all_that_it_says() -> None:
    again = message("1", "hello", mid="m_x")
    otherwise = {**again, "timestamp": 1}
    without = event("1", 5, referral={"ref": "a"})
    identities = [one.identity for one in read_events(batch(again, again, otherwise, without, without), INBOX)]
    assert len(set(identities[:3])) == 1
    assert len(set(identities)) == 2
    later = event("1", 6, referral={"ref": "a"})
    assert read_events(batch(later), INBOX)[0].identity not in identities


def test_a_moment_that_is_none_is_that_of_the_arrival() -> None:
    for at in ("soon", None, -5, True, 2**70, 1.5):
        assert read_events(batch({**message("1", "hello"), "timestamp": at}), INBOX)[0].written_at > 1_700_000_000_000


def test_a_content_is_the_same_after_it_was_written_down() -> None:
    half_a_pair = Content(Kind.QUICK_REPLY, "\ud83d and \x00", "/greet")
    assert content_of(half_a_pair.as_json()) == half_a_pair


def test_half_a_surrogate_pair_in_an_id_can_be_stored() -> None:
    for one in read_events(batch(message("\ud800", "hello"), message("1\ud800", "hello")), INBOX):
        assert one.person.encode()


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_names = ["id", "text", "mid", "payload", "quick_reply", "attachments", "sticker_id", "type", "is_echo", "title"]
_parts = st.recursive(_json, lambda inner: st.dictionaries(st.sampled_from(_names), inner, max_size=5), max_leaves=12)
_kinds = ["message", "postback", "referral", "pass_thread_control", "take_thread_control", "sender", "recipient"]
_events = st.dictionaries(st.sampled_from([*_kinds, "timestamp"]), _parts, max_size=6)
hostile = st.one_of(
    _json,
    st.builds(lambda events: {"object": "page", "entry": [{"id": PAGE, "messaging": events}]}, st.lists(_events)),
    st.builds(lambda entry: {"object": "page", "entry": entry}, _json),
)
"""JSON values, most of them almost in Meta's shape."""


@given(hostile)
def test_any_json_is_read_without_a_fault(body: Any) -> None:
    for one in read_events(json.loads(json.dumps(body)), INBOX):
        assert one.person
        assert content_of(one.content.as_json()) == one.content
