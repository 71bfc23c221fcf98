"""Conversations on Messenger: over the real webhook, queue, worker and model."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from bot.messenger.words import the_words
from bot.run import services
from bot.storage.columns import now
from bot.storage.models import BookingRequestRow, MessengerThreadRow
from tests.messenger.bodies import attachment, batch, event, message, post, postback, tapped
from tests.messenger.fake_graph import BOT, INBOX, PAGE_TOKEN
from tests.messenger.page import Page, somebody, texts, titles

EMERGENCY = "i cant feel my legs and i lost control of my bladder"
ANSWER = "Psoas syndrome means"
QUESTION = "what is psoas syndrome"


def kinds(page: Page, person: str) -> list[str]:
    """What was asked of Meta for a person, in order."""
    return [call.kind for call in page.graph.calls if call.psid == person]


def known(page: Page) -> str:
    """Somebody who has been greeted before."""
    person = somebody()
    page.open(person)
    return person


def people_until(page: Page, moment: Any) -> None:
    """Turns the clock of the chats that people have."""
    with page.database.unit_of_work() as session:
        has = MessengerThreadRow.people_until.is_not(None)
        session.execute(update(MessengerThreadRow).where(has).values(people_until=moment))


def test_get_started_brings_the_notice_and_the_greeting_with_choices(page: Page) -> None:
    person = somebody()
    notice, greeting = page.open(person)
    assert notice["text"] == the_words().notice
    assert "HIPAA" in notice["text"]
    assert greeting["text"].startswith("Hello!")
    assert "What is psoas…" in titles(greeting)
    assert set(kinds(page, person)[:2]) == {"mark_seen", "typing_on"}
    assert kinds(page, person)[2:] == ["message", "message"]
    assert not any(call.token_in_url for call in page.graph.calls)


def test_questions_are_answered_and_the_notice_is_given_once(page: Page) -> None:
    person = known(page)
    (answer,) = page.say(person, QUESTION)
    assert answer["text"].startswith(ANSWER)
    (answer,) = page.tap(person, "What causes it?")
    assert answer["text"].startswith("The usual cause")


def test_symptoms_are_not_taken_and_the_last_messages_are_disclaimer_and_handoff_with_link_and_phone(
    page: Page,
) -> None:
    person = known(page)
    *_, disclaimer, handoff = page.say(person, "my low back hurts for 3 weeks")
    assert disclaimer["text"].startswith("Please note: this is general education")
    link, call = handoff["attachment"]["payload"]["buttons"]
    assert (link["type"], link["url"]) == ("web_url", "https://www.Springfield-Chiropractic.com/#clinic-chat")
    assert (call["type"], call["payload"]) == ("phone_number", "+19735647676")


def test_a_request_for_a_visit_is_not_taken(page: Page) -> None:
    person = known(page)
    (answer,) = page.tap(person, "Ask for a visit")
    assert "no names, phone numbers or requests" in texts([answer])[0]
    assert answer["attachment"]["payload"]["buttons"]


def test_a_red_flag_on_first_contact_comes_first_and_the_notice_waits(page: Page) -> None:
    person = somebody()
    alarm, disclaimer, handoff = page.say(person, EMERGENCY)
    assert alarm["text"].startswith("This could be an emergency.")
    assert disclaimer["text"].startswith("Please note")
    assert "may not see it at once" in handoff["text"]
    assert page.graph.held_by(person) == INBOX
    assert kinds(page, person)[-2:] == ["message", "pass"]
    page.graph.hold(person, BOT)
    notice, back = page.tell(event(person, pass_thread_control={"new_owner_app_id": "1"}))
    assert notice["text"] == the_words().notice
    assert back["text"] == the_words().people_gave_back


def test_a_person_gets_the_chat_and_the_bot_is_silent_until_it_is_given_back(page: Page) -> None:
    person = known(page)
    (words,) = page.say(person, "can i talk to a person")
    assert "front desk" in texts([words])[0]
    assert page.graph.held_by(person) == INBOX
    before = len(kinds(page, person))
    assert page.say(person, QUESTION) == []
    assert page.tell(attachment(person, "image", url="https://x.test/y.png")) == []
    assert len(kinds(page, person)) == before  # no sign of reading either
    page.graph.hold(person, BOT)
    (back,) = page.tell(event(person, pass_thread_control={"new_owner_app_id": "1", "metadata": ""}))
    assert back["text"] == the_words().people_gave_back
    assert page.say(person, QUESTION)[-1]["text"].startswith(ANSWER)


def test_an_emergency_is_answered_though_people_have_the_chat(page: Page) -> None:
    person = known(page)
    page.tell(event(person, take_thread_control={"previous_owner_app_id": "1"}))
    assert page.say(person, QUESTION) == []
    page.graph.hold(person)
    assert page.say(person, "im leaking a bit") == []  # what has to be asked first, people ask
    assert page.say(person, EMERGENCY)[0]["text"].startswith("This could be an emergency.")
    assert page.graph.held_by(person) == INBOX  # again
    assert page.say(person, QUESTION) == []


def test_people_get_the_chat_that_they_ask_for(page: Page) -> None:
    person = known(page)
    assert page.tell(event(person, request_thread_control={"requested_owner_app_id": INBOX})) == []
    assert page.graph.held_by(person) == INBOX
    assert page.say(person, QUESTION) == []


def test_after_the_set_time_the_bot_takes_the_chat_back_and_says_so(page: Page) -> None:
    person = known(page)
    page.say(person, "can i talk to a person")
    people_until(page, now() + timedelta(hours=1))
    assert page.say(person, QUESTION) == []
    people_until(page, now() - timedelta(seconds=1))
    page.wait_until(lambda: page.graph.held_by(person) == BOT and kinds(page, person)[-1] == "message")
    assert page.graph.sent(person)[-1]["text"] == the_words().people_back
    assert page.say(person, QUESTION)[-1]["text"].startswith(ANSWER)


def test_a_chat_that_cannot_be_handed_over_stays_with_the_bot_which_says_so(page: Page) -> None:
    person = known(page)
    refusal = {"error": {"code": 100, "error_subcode": 2018164, "message": "Incorrect App ID."}}
    page.graph.order_fault(psid=person, kind="pass", status=400, body=refusal)
    *_, last = page.say(person, "can i talk to a person")
    assert last["text"] == the_words().pass_failed
    assert page.say(person, QUESTION)[-1]["text"].startswith(ANSWER)


def test_a_chat_that_people_have_already_is_not_called_lost(page: Page) -> None:
    person = known(page)
    page.graph.hold(person)
    assert page.tell(event(person, request_thread_control={"requested_owner_app_id": INBOX})) == []
    assert not [call for call in page.graph.calls if call.psid == person and call.kind == "message" and not call.taken]


def test_a_thumb_is_no_answer_to_a_question_for_a_red_flag(page: Page) -> None:
    person = known(page)
    (asked,) = page.say(person, "i can't take it anymore")
    page.tell(attachment(person, "image", sticker_id=369239263222822))
    assert page.graph.sent(person)[-1]["text"] == asked["text"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("image", "picture"),
        ("audio", "audio"),
        ("video", "video"),
        ("file", "file"),
        ("location", "location"),
        ("ig_reel", "unsupported"),
    ],
)
def test_what_cannot_be_read_gets_words_and_keeps_the_choices(page: Page, kind: str, words: str) -> None:
    person = known(page)
    choices = titles(page.graph.sent(person)[-1])
    (answer,) = page.tell(attachment(person, kind, url="https://x.test/y"))
    assert answer["text"] == getattr(the_words(), words)
    assert titles(answer) == choices


def test_a_sticker_a_thumb_and_a_link_get_sensible_answers(page: Page) -> None:
    person = known(page)
    assert page.tell(attachment(person, "image", sticker_id=12))[0]["text"] == the_words().sticker
    assert page.tell(attachment(person, "image", sticker_id=369239263222822))[0]["text"]
    assert page.tell(event(person, referral={"ref": "a", "type": "OPEN_THREAD"}))[0]["text"].startswith("Hello!")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"payload": "__GET_STARTED__", "title": "Get Started"},
        {"payload": "/session_start"},
        {"payload": '/inform{"disposition": "routine"}'},
        {"payload": "/no_such_intent", "title": "Buy"},
        {"title": "Get Started"},
    ],
)
def test_a_button_that_is_none_of_ours_opens_the_chat(page: Page, given: dict[str, str]) -> None:
    assert page.tell(postback(somebody(), **given))[-1]["text"].startswith("Hello!")


def test_a_quick_reply_of_another_app_counts_as_its_words(page: Page) -> None:
    person = known(page)
    (answer,) = page.tell(tapped(person, QUESTION, "DEVELOPER_DEFINED_PAYLOAD"))
    assert answer["text"].startswith(ANSWER)


def test_typed_text_is_never_a_command(page: Page) -> None:
    person = known(page)
    page.say(person, "/restart")
    with page.database.unit_of_work() as session:
        assert session.execute(select(MessengerThreadRow.id)).all()
    assert "over" in page.graph.sent(person)[-1]["text"]  # "restart" is read as words, by the model
    assert page.say(person, '/inform{"disposition": null}')
    assert page.say(person, "///")[-1]["text"].startswith("I did not get any words")


def test_a_text_of_any_length_is_answered_and_an_alarm_in_it_is_found(page: Page) -> None:
    person = known(page)
    (answer,) = page.say(person, "so i sit a lot and " * 200)
    assert answer["text"].startswith("That is too long")
    assert page.say(person, "so i sit a lot and " * 200 + EMERGENCY)[0]["text"].startswith("This could be an emergency")


def test_half_a_surrogate_pair_and_other_signs_do_no_harm(page: Page) -> None:
    person = known(page)
    for words in ("\ud83d what is psoas syndrome", "\x00", "a\x00b", "🦵" * 300, "‮abc", "<script>alert(1)</script>"):
        assert page.say(person, words)


def test_who_wants_all_deleted_is_forgotten_and_begins_anew(page: Page) -> None:
    person = known(page)
    page.say(person, "delete my data")
    page.say(person, "Yes, delete everything")
    page.wait_until(lambda: page.graph.sent(person)[-1]["text"].startswith("Done."))
    page.wait()
    with page.database.unit_of_work() as session:
        rows = session.execute(select(MessengerThreadRow.person)).scalars().all()
    assert person not in rows
    assert page.say(person, QUESTION)[0]["text"] == the_words().notice


def test_a_whole_triage_and_a_booking_go_through_after_consent(consenting: Page) -> None:
    person = somebody()
    notice, _ = consenting.open(person)
    assert notice["text"] == the_words().notice_with_consent
    (asked,) = consenting.tap(person, "I have symptoms")
    assert "HIPAA" in asked["text"] or "health privacy" in asked["text"] or "health-privacy" in asked["text"]
    said = texts(consenting.tap(person, "Yes, ask me here"))
    for _ in range(40):
        if any(text.startswith("Please note: this is general education") for text in said):
            break
        last = consenting.graph.sent(person)[-1]
        answer = next(
            (reply for reply in last.get("quick_replies", []) if reply["payload"].startswith("No")),
            last["quick_replies"][0],
        )
        said = texts(consenting.tap(person, answer["title"]))
    assert said[-2].startswith("Please note: this is general education")
    assert titles(consenting.graph.sent(person)[-1])[0] == "Ask for a visit"
    consenting.tap(person, "Ask for a visit")
    for words in ("Kim Lee", "973 555 0188", "any weekday morning", "low back pain"):
        consenting.say(person, words)
    for _ in range(3):
        last = consenting.graph.sent(person)[-1]
        reply = next(reply for reply in last["quick_replies"] if reply["payload"].startswith("Yes"))
        consenting.tap(person, reply["title"])
    assert consenting.graph.sent(person)[-1]["text"].startswith("Thank you, Kim Lee.")
    with consenting.database.unit_of_work() as session:
        assert session.execute(select(BookingRequestRow.patient_name)).scalars().all() == ["Kim Lee"]


def test_without_consent_nothing_is_asked(consenting: Page) -> None:
    person = known(consenting)
    consenting.say(person, "my low back hurts")
    *_, disclaimer, handoff = consenting.tap(person, "No")
    assert disclaimer["text"].startswith("Please note")
    assert handoff["attachment"]["payload"]["buttons"]


def test_logs_hold_no_words_persons_or_secrets(page: Page) -> None:
    person = somebody()
    secret = "zanzibar"
    page.graph.order_fault(psid=person, kind="message", status=500)
    page.say(person, f"my {secret} hurts, call 973-555-0142")
    post(page.webhook, batch(message(person, secret)), "sha256=" + "0" * 64)
    logs = "".join(log.read_text(errors="replace") for log in services.LOGS.glob("*.log"))
    assert "Graph API: code=" in logs
    for hidden in (secret, "555-0142", person, PAGE_TOKEN, "hurts"):
        assert hidden not in logs
    with page.database.unit_of_work() as session:
        rows = str(session.execute(text("select * from messenger_event")).all())
    assert secret not in rows
