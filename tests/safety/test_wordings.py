"""The safety net on wordings that another head wrote, without sight of its phrases."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz, process
from rasa.core.agent import Agent

from bot.safety import Disposition
from bot.safety.detector import load_red_flags, the_detector
from bot.safety.likeness import EXAMPLES, HARMLESS, Judged, passages, settled, wordings
from tests.nlu.test_held_out import HELD_OUT, examples
from tests.safety.judging import ALARMING, SETS, Grade, by_the_net, gravity, judge

FLOORS = yaml.safe_load(Path("tests/floors.yml").read_text(encoding="utf-8"))["safety"]
DETECTOR = the_detector()
NEAR = 87  # of 100, by rapidfuzz: a wording that near was hardly written apart

PLAIN_ALARMS = {
    "i lost control of my bladder": "emergency",
    "i can't pee": "emergency",
    "no feeling when i wipe": "emergency",
    "numb between my legs": "emergency",
    "both my legs are weak": "emergency",
    "i cant feel my legs": "emergency",
    "i have chest pain": "emergency",
    "i cant breathe and my chest hurts a lot": "emergency",
    "my back hurts since a car crash yesterday": "emergency",
    "sudden severe pain in my testicle": "emergency",
    "my husband cant move his leg since this morning": "emergency",
    "i want to kill myself": "crisis",
    "i already wrote my goodbyes": "crisis",
    "my boyfriend hits me": "crisis",
    "i have a fever and my hip hurts": "urgent_same_day",
    "no puedo orinar": "emergency",
    "quiero morirme": "crisis",
}
FLAGS = [
    "i want to kill myself",
    "my husband hits me",
    "i have chest pain",
    "i cant pee since yesterday",
    "numb between my legs",
    "my leg is numb",
    "my calf is swollen and red",
    "i have a fever",
    "it burns when i pee",
    "i cant hop on my leg",
    "i lost 20 pounds without trying",
    "i have a lump in my groin",
    "i have cancer",
    "i had breast cancer",
    "i am on chemo",
]
"""Plain red flags of each care, told by a patient."""

BEFORE = [
    "yes",
    "no thanks",
    "ok",
    "hi there",
    "good morning doctor",
    "thank you",
    "stop",
    "restart",
    "delete my data please",
    "i want to book an appointment",
    "can i talk to a human",
    "what is the psoas",
    "what are your hours",
    "tuesday at 9 works",
]
BEHIND = [
    "thanks",
    "please help",
    "bye",
    "restart",
    "delete my data please",
    "can i book a visit",
    "i want to book an appointment",
    "what is the psoas",
    "what are your hours",
]
"""What is said before and behind a red flag, and has nothing to do with it."""

HARMLESS_WITH_A_PHRASE = [
    "our old beagle can't move his back legs, the vet says disc",
    "i nearly peed my pants laughing at your post",
    "the sign of cancer is my star sign, what do you do about stiff backs",
    "my dad has a history of cancer, i just want my hips loosened up",
    "there was a pileup on the highway, i am running late for my visit",
]
"""What holds the words of a red flag beside words that make it harmless."""

LISTS_OF_DENIALS = [
    "no fever, chills",
    "i dont have fever, chills",
    "no fever and chills",
    "negative for fever and chills",
]

NO_ALARMS = [
    "this pain is killing me",
    "no fever",
    "dont have numbness",
    "fever? no",
    "is fever a sign of it?",
    "my back hurts when i sit",
    "i cant stand up straight",
    "what are the stretches",
    "dying to get back to running",
]


def by_rules(text: str) -> str:
    """The gravest disposition that the reviewed phrases find."""
    findings = DETECTOR.find(text)
    return findings[0].disposition.value if findings else "none"


@pytest.fixture(scope="session")
def grade(agent: Agent) -> Grade:
    """The opinion of the whole net: phrases and statistical check of the trained model."""
    return by_the_net(agent)


def plain(text: str) -> str:
    return " ".join(text.lower().split()).strip(" .!?")


@pytest.mark.parametrize(("text", "disposition"), PLAIN_ALARMS.items())
def test_a_plain_wording_raises_its_alarm_by_the_phrases_alone(text: str, disposition: str) -> None:
    assert by_rules(text) == disposition


@pytest.mark.parametrize("text", NO_ALARMS)
def test_a_denial_a_figure_of_speech_or_a_question_raises_none(text: str, grade: Grade) -> None:
    assert grade(text) not in ALARMING


@pytest.mark.parametrize("flag", FLAGS)
def test_words_that_have_nothing_to_do_with_a_red_flag_do_not_hide_it(flag: str, grade: Grade) -> None:
    alone = gravity(grade(flag))
    before = [words + mark + flag for words in BEFORE for mark in (", ", ". ", "\n", " and ")]
    behind = [flag + mark + words for words in BEHIND for mark in (", ", ". ", "\n", " and ")]
    assert alone
    assert [text for text in (*before, *behind) if gravity(grade(text)) < alone] == []


@pytest.mark.parametrize("flag", FLAGS)
def test_they_do_not_hide_it_without_a_mark_between_either(flag: str, grade: Grade) -> None:
    texts = [*(f"{words} {flag}" for words in BEFORE), *(f"{flag} {words}" for words in BEHIND)]
    hidden = [text for text in texts if gravity(grade(text)) < gravity(grade(flag))]
    assert hidden == []


@pytest.mark.parametrize("text", HARMLESS_WITH_A_PHRASE)
def test_words_that_make_a_red_flag_harmless_still_do(text: str, grade: Grade) -> None:
    assert grade(text) not in ALARMING


@pytest.mark.parametrize("text", LISTS_OF_DENIALS)
def test_a_denial_reaches_over_a_list_of_one_sign(text: str, grade: Grade) -> None:
    assert grade(text) == "none"


@pytest.mark.parametrize(
    ("text", "disposition"),
    [
        ("no fever, weak legs", "emergency"),
        ("no rush, tingling in my leg", "urgent_same_day"),
        ("no fever, chills, i have cancer", "see_clinician"),
    ],
)
def test_a_denial_of_something_else_hides_no_red_flag(text: str, disposition: str, grade: Grade) -> None:
    assert gravity(grade(text)) >= gravity(disposition)


def test_the_share_of_held_out_alarms_that_is_found_does_not_fall(grade: Grade) -> None:
    judgements = [judge(name, grade) for name in SETS]
    missed = [one["row"] for judgement in judgements for one in judgement.missed]
    alarms = sum(judgement.alarms for judgement in judgements)
    print(f"missed {len(missed)} of {alarms}, of the rows {missed}")
    assert 1 - len(missed) / alarms >= FLOORS["found"]


def test_no_held_out_alarm_of_a_critical_kind_is_missed(grade: Grade) -> None:
    assert [missed for name in SETS for missed in judge(name, grade).critical] == []


def test_the_share_of_false_alarms_does_not_rise(grade: Grade) -> None:
    judgements = {name: judge(name, grade) for name in SETS}
    false = {name: len(judgement.false) for name, judgement in judgements.items()}
    negatives = sum(judgement.negatives for judgement in judgements.values())
    print(f"false alarms {false} of {negatives}")
    assert sum(false.values()) / negatives <= FLOORS["false_alarms"]


def test_ordinary_questions_raise_no_alarm(grade: Grade) -> None:
    texts = [text for text, _ in examples(HELD_OUT)]
    alarms = [text for text in texts if grade(text) in ALARMING]
    print(f"alarms on {len(alarms)} of {len(texts)} ordinary messages: {alarms}")
    assert len(alarms) / len(texts) <= 0.01


def test_no_held_out_wording_stands_among_the_examples_exactly_or_nearly() -> None:
    taught = [plain(text) for text, _ in wordings()]
    held_out = [one["text"] for content in SETS.values() for group in content.values() for one in group]
    near = {
        text: match[0]
        for text in held_out
        if (match := process.extractOne(plain(text), taught, scorer=fuzz.ratio, score_cutoff=NEAR))
    }
    assert near == {}


def test_the_examples_teach_every_row_and_every_family_has_harmless_ones() -> None:
    content = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in EXAMPLES.glob("*.yml")}
    groups = [(family, group) for family, one in content.items() for group in one["wordings"]]
    assert {group["row"] for _, group in groups} == set(range(31))
    assert {family for family, group in groups if group["disposition"] is None} == set(content)
    assert {label.partition(":")[2] for _, label in wordings()} == {"", *(one.value for one in Disposition)} - {
        "routine"
    }


def test_a_likely_finding_names_its_family_in_plain_words() -> None:
    for label in {label for _, label in wordings() if label != HARMLESS}:
        family, _, disposition = label.partition(":")
        (finding,) = settled([], [Judged(True, [(label, 0.9), (HARMLESS, 0.1)])], 10)
        assert (finding.flag, finding.disposition.value) == (family, disposition)
        assert " " in finding.name


def test_a_phrase_stands_unless_the_check_is_sure_that_the_whole_is_harmless() -> None:
    findings = DETECTOR.find("i want to kill myself")
    sure, unsure = Judged(True, [(HARMLESS, 0.95)]), Judged(True, [(HARMLESS, 0.8)])
    assert settled(findings, [unsure], 21) == findings
    assert settled(findings, [sure, unsure], 21) == findings
    assert settled(findings, [sure], 21) == []
    assert settled(findings, [], 21) == findings


def test_a_phrase_stands_where_a_passage_of_a_harmless_message_may_alarm() -> None:
    findings = DETECTOR.find("i want to kill myself")
    whole = Judged(True, [(HARMLESS, 0.99)])
    assert settled(findings, [whole, Judged(False, [("suicide:crisis", 0.6), (HARMLESS, 0.4)])], 21) == findings
    assert settled(findings, [whole, Judged(False, [("suicide:crisis", 0.2), (HARMLESS, 0.8)])], 21) == []


def test_a_phrase_stands_unless_its_own_clause_is_as_harmless_as_the_whole() -> None:
    findings = DETECTOR.find("yes, fever and chills")
    whole = Judged(True, [(HARMLESS, 0.99)])
    clause = [("infection_and_belly:urgent_same_day", 0.2), (HARMLESS, 0.8)]
    assert settled(findings, [whole, Judged(False, clause, holds_phrase=True)], 21) == findings
    assert settled(findings, [whole, Judged(False, clause)], 21) == []


def test_what_a_patient_plainly_says_of_themselves_is_never_set_aside() -> None:
    harmless = [Judged(True, [(HARMLESS, 0.99)])]
    for text in ("i have cancer", "yes i have a history of cancer", "my leg is numb, thanks"):
        assert settled(DETECTOR.find(text), harmless, len(text)), text
    assert settled(DETECTOR.find("my dad had cancer"), harmless, 17) == []


@pytest.mark.parametrize(
    ("text", "clauses", "essence"),
    [
        ("yes, i have a fever, thanks", {"i have a fever"}, "i have a fever"),
        ("restart it burns when i pee", {"it burns when i pee"}, "it burns when i pee"),
        (
            "book me in and i have a fever can i come today",
            {"book me in and i have a fever can i come today", "i have a fever"},
            "book me in and i have a fever can i come today",
        ),
        ("my arm is numb because i slept on it", {"my arm is numb because i slept on it"}, None),
        ("do you think i have cancer", {"do you think i have cancer"}, None),
        ("Hi! Is fever a sign of it?", set(), "Is fever a sign of it?"),
        ("my back hurts. ", set(), None),
        ("hi", set(), ""),
        ("", set(), ""),
    ],
)
def test_a_message_is_parted_into_what_it_says_and_what_stands_beside_it(
    text: str, clauses: set[str], essence: str | None
) -> None:
    examined = DETECTOR.examine(text)
    assert set(examined.clauses) == clauses
    assert examined.essence == (text if essence is None else essence)


def test_a_passage_must_be_surer_than_a_whole_message() -> None:
    ranking = [("suicide:crisis", 0.6), (HARMLESS, 0.4)]
    assert settled([], [Judged(True, ranking)], 21)
    assert not settled([], [Judged(False, ranking)], 21)


@pytest.mark.parametrize("words", [3, 18, 19, 60, 400])
def test_every_word_of_a_message_is_judged(words: int) -> None:
    text = " ".join(f"w{number}" for number in range(words))
    first, *windows = passages(text)
    assert first == text
    assert not windows or {word for window in windows for word in window.split()} == set(text.split())


def test_every_flag_names_its_row_and_its_sources() -> None:
    flags = load_red_flags().flags
    assert {flag.row for flag in flags} >= set(range(1, 31)) - {23}  # 23 is a part of pregnancy_alarm
    assert all(flag.sources and flag.phrases for flag in flags)
    assert len({flag.id for flag in flags}) == len(flags)
    assert {flag.disposition for flag in flags} <= set(Disposition)


@given(st.text(max_size=200))
def test_no_text_breaks_the_detector(text: str) -> None:
    for finding in DETECTOR.find(text):
        assert 0 <= finding.start < finding.end <= len(text)


@pytest.mark.parametrize("alarm", [text for text, grade in PLAIN_ALARMS.items() if grade in ALARMING])
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ordinary=st.sampled_from([text for text, _ in examples(HELD_OUT)]),
    place=st.sampled_from(["before", "behind", "inside"]),
)
def test_an_alarm_is_found_beside_any_ordinary_message(alarm: str, ordinary: str, place: str, grade: Grade) -> None:
    words = ordinary.split()
    parts = {
        "before": [alarm, ordinary],
        "behind": [ordinary, alarm],
        "inside": [" ".join(words[: len(words) // 2]), alarm, " ".join(words[len(words) // 2 :])],
    }
    assert grade(". ".join(parts[place])) in ALARMING


@pytest.mark.parametrize("alarm", [text for text, grade in PLAIN_ALARMS.items() if grade in ALARMING])
@pytest.mark.parametrize("denied", ["no fever", "not pregnant", "no tummy trouble", "I have no idea why"])
def test_a_no_to_something_else_hides_no_alarm(alarm: str, denied: str, grade: Grade) -> None:
    assert grade(f"{denied}, but {alarm}") in ALARMING
    assert grade(f"{alarm}, {denied}") in ALARMING


def test_every_ambiguous_wording_is_asked_about_in_its_own_words_and_raises_an_alarm() -> None:
    responses = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))["responses"]["utter_clarify"]
    asked = {one["condition"][0]["value"] for one in responses if "condition" in one}
    assert asked == {one.id for one in load_red_flags().ambiguous}
    assert {one.disposition.value for one in load_red_flags().ambiguous} <= set(ALARMING)


@pytest.mark.parametrize(
    ("text", "ambiguity"),
    [
        ("leaking", "leaking"),
        ("I'm leaking a little, sorry", "leaking"),
        ("had an accident yesterday", "accident"),
        ("numb", "numb"),
        ("my faucet is leaking", None),
        ("i had a car accident yesterday", None),
        ("my thigh is numb", None),
        ("", None),
    ],
)
def test_words_are_ambiguous_where_hardly_anything_else_is_said(text: str, ambiguity: str | None) -> None:
    found = DETECTOR.examine(text).ambiguity
    assert (found.id if found else None) == ambiguity


@pytest.mark.parametrize(
    ("text", "of_another"),
    [
        ("my husband cant move his leg", True),
        ("i think he is having a stroke", True),
        ("im worried about my mom, she cant pee", True),
        ("my husband is at work and i cant feel my legs", False),
        ("i cant feel my legs", False),
        ("my legs are numb", False),
        ("both my legs are numb, they gave out", False),
        ("my legs are numb, my husband is driving", False),
    ],
)
def test_an_alarm_told_of_a_relative_is_told_apart(text: str, of_another: bool) -> None:
    assert DETECTOR.examine(text).of_another is of_another


def test_the_safety_case_lists_every_flag_as_the_data_file_has_it() -> None:
    document = Path("docs/safety-case.md").read_text(encoding="utf-8")
    for flag in load_red_flags().flags:
        row = f"| {flag.row} | `{flag.id}` | {flag.name} | {flag.disposition.value} |"
        assert row in document, f"docs/safety-case.md lacks: {row}"
