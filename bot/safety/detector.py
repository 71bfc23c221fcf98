"""Finds red flags in a patient's message by the reviewed phrases of red_flags.yml and the cues of cues.yml."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import spacy
import yaml
from pydantic import BaseModel, Extra, Field
from spacy.tokens import Doc

from bot.safety.clauses import Clauses
from bot.safety.disposition import Disposition, gravest
from bot.safety.phrases import Match, Phrase, PhraseBook, orders
from bot.safety.scope import CueBook, Cues, Scope
from bot.safety.words import MARKS, Reader, Word

RED_FLAGS_FILE = Path(__file__).with_name("red_flags.yml")
CUES_FILE = Path(__file__).with_name("cues.yml")


@dataclass(frozen=True)
class Finding:
    """A red flag found in a message.

    Attributes:
        flag: The flag's id in red_flags.yml.
        name: The flag in plain words.
        disposition: Which care it asks for.
        start: Where it begins in the message, in characters.
        end: Where it ends.
        reason: Why it counts: the phrase that matched.
        by_likeness: Whether it was found by its likeness to written wordings, and by no phrase.
        is_plain: Whether the patient says it of themselves, and hardly anything else beside it.
    """

    flag: str
    name: str
    disposition: Disposition
    start: int
    end: int
    reason: str
    by_likeness: bool = False
    is_plain: bool = False


class Examination(NamedTuple):
    """What a message holds.

    Attributes:
        findings: The red flags, one finding for each, the gravest first.
        remaining: The message without the signs that it denies.
        essence: What remains without the greetings, thanks and wishes at its ends.
        clauses: The clauses that hold the findings, and what each of them states with its finding.
        asked: The care that the gravest red flag calls for which is asked about in general, or None.
        harmless_rest: Whether nothing but harmless words follows its first one.
        ambiguity: What it may mean where it says hardly anything else, or None.
        of_another: Whether it is told of a relative beside the writer.
    """

    findings: list[Finding]
    remaining: str
    essence: str
    clauses: list[str]
    asked: Disposition | None
    harmless_rest: bool
    ambiguity: Ambiguity | None
    of_another: bool


class Sign(BaseModel, extra=Extra.forbid):
    """What is looked for by phrases: a red flag, or a circumstance that makes another sign count."""

    id: str
    phrases: list[str] = Field(min_items=1)
    ordinary: list[str] = []
    past_counts: bool = False
    event: bool = False
    question_counts: bool = False


class RedFlag(Sign):
    """A red flag as red_flags.yml writes it; the file's head explains the keys."""

    name: str
    disposition: Disposition
    row: int = Field(ge=1, le=30)
    sources: list[str] = Field(min_items=1)
    needs: list[str] = []


class Ambiguity(BaseModel, extra=Extra.forbid, frozen=True):
    """Words that may be a red flag or may not; the patient is asked which (utter_clarify in domain.yml).

    Attributes:
        id: What the question is called.
        disposition: Which care a yes asks for.
        row: The row of the clinical evidence table.
        says: What is typed, besides fillers.
    """

    id: str
    disposition: Disposition
    row: int = Field(ge=1, le=30)
    says: list[str] = Field(min_items=1)


class RedFlags(BaseModel, extra=Extra.forbid):
    """The whole of red_flags.yml."""

    spelling: dict[str, list[str]]
    guessed: list[str]
    not_guessed: list[str]
    words: dict[str, list[str]]
    circumstances: list[Sign]
    flags: list[RedFlag]
    fillers: list[str]
    harmless_rest: list[str]
    ambiguous: list[Ambiguity]


def load_red_flags(path: Path = RED_FLAGS_FILE) -> RedFlags:
    """Reads and checks the red flags.

    Raises:
        ValueError: A key is missing, unknown or wrong; the message names it.
    """
    return RedFlags(**yaml.safe_load(path.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def the_detector() -> RedFlagDetector:
    """The detector over the reviewed files, built once (it takes a few seconds)."""
    return RedFlagDetector(load_red_flags(), Cues(**yaml.safe_load(CUES_FILE.read_text(encoding="utf-8"))))


class RedFlagDetector:
    """Finds red flags that a message asserts of the patient, or of somebody beside them, now."""

    def __init__(self, red_flags: RedFlags, cues: Cues) -> None:
        self._flags = red_flags.flags
        self._signs: list[Sign] = [*red_flags.circumstances, *red_flags.flags]
        self._reader = Reader(red_flags.spelling, red_flags.guessed, red_flags.not_guessed)
        self._cues = CueBook(cues, self._reader)
        self._vocab = spacy.blank("en").vocab
        self._lists = red_flags.words
        self._stops = cues.gap_stop
        self._phrases = PhraseBook({sign.id: self._compiled(sign.phrases) for sign in self._signs})
        self._ordinary = PhraseBook({sign.id: self._compiled(sign.ordinary) for sign in self._signs})
        self._harmless_rest = {*red_flags.harmless_rest, *MARKS}
        self._fillers = {*red_flags.fillers, *MARKS}
        self._ambiguous = {
            self._telling(self._reader.words_of(text)): one for one in red_flags.ambiguous for text in one.says
        }

    def as_read(self, text: str) -> str:
        """A message in the spelling that phrases are read in, without accents and capitals."""
        return " ".join(word.text for word in self._reader.read(text))

    def find(self, text: str) -> list[Finding]:
        """Finds the red flags in a message (see `examine`)."""
        return self.examine(text).findings

    def examine(self, text: str) -> Examination:
        """Finds the red flags in a message, and what it speaks of without having it.

        Args:
            text: What the patient typed, in any language; English and a little Spanish are known.

        Returns:
            What it holds; no findings where there are none.
        """
        tokens = self._reader.read(text)
        words = [token.text for token in tokens]
        found = self._found(words)
        matches, denied, asked = self._matches(words, found)
        parted = Clauses(self._cues, words)
        parts = {sign: parted.holding(_closest(match, found[sign]), denied[sign]) for sign, match in matches.items()}
        findings = [
            Finding(
                flag=flag.id,
                name=flag.name,
                disposition=flag.disposition,
                start=tokens[matches[flag.id].start].start,
                end=tokens[matches[flag.id].end - 1].end,
                reason=" ".join(words[matches[flag.id].start : matches[flag.id].end]),
                is_plain=self._is_plain(words, parts[flag.id].statement, found[flag.id]),
            )
            for flag in self._flags
            if flag.id in matches and matches.keys() >= set(flag.needs)
        ]
        findings.sort(key=lambda finding: -finding.disposition.gravity)
        asserted = {at for match in matches.values() for at in range(match.start, match.end)}
        unsaid = {at for places in denied.values() for at in places} - asserted
        whole = range(len(tokens))
        essence = parted.essence(whole)
        remaining = _part(text, tokens, whole, unsaid) if unsaid else text
        return Examination(
            findings=findings,
            remaining=remaining,
            essence=remaining if essence == whole else _part(text, tokens, essence, unsaid),
            clauses=[_part(text, tokens, part, unsaid) for finding in findings for part in parts[finding.flag]],
            asked=gravest(flag.disposition for flag in self._flags if asked >= {flag.id, *flag.needs}),
            harmless_rest=self._harmless_rest.issuperset(words[1:]),
            ambiguity=self._ambiguous.get(self._telling(words)),
            of_another=self._cues.tells_of_another(words),
        )

    def _is_plain(self, words: list[str], statement: range, matches: Iterable[Match]) -> bool:
        """Whether a statement is of the patient and says nothing but a sign: nothing in it can make that harmless."""
        said = {at for match in matches for at in match.places}
        others = [words[at] for at in statement if at not in said]
        is_own = bool(self._cues.spans("first_person", words[statement.start : statement.stop]))
        return is_own and not self._telling(others)

    def _found(self, words: list[str]) -> dict[str, list[Match]]:
        """The phrases of each sign that stand in a message, but for everyday sayings."""
        doc = Doc(self._vocab, words=words)
        found = self._phrases.find(doc, words)
        usual = self._ordinary.find(doc, words) if found else {}
        return {
            sign: [match for match in matches if not _overlaps(match, usual.get(sign, ()))]
            for sign, matches in found.items()
        }

    def _matches(
        self, words: list[str], found: Mapping[str, list[Match]]
    ) -> tuple[dict[str, Match], dict[str, set[int]], set[str]]:
        """The longest phrase of each sign that is said of now, the denied words of each, and the signs asked about."""
        scope = Scope(self._cues, words)
        matches: dict[str, Match] = {}
        denied: dict[str, set[int]] = defaultdict(set)
        asked: set[str] = set()
        for sign in self._signs:
            for match in sorted(found.get(sign.id, ()), key=lambda match: (match.start - match.end, match.start)):
                if scope.is_of_now(match, sign.past_counts, sign.event, sign.question_counts):
                    matches[sign.id] = match
                    break
                if scope.is_denied(match):
                    denied[sign.id].update(range(match.start, match.end))
                if scope.is_asked_about(match):
                    asked.add(sign.id)
        return matches, denied, asked - matches.keys()

    def _telling(self, words: Iterable[str]) -> tuple[str, ...]:
        """The words of a message that are no fillers."""
        return tuple(word for word in words if word not in self._fillers)

    def _compiled(self, phrases: Iterable[str]) -> list[Phrase]:
        """Phrases made ready to be looked for."""
        return [
            Phrase(self._vocab, order, self._lists, self._reader, self._stops)
            for phrase in phrases
            for order in orders(phrase)
        ]


def _overlaps(match: Match, others: Iterable[Match]) -> bool:
    """Whether a match shares a word with one of the others, beyond words that fill a gap."""
    return any(not match.places.isdisjoint(range(other.start, other.end)) for other in others)


def _closest(match: Match, others: Iterable[Match]) -> Match:
    """The shortest match within another: its gaps hold fewest words of something else."""
    within = (one for one in others if match.start <= one.start and one.end <= match.end)
    return min(within, key=lambda one: one.end - one.start, default=match)


def _part(text: str, tokens: list[Word], part: range, unsaid: set[int]) -> str:
    """The part of a message that some of its words make up, without those among them that do not count."""
    if not part:
        return ""
    if unsaid.isdisjoint(part):
        return text[tokens[part.start].start : tokens[part.stop - 1].end]
    kept, at = [], tokens[part.start].start
    for place in sorted(unsaid.intersection(part)):
        kept.append(text[at : tokens[place].start])
        at = tokens[place].end
    return " ".join("".join([*kept, text[at : tokens[part.stop - 1].end]]).split())
