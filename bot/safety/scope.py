"""Tells whether a phrase found in a message is said of the patient now: not denied, asked, past or told of others."""

from __future__ import annotations

from itertools import pairwise

from pydantic import BaseModel, Extra

from bot.safety.phrases import Match
from bot.safety.words import MARKS, PAUSE, QUESTION_MARK, SENTENCE_END, PhraseIndex, Reader

_REACH = 6  # words back from a finding in which a denial is looked for
_LONGEST_LISTED = 4  # words of one item in a list of denials
_ENDS = frozenset([SENTENCE_END, QUESTION_MARK])


class Cues(BaseModel, extra=Extra.forbid):
    """The whole of cues.yml; the file's head explains the keys."""

    neutral: list[str]
    denial: list[str]
    denial_verb: list[str]
    having: list[str]
    opinion: list[str]
    list_denial: list[str]
    list_word: list[str]
    denial_after: list[str]
    absence: list[str]
    clause_break: list[str]
    new_clause: list[str]
    gap_stop: list[str]
    possessive: list[str]
    leads_on: list[str]
    past: list[str]
    past_years: tuple[int, int]
    year_leads: list[str]
    past_tense: list[str]
    told: list[str]
    over: list[str]
    now: list[str]
    fiction: list[str]
    breaks_in: list[str]
    others: list[str]
    myself: list[str]
    greeting: list[str]
    question: list[str]
    hypothetical: list[str]
    general: list[str]
    mine: list[str]
    taken_back: list[str]
    relative: list[str]
    first_person: list[str]
    aside: list[str]
    opener: list[str]
    closer: list[str]
    joins: list[str]
    reason: list[str]
    asks: list[str]
    own: list[str]
    inverts: list[str]
    depends: list[str]


class CueBook:
    """The cues, ready to be looked for."""

    def __init__(self, cues: Cues, reader: Reader) -> None:
        lists = cues.dict(exclude={"past_years"})
        self._phrases = {
            name: PhraseIndex(reader.words_of(phrase) for phrase in phrases) for name, phrases in lists.items()
        }
        first, last = cues.past_years
        self._past_years = {str(year) for year in range(first, last + 1)}

    def spans(self, cue: str, words: list[str]) -> list[range]:
        """Every place where a phrase of one kind of cue stands."""
        spans = self._phrases[cue].spans(words)
        return [*spans, *self._years(words)] if cue == "past" else spans

    def _years(self, words: list[str]) -> list[range]:
        """The years of another time: "in 1998"."""
        leads = [span.start for span in self._phrases["year_leads"].spans(words)]
        return [range(at, at + 2) for at in leads if at + 1 < len(words) and words[at + 1] in self._past_years]

    def tells_of_another(self, words: list[str]) -> bool:
        """Whether a message is told of a relative: one is named, and the writer only as who tells or asks."""
        aside = {at for span in self.spans("aside", words) for at in span}
        writer = any(aside.isdisjoint(span) for span in self.spans("first_person", words))
        return bool(self.spans("relative", words)) and not writer


class Scope:
    """The cues of one message, and what they make of the phrases found in it."""

    def __init__(self, book: CueBook, words: list[str]) -> None:
        self._book = book
        self._words = words
        self._spans_of: dict[str, list[range]] = {}
        self._places_of: dict[str, frozenset[int]] = {}
        self._neutral = frozenset(at for span in book.spans("neutral", words) for at in span)

    def is_of_now(self, match: Match, past_counts: bool, event: bool, question_counts: bool) -> bool:
        """Whether a phrase is asserted of the patient, or of somebody beside them, now.

        Args:
            match: The phrase found.
            past_counts: Whether the past counts as well.
            event: Whether it happens once, so that trouble since then does not make it of now.
            question_counts: Whether it counts in a general question as well.
        """
        if self.is_denied(match) or self._is_of_others(match):
            return False
        if not question_counts and self._is_a_general_question(match):
            return False
        return past_counts or not (self._is_past(match, event) or self._is_over(match))

    def is_asked_about(self, match: Match) -> bool:
        """Whether a phrase is asked about in general, of nobody."""
        return self._is_a_general_question(match) and not self.is_denied(match)

    # --- cues ---

    def _spans(self, cue: str) -> list[range]:
        """The places of a cue that no neutral phrase covers."""
        if cue not in self._spans_of:
            spans = self._book.spans(cue, self._words)
            self._spans_of[cue] = [span for span in spans if self._neutral.isdisjoint(span)]
        return self._spans_of[cue]

    def _at(self, cue: str, place: int) -> bool:
        """Whether a word belongs to a cue."""
        if cue not in self._places_of:
            self._places_of[cue] = frozenset(at for span in self._spans(cue) for at in span)
        return place in self._places_of[cue]

    def _any(self, cue: str, start: int, end: int) -> bool:
        """Whether a cue stands within words[start:end]."""
        return any(start <= span.start and span.stop <= end for span in self._spans(cue))

    def _edge_before(self, place: int, marks: frozenset[str]) -> int:
        """The word behind the last of some marks before a place."""
        return next((at + 1 for at in range(place - 1, -1, -1) if self._words[at] in marks), 0)

    def _edge_behind(self, place: int, marks: frozenset[str]) -> int:
        """The first of some marks at or behind a place, or the end of the message."""
        return next((at for at in range(place, len(self._words)) if self._words[at] in marks), len(self._words))

    def _sentence(self, match: Match) -> range:
        """The sentence that holds a match."""
        return range(self._edge_before(match.start, _ENDS), self._edge_behind(match.end, _ENDS))

    # --- denials ---

    def is_denied(self, match: Match) -> bool:
        """Whether a denial stands before a match in its clause, inside it, or right behind it."""
        return self._is_denied_behind(match) or self._is_denied_inside(match) or self._is_denied_before(match)

    def _is_denied_behind(self, match: Match) -> bool:
        """Whether the answer follows: "fever? no", "chest pain: none". A new sentence that begins with no is none."""
        sentence_end = self._edge_behind(match.end, _ENDS)
        pauses = self._mark(match.end) not in (None, SENTENCE_END)
        answers = {match.end, match.end + 1 if pauses else match.end}
        if self._mark(sentence_end) == QUESTION_MARK:
            answers.add(sentence_end + 1)
        return any(self._at("denial_after", at) and self._closes(at + 1) for at in answers)

    def _mark(self, place: int) -> str | None:
        """The mark at a place, if there is one."""
        return self._words[place] if place < len(self._words) and self._words[place] in MARKS else None

    def _closes(self, place: int) -> bool:
        """Whether a clause is over at a place."""
        return place >= len(self._words) or self._mark(place) is not None or self._at("clause_break", place)

    def _is_denied_inside(self, match: Match) -> bool:
        """Whether a word between those of the phrase denies it: "my legs are not numb"."""
        for at in sorted(set(range(match.start, match.end)) - match.places):
            if self._at("denial", at) or (self._at("denial_verb", at) and self._verb_denies(at, match)):
                following = next(place for place in range(at, match.end) if place in match.places)
                if not self._any("clause_break", at + 1, following):
                    return True
        return False

    def _is_denied_before(self, match: Match) -> bool:
        """Whether a denial before the match reaches it."""
        if self._at("absence", match.start) or self._begins_a_clause(match.start):
            return False  # an absence is the symptom itself: "no feeling", "cant feel"
        pauses: list[int] = []
        for at in range(match.start - 1, -1, -1):
            if self._words[at] == PAUSE:
                pauses.append(at)
            elif self._words[at] in MARKS or at in self._neutral or min([match.start, *pauses]) - at > _REACH:
                return False
            elif self._at("denial", at) or (self._at("denial_verb", at) and self._verb_denies(at, match)):
                return not pauses or self._is_a_list(at, match, pauses)
            elif self._at("denial_verb", at):
                return False
            elif self._at("clause_break", at):
                return self._is_doubted(at)
        return False

    def _verb_denies(self, place: int, match: Match) -> bool:
        """Whether a verb such as "dont" denies what follows: "dont have", or the phrase's own verb."""
        return self._at("having", place + 1) or place + 1 in match.places

    def _is_doubted(self, place: int) -> bool:
        """Whether a clause is doubted: "i dont think it is"."""
        denied = place >= 2 and (self._at("denial", place - 2) or self._at("denial_verb", place - 2))
        return denied and self._at("opinion", place - 1)

    def _begins_a_clause(self, start: int) -> bool:
        """Whether a phrase opens a clause with its owner: "dont have a fever my legs are numb"."""
        return start > 0 and self._at("possessive", start - 1) and not (start > 1 and self._at("leads_on", start - 2))

    def _is_a_list(self, denial: int, match: Match, pauses: list[int]) -> bool:
        """Whether a denial runs on over pauses: "no fever, chills, or numbness"."""
        edges = [match.start, *pauses, denial]
        items = [range(later + 1, earlier) for earlier, later in pairwise(edges)]
        if any(len(item) > _LONGEST_LISTED for item in items) or not items[-1] or self._any_subject(denial, match):
            return False
        listed = self._any("list_word", denial, self._edge_behind(match.end, _ENDS))
        return listed or self._at("list_denial", denial) or len(pauses) > 1

    def _any_subject(self, denial: int, match: Match) -> bool:
        """Whether a new statement begins between a denial and a match, or with it: "no fever, chills, i have"."""
        return self._any("clause_break", denial, match.start + 1) or self._any("possessive", denial, match.start)

    # --- questions ---

    def _is_a_general_question(self, match: Match) -> bool:
        """Whether the sentence asks in general: it opens as a question, or has a general cue, and speaks of nobody."""
        sentence = self._sentence(match)
        if self._any("taken_back", 0, len(self._words)):
            return False
        if self._any("hypothetical", self._edge_before(match.start, MARKS), match.end):
            return True
        opening = sentence.start
        while opening < match.start and (self._at("greeting", opening) or self._words[opening] == PAUSE):
            opening += 1
        if self._opens_a_question(opening, match.start) and not self._any("mine", opening, sentence.stop):
            return True
        return any(
            not self._any("mine", *sorted((cue.stop, match.end)) if cue.start < match.end else (opening, cue.start))
            for cue in self._spans("general")
            if sentence.start <= cue.start < sentence.stop
        )

    def _opens_a_question(self, opening: int, end: int) -> bool:
        """Whether a question begins at a place and reaches up to another: over a pause only where a mark ends it."""
        return self._at("question", opening) and (
            PAUSE not in self._words[opening:end] or self._mark(self._edge_behind(end, _ENDS)) == QUESTION_MARK
        )

    # --- another time, another person ---

    def _is_past(self, match: Match, event: bool) -> bool:
        """Whether the sentence is of another time."""
        sentence = self._sentence(match)
        if not event and self._any("now", sentence.start, sentence.stop):
            return False
        return any(
            self._belongs(cue, match) for cue in self._spans("past") if sentence.start <= cue.start < sentence.stop
        )

    def _belongs(self, cue: range, match: Match) -> bool:
        """Whether a cue of the past is of the match's own clause, or the match is told in the past as well."""
        low, high = min(cue.stop, match.end), max(cue.start, match.start)
        between = range(low, high)
        if not any(self._words[at] == PAUSE or self._at("new_clause", at) for at in between):
            return True
        clause_start = max((at + 1 for at in between if self._words[at] == PAUSE), default=low)
        return self._any("past_tense", min(clause_start, match.start), match.end)

    def _is_over(self, match: Match) -> bool:
        """Whether the sentence goes on to say that it passed: "the fever is gone now"."""
        end = self._sentence(match).stop
        return any(match.places.isdisjoint(cue) and match.start < cue.start < end for cue in self._spans("over"))

    def _is_of_others(self, match: Match) -> bool:
        """Whether it is told of a film, or of the past of somebody known from afar."""
        sentence = self._sentence(match)
        if self._is_told_by("fiction", match) and not self._any("breaks_in", sentence.start, sentence.stop):
            return True
        told = self._any("told", sentence.start, sentence.stop) and not self._any("now", sentence.start, sentence.stop)
        return told and self._is_told_by("others", match)

    def _is_told_by(self, cue: str, match: Match) -> bool:
        """Whether a cue governs a match: they share a sentence, and the patient does not come between."""
        sentence = self._sentence(match)
        return any(
            not self._any("myself", *((at.stop, match.end) if at.start < match.end else (sentence.start, at.start)))
            for at in self._spans(cue)
            if sentence.start <= at.start < sentence.stop
        )
