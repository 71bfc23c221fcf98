"""Reads a message into words as the reviewed files write them: small letters, no accents, known misspellings undone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

SENTENCE_END = "."
PAUSE = ","
QUESTION_MARK = "?"
MARKS = frozenset([SENTENCE_END, PAUSE, QUESTION_MARK])

_TOKEN = re.compile(r"\d+(?:\.\d+)?|\w+(?:['’`´]\w+)*|[.…]+|[!?;\n]|[,:–—]|(?<!\w)-|-(?!\w)")
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST_GUESSED = 6  # letters; a shorter word has too many neighbours that mean something else


class Word(NamedTuple):
    """A word or a mark of a message, and where it stands there, in characters."""

    text: str
    start: int
    end: int


class PhraseIndex:
    """Finds phrases of one word or several among words."""

    def __init__(self, phrases: Iterable[tuple[str, ...]]) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for phrase in sorted(set(phrases), key=len, reverse=True):
            self._by_first.setdefault(phrase[0], []).append(phrase)

    def end_at(self, words: list[str], start: int) -> int:
        """Where the longest phrase that begins at a word ends; the start itself where none begins."""
        for phrase in self._by_first.get(words[start], ()):
            if tuple(words[start : start + len(phrase)]) == phrase:
                return start + len(phrase)
        return start

    def spans(self, words: list[str]) -> list[range]:
        """Every place where a phrase stands."""
        ends = ((start, self.end_at(words, start)) for start in range(len(words)))
        return [range(start, end) for start, end in ends if end > start]


class Reader:
    """Reads text into words, with one spelling for each."""

    def __init__(self, spelling: Mapping[str, list[str]], guessed: Iterable[str], not_guessed: Iterable[str]) -> None:
        """Prepares the table of spellings.

        Args:
            spelling: The spelling to use, and the others, of one word or several, that stand for it.
            guessed: Words to be understood with one letter left out, doubled, wrong or swapped too.
            not_guessed: Words that look like a slip of one of these and are none.
        """
        spellings = {
            tuple(_plain_words(variant)): right for right, variants in spelling.items() for variant in variants
        }
        self._right: dict[tuple[str, ...], str] = {
            (slip,): word for word in guessed for slip in _slips(word) if len(word) >= _SHORTEST_GUESSED
        }
        for known in (*guessed, *not_guessed):
            self._right.pop((known,), None)
        self._right.update(spellings)
        self._index = PhraseIndex(self._right)
        self._phrases_read: dict[str, tuple[str, ...]] = {}

    def read(self, text: str) -> list[Word]:
        """Reads a message.

        Args:
            text: What the patient typed.

        Returns:
            Its words and marks in their order.
        """
        found = [Word(_plain(token.group()), token.start(), token.end()) for token in _TOKEN.finditer(text)]
        tokens = [token for token in found if token.text]  # "_" and the like hold no letter
        words = [token.text for token in tokens]
        read: list[Word] = []
        at = 0
        while at < len(tokens):
            end = self._index.end_at(words, at)
            if end == at:
                read.append(tokens[at])
                at += 1
            else:
                read.append(Word(self._right[tuple(words[at:end])], tokens[at].start, tokens[end - 1].end))
                at = end
        return read

    def words_of(self, text: str) -> tuple[str, ...]:
        """The words of a phrase of the reviewed files, in the spelling that messages are read in."""
        if text not in self._phrases_read:
            self._phrases_read[text] = tuple(word.text for word in self.read(text))
        return self._phrases_read[text]


def _plain_words(text: str) -> list[str]:
    """The words of a text before any spelling is put right."""
    return [_plain(token.group()) for token in _TOKEN.finditer(text)]


def _plain(token: str) -> str:
    """A token in small letters without accents, apostrophes or stretched letters; a mark as one of MARKS."""
    if token[0] in ".…":
        return SENTENCE_END if token in (".", "..") else PAUSE
    if token[0] in "!;\n":
        return SENTENCE_END
    if token == QUESTION_MARK:
        return QUESTION_MARK
    if not token[0].isalnum() and token[0] != "_":
        return PAUSE
    if token[0].isdigit():
        return token.split(".")[0]
    letters = "".join(letter for letter in unicodedata.normalize("NFD", token.lower()) if letter.isalnum())
    return letters if len(set(letters)) == 1 else _STRETCHED.sub(r"\1", letters)


def _slips(word: str) -> Iterator[str]:
    """What a word becomes by one slip after its first letter: left out, doubled, swapped or a wrong letter."""
    for at in range(1, len(word)):
        before, letter, after = word[:at], word[at], word[at + 1 :]
        yield before + after
        yield before + letter + letter + after
        if after:
            yield before + after[0] + letter + after[1:]
        for wrong in _LETTERS:
            yield before + wrong + after
