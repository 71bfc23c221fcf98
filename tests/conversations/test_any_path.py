"""Triage on random paths, over the trained model and the real action server: whatever happens, it ends as it must.

A Hypothesis state machine presses buttons, types answers, wrong ones and nonsense, interrupts, corrects, alarms,
leaves, returns after an hour, and takes the action server away. 50 dialogues; 500 with HYPOTHESIS_PROFILE=nightly.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from rasa.core.agent import Agent
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.nlu.context import state_of
from bot.nlu.reading import ALARMING_ANSWERS
from bot.nlu.turns import Turn, newest_turn
from bot.run.services import free_port
from bot.triage import the_protocol
from tests.driver import ENDING, Conversation

PROTOCOL = the_protocol()
OPENERS = ["my back hurts", "my left hip aches for 3 weeks, about a 6", "/report_symptoms", "do i have psoas syndrome?"]
GUESSES = ["no", "yes", "not sure", "6", "3 weeks", "running a lot", "in my groin", "i'm 45", "i'm a 30 year old man",
           "no fever, nothing", "nope all good", "when i get up", "maybe", "both", "idk", "no, but my hip is stiff",
           "groin, 2 months, 7/10", "a little"]  # fmt: skip
WRONG = ["purple monkey", "???", "lol", "the weather is nice", "asdf", "👍", "i like trains", "no sé"]
ASIDES = ["what causes it?", "are you a robot", "thanks", "you are useless", "what are your hours", "i want a visit",
          "why do you ask?", "what is the capital of france", "no entiendo nada de lo que dice", "say that again",
          "which stretches help and how long does it take?", "hello", "can i take ibuprofen"]  # fmt: skip
CHANGES = ["actually it's the left side", "i meant 5", "go back", "sorry, 2 months not 2 weeks", "actually no fever",
           "oops wrong button", "actually i'm 62", "on second thought it was from running"]  # fmt: skip
FLAGS = ["now i can't feel my legs", "i want to kill myself", "i have a fever", "i had an accident", "it went numb",
         "i have cancer", "i can't hop on it"]  # fmt: skip
LEAVING = ["stop", "later", "start over", "goodbye", "i'll finish this later", "/restart", "/back"]
RETURNING = ["go on", "yes", "no", "hi", "my back still hurts", "start over", "continue", "/report_symptoms"]
BOOKING = ["Maria Lopez", "973-555-0188", "friday morning", "Leave it out", "Yes, pass them on",
           "Yes, you may contact me", "Yes, send it", "cancel"]  # fmt: skip
PRIVACY = ["who reads this", "delete my data", "Yes, delete everything", "No, keep it"]
MESSAGES = st.one_of(
    *map(st.sampled_from, (GUESSES, GUESSES, WRONG, ASIDES, CHANGES, FLAGS, LEAVING, RETURNING, BOOKING, PRIVACY))
)
FORGETS = {"confirm_erasure", "restart", "restart_triage", "report_symptoms", "ask_do_i_have_it"}
NUMBERED = re.compile(r"Question (\d+) of (\d+)\.")


class AnyPath(RuleBasedStateMachine):
    """One dialogue, and what must hold after each of its turns."""

    agent: Agent

    def __init__(self) -> None:
        super().__init__()
        self.chat = self.conversation()
        self.before: dict[str, Any] = {}
        self.after: dict[str, Any] = {}
        self.form: str | None = None
        self.turn = Turn()
        self.tracker: DialogueStateTracker | None = None

    def conversation(self) -> Conversation:
        """The conversation that the dialogue is led in."""
        return Conversation(self.agent)

    def say(self, text: str) -> None:
        """One turn: the slots before and after it, the form that is active then, and the turn as Rasa keeps it."""
        self.before = self.after
        self.chat.say(text)
        tracker = self.tracker = self.chat.tracker
        self.after, self.form = tracker.current_slot_values(), tracker.active_loop_name
        self.turn = newest_turn(tracker.events)

    @initialize(text=st.sampled_from(OPENERS))
    def begins(self, text: str) -> None:
        self.say(text)

    @rule(text=MESSAGES)
    def types(self, text: str) -> None:
        self.say(text)

    @rule(text=st.text(min_size=1, max_size=60).filter(lambda text: not text.lstrip().startswith("/")))
    def types_nonsense(self, text: str) -> None:
        self.say(text)

    @precondition(lambda self: self.chat.asked)
    @rule(data=st.data())
    def answers_the_question(self, data: st.DataObject) -> None:
        question = PROTOCOL.question(self.chat.asked)
        assert question
        said = [words for option in question.options for words in option.says]
        self.say(data.draw(st.sampled_from([*question.titles, *question.words, *said])))

    @precondition(lambda self: self.chat.buttons)
    @rule(data=st.data())
    def presses_a_button(self, data: st.DataObject) -> None:
        self.say(data.draw(st.sampled_from(sorted(self.chat.buttons.values()))))

    @rule(text=MESSAGES)
    def types_while_the_action_server_is_down(self, text: str) -> None:
        processor = self.agent.processor
        assert processor
        endpoint, processor.action_endpoint = (
            processor.action_endpoint,
            EndpointConfig(f"http://127.0.0.1:{free_port()}"),
        )
        try:
            self.say(text)
        finally:
            processor.action_endpoint = endpoint

    @rule(text=st.sampled_from(RETURNING))
    def returns_after_an_hour(self, text: str) -> None:
        self.chat.wait(minutes=61)
        self.say(text)

    @invariant()
    def no_message_is_without_reply(self) -> None:
        assert all(self.chat.texts)
        assert self.chat.texts or not self.before

    @invariant()
    def every_word_is_for_people(self) -> None:
        ours = re.sub("“[^”]*”", "", " ".join(self.chat.texts))  # without what it quotes of the patient
        assert not re.search(r"does_not_apply|not_sure|[{}]|\bNone\b", ours), self.chat.texts

    @invariant()
    def triage_is_never_left_without_its_ending(self) -> None:
        is_open = self.after.get("triage_state") == "open"
        if is_open:
            assert self.form == "triage_form" or self.chat.responses[-1] in (
                "utter_clarify",
                "utter_confirm_erasure",
            ), self.chat.responses
        if self.before.get("triage_state") == "open" and not is_open:
            assert self.chat.responses[-2:] == ENDING

    @invariant()
    def one_form_at_most_is_active_and_asks(self) -> None:
        if self.form == "triage_form":
            assert self.chat.asked == self.after["requested_slot"]

    @invariant()
    def no_answer_is_lost(self) -> None:
        if self.turn.intent not in FORGETS:
            lost = {
                slot for slot in PROTOCOL.slots if self.before.get(slot) is not None and self.after.get(slot) is None
            }
            assert lost <= {*self.turn.told, *(self.turn.told.get(ALARMING_ANSWERS) or {})}

    @invariant()
    def no_question_comes_twice_without_cause(self) -> None:
        asked = self.chat.asked
        if asked and self.turn.intent not in FORGETS:
            assert self.turn.told.get(asked) is None, "answered in this turn, and asked again"
            reopened = asked in self.turn.told
            assert self.before.get(asked) in (None, "does_not_apply") or reopened, "answered before, and asked again"

    @invariant()
    def what_is_read_of_a_long_session_tells_what_the_whole_would(self) -> None:
        if self.tracker is not None:
            whole = self.chat.whole_session
            read = state_of(self.tracker)
            assert read == replace(state_of(whole), now=read.now)
            assert newest_turn(self.tracker.events) == newest_turn(whole.events)
            forms = [one.active_loop for one in (self.tracker, whole)]
            assert len({form and (form.name, form.is_interrupted, form.rejected) for form in forms}) == 1
            began, began_whole = next(iter(self.tracker.events)), next(iter(whole.events))
            assert (began.type_name, began.timestamp) == (began_whole.type_name, began_whole.timestamp)

    @invariant()
    def there_is_always_a_way_on(self) -> None:
        if self.chat.texts:
            assert self.chat.buttons or self.form or re.search(r"911|988|973", " ".join(self.chat.texts))

    @invariant()
    def the_number_of_a_question_fits(self) -> None:
        if self.chat.asked:
            found = NUMBERED.search(self.chat.texts[-1])
            assert found
            assert 1 <= int(found[1]) <= int(found[2]) <= len(PROTOCOL.questions)

    def teardown(self) -> None:
        """Leaves at last: what is still open then ends as it must."""
        if self.after.get("triage_state") == "open":
            self.say("stop")
            self.triage_is_never_left_without_its_ending()
            assert self.form != "triage_form"


def test_triage_ends_with_disclaimer_and_handoff_on_any_path(agent: Agent) -> None:
    AnyPath.agent = agent
    run_dialogues(AnyPath, settings().max_examples // 2)


def run_dialogues(machine: type[AnyPath], dialogues: int) -> None:
    """Leads this many dialogues."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=dialogues,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            phases=(Phase.reuse, Phase.generate),  # making a failing dialogue shorter takes minutes
        ),
    )
