"""The grammar of the phrases in red_flags.yml, made into patterns of spaCy's Matcher."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.safety.words import MARKS, Reader

Pattern = list[dict[str, Any]]

_GAPS = {"..": 2, "...": 4, "....": 8}  # words that a gap may stand for
_EITHER_ORDER = " ~ "


class Match(NamedTuple):
    """Where a phrase was found among the words of a message.

    Attributes:
        start: Its first word.
        end: The word behind its last.
        places: The words that the phrase names, without those that fill its gaps.
    """

    start: int
    end: int
    places: frozenset[int]


class Phrase:
    """One phrase of red_flags.yml, looked for only where a word for each of its places is in the message.

    Attributes:
        telling: The words of the place that fewest words fit; where none of them stands the phrase does not.
    """

    def __init__(self, vocab: Vocab, text: str, lists: Mapping[str, list[str]], reader: Reader, stops: Iterable[str]):
        """Builds the patterns.

        Args:
            vocab: The vocabulary that messages are held in.
            text: The phrase, in one order.
            lists: The lists of words that a phrase may name.
            reader: Gives each word the spelling that messages are read in.
            stops: Words that no gap reaches over.
        """
        parts = [part if part in _GAPS else _alternatives(part, lists, reader) for part in text.split()]
        places = [part for part in parts if not isinstance(part, str)]
        self._needed = [frozenset(words[0] for words in place) for place in places]
        self.telling = min(self._needed, key=len)
        self._named = frozenset(word for place in places for words in place for word in words)
        self._matcher = Matcher(vocab)
        self._matcher.add("phrase", _patterns(parts, sorted({*stops, *MARKS})))

    def find(self, doc: Doc, words: list[str], present: frozenset[str]) -> Iterator[Match]:
        """Finds the phrase.

        Args:
            doc: The message.
            words: Its words.
            present: The same as a set.

        Yields:
            Every match, overlapping ones as well.
        """
        if any(present.isdisjoint(place) for place in self._needed):
            return
        for _, start, end in self._matcher(doc):
            yield Match(start, end, frozenset(at for at in range(start, end) if words[at] in self._named))


class PhraseBook:
    """The phrases of several signs. A message is compared with those alone that one of its words points to."""

    def __init__(self, phrases: Mapping[str, Iterable[Phrase]]) -> None:
        self._by_word: dict[str, list[tuple[str, Phrase]]] = {}
        for sign, of_sign in phrases.items():
            for phrase in of_sign:
                for word in phrase.telling:
                    self._by_word.setdefault(word, []).append((sign, phrase))

    def find(self, doc: Doc, words: list[str]) -> dict[str, list[Match]]:
        """Finds the phrases in a message.

        Args:
            doc: The message.
            words: Its words.

        Returns:
            The matches of each sign that has any.
        """
        present = frozenset(words)
        pointed_to = dict.fromkeys(one for word in words for one in self._by_word.get(word, ()))
        found: dict[str, list[Match]] = {}
        for sign, phrase in pointed_to:
            for match in phrase.find(doc, words, present):
                found.setdefault(sign, []).append(match)
        return found


def orders(text: str) -> list[str]:
    """The phrases that a phrase with `~` stands for: its two sides in either order."""
    if _EITHER_ORDER not in text:
        return [text]
    left, right = text.split(_EITHER_ORDER)
    return [f"{left} ... {right}", f"{right} ... {left}"]


def _alternatives(part: str, lists: Mapping[str, list[str]], reader: Reader) -> list[tuple[str, ...]]:
    """What may stand at one place of a phrase, each alternative as its words."""
    named = (lists[name[1:-1]] if name.startswith("{") else [name] for name in part.split("|"))
    return sorted({reader.words_of(word) for choice in named for word in choice})


def _patterns(parts: list[str | list[tuple[str, ...]]], stops: list[str]) -> list[Pattern]:
    """The token patterns of a phrase: one for each choice of alternatives with several words."""
    patterns: list[Pattern] = [[]]
    for part in parts:
        if isinstance(part, str):
            gap = [{"ORTH": {"NOT_IN": stops}, "OP": "?"}] * _GAPS[part]
            patterns = [[*pattern, *gap] for pattern in patterns]
        else:
            choices = list(_choices(part))
            patterns = [[*pattern, *choice] for pattern in patterns for choice in choices]
    return patterns


def _choices(alternatives: list[tuple[str, ...]]) -> Iterator[Pattern]:
    """What a place may be, in as few patterns as may be: alternatives that differ in one word share one."""
    left = set(alternatives)
    while left:
        yield [{"ORTH": {"IN": sorted(words)}} for words in _largest_family(left)]


def _largest_family(left: set[tuple[str, ...]]) -> list[set[str]]:
    """Takes out the most alternatives that differ in one word at most, and gives the words of each of their places."""
    families: dict[tuple[int, tuple[str, ...], tuple[str, ...]], set[str]] = {}
    for words in left:
        for at, word in enumerate(words):
            families.setdefault((at, words[:at], words[at + 1 :]), set()).add(word)
    (_, before, after), varied = max(families.items(), key=lambda family: (len(family[1]), family[0]))
    left.difference_update((*before, word, *after) for word in varied)
    return [*({word} for word in before), varied, *({word} for word in after)]
