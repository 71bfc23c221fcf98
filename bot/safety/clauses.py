"""Parts a message into what says something and what stands beside it: a greeting, a wish, a question of its own."""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple

from bot.safety.phrases import Match
from bot.safety.scope import CueBook
from bot.safety.words import MARKS, QUESTION_MARK, SENTENCE_END

_ENDS = frozenset([SENTENCE_END, QUESTION_MARK])
_DENIALS = ("denial", "denial_verb", "list_denial")
_LISTS = frozenset(["and", "y"])  # joins items of a list as well as statements


class Holding(NamedTuple):
    """What of a message holds a phrase, as places of its words.

    Attributes:
        clause: What stands between the marks around it.
        statement: What of that is said with the phrase, without what else is said in one breath: "book me in and ...".
    """

    clause: range
    statement: range


class Clauses:
    """The cues of one message that tell where something new begins."""

    def __init__(self, book: CueBook, words: list[str]) -> None:
        self._book = book
        self._words = words

    def essence(self, part: range) -> range:
        """What is left of a part of a message without the openers and closers at its ends.

        Args:
            part: The places of its words.

        Returns:
            The places that are left; none where it says nothing else.
        """
        words = self._words[part.start : part.stop]
        openers = {span.start: span.stop for span in self._book.spans("opener", words)}
        closers = {span.stop: span.start for span in reversed(self._book.spans("closer", words))}
        start, stop = 0, len(words)
        while start in openers or (start and start < stop and words[start] in MARKS):
            start = openers.get(start, start + 1)
        while (end := self._before_marks(words, stop)) in closers:
            stop = self._before_marks(words, closers[end])
        return range(part.start + start, part.start + max(start, stop))

    def _before_marks(self, words: list[str], stop: int) -> int:
        """Where the last marks before a place begin."""
        while stop and words[stop - 1] in MARKS:
            stop -= 1
        return stop

    def holding(self, match: Match, denied: Set[int]) -> Holding:
        """What of a message holds a phrase, each without openers and closers.

        A statement begins behind a word that joins statements, or with what the patient says of themselves, if nothing
        before that leads on to it ("if i have ..."). It ends before such a word, or where a question begins. Its reason
        stays with it: "my arm is numb because i slept on it".

        Args:
            match: The phrase found.
            denied: The words of the same sign that the message denies.
        """
        clause = self._between_marks(match)
        begun = [*self._ends("joins", clause.start, match.start), *self._ends("reason", clause.start, match.start)]
        start = self._own(max(begun, default=clause.start), match.start)
        over = [*self._starts("joins", match.end, clause.stop), *self._starts("asks", match.end, clause.stop)]
        statement = range(start, min(over, default=clause.stop))
        parts = (range(self._denied_list(part.start, match, denied), part.stop) for part in (clause, statement))
        return Holding(*map(self.essence, parts))

    def _between_marks(self, match: Match) -> range:
        """What stands between the marks around a phrase."""
        before = (at + 1 for at in range(match.start) if self._words[at] in MARKS)
        behind = (at for at in range(match.end, len(self._words)) if self._words[at] in MARKS)
        return range(max(before, default=0), min(behind, default=len(self._words)))

    def _own(self, start: int, end: int) -> int:
        """Where the patient's own statement begins that goes on at a place; the start where none does."""
        led_on = {*self._ends("leads_on", start, end), *self._ends("inverts", start, end)}
        own = max((at for at in self._starts("own", start, end + 1) if at not in led_on), default=start)
        return start if self._starts("depends", start, own) else own

    def _denied_list(self, start: int, match: Match, denied: Set[int]) -> int:
        """Where the list of denials begins that a phrase may be an item of ("no fever, chills"), or else the start.

        Whether the denial reaches to the phrase, the check knows better than any rule.
        """
        sentence = max((at + 1 for at in range(match.start) if self._words[at] in _ENDS), default=0)
        last = max((at for at in denied if sentence <= at < start), default=None)
        if last is None or self._begins_between(last + 1, match.start):
            return start
        neutral = {at for span in self._book.spans("neutral", self._words) for at in span}
        denials = (at for cue in _DENIALS for at in self._starts(cue, sentence, last + 1) if at not in neutral)
        return max(denials, default=start)

    def _begins_between(self, start: int, end: int) -> bool:
        """Whether a new statement begins from one place to another, that included."""
        breaks = self._starts("clause_break", start, end + 1)
        return any(self._words[at] not in _LISTS for at in breaks) or bool(self._starts("possessive", start, end))

    def _starts(self, cue: str, start: int, end: int) -> list[int]:
        """Where the phrases of a cue begin that stand within words[start:end]."""
        return [span.start for span in self._book.spans(cue, self._words) if start <= span.start and span.stop <= end]

    def _ends(self, cue: str, start: int, end: int) -> list[int]:
        """Where they end."""
        return [span.stop for span in self._book.spans(cue, self._words) if start <= span.start and span.stop <= end]
