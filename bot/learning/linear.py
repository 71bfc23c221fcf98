"""A linear classifier over sentence vectors and word and letter n-grams. Pure: no Rasa; kept as plain arrays."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

_WORD = r"\w+"
_MOST_STEPS = 100

Matrix = npt.NDArray[np.float32]

_ARRAYS = "classifier.npz"
_NAMES = "classifier.json"


@dataclass(frozen=True)
class Settings:
    """How a classifier weighs what it reads. What is best is measured: docs/evaluation.md.

    Attributes:
        words: The longest run of words that counts as one.
        rarest_word: In how many examples such a run must stand to count.
        letters: The longest run of letters within a word that counts as one; the shortest has two.
        rarest_letters: In how many examples such a run must stand to count.
        vector_weight: What the sentence vector weighs against the runs.
        regularisation: The inverse strength of regularisation of the regression.
        sharpness: A factor on the scores, so that the likelihoods are true on held-back examples.
        tolerance: When training stops.
    """

    words: int = 2
    rarest_word: int = 1
    letters: int = 5
    rarest_letters: int = 2
    vector_weight: float = 1.0
    regularisation: float = 10.0
    sharpness: float = 1.0
    tolerance: float = 1e-3

    def vectorizers(self) -> list[TfidfVectorizer]:
        """Fresh vectorizers of runs of words and of letters."""
        return [
            TfidfVectorizer(
                analyzer="word",
                ngram_range=(1, self.words),
                sublinear_tf=True,
                token_pattern=_WORD,
                min_df=self.rarest_word,
            ),
            TfidfVectorizer(
                analyzer="char_wb", ngram_range=(2, self.letters), sublinear_tf=True, min_df=self.rarest_letters
            ),
        ]


class NGrams:
    """The runs of one kind in a text as weighted columns.

    The same numbers as the fitted vectorizer's `transform`, in a tenth of its time for a single text: that checks its
    input and builds a matrix over all columns at each call.
    """

    def __init__(self, vectorizer: TfidfVectorizer, vocabulary: dict[str, int], idf: Matrix) -> None:
        """Takes a vectorizer, the column of each run that it has learned, and the weights of the columns."""
        self.vocabulary = vocabulary
        self.idf = idf
        self._runs = vectorizer.build_analyzer()

    def columns(self, text: str) -> tuple[list[int], Matrix]:
        """The columns of the runs in a text that are known, and their values; the values' length is 1."""
        counts = Counter(self.vocabulary[run] for run in self._runs(text) if run in self.vocabulary)
        columns = list(counts)
        values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32))) * self.idf[columns]
        return columns, values / (np.sqrt((values**2).sum()) or 1.0)


class LinearClassifier:
    """Says how likely each label is for a text with its sentence vector."""

    def __init__(
        self,
        settings: Settings,
        labels: Sequence[str],
        ngrams: Sequence[NGrams],
        weights: Matrix,
        bias: Matrix,
    ):
        """Takes what training found.

        Args:
            settings: The settings of training.
            labels: The labels, in the order of the rows of `weights`.
            ngrams: The runs of words and of letters that training has learned.
            weights: A row a label; the sentence vector's columns first, then words, then letters.
            bias: One number a label.
        """
        self._settings = settings
        self._labels = list(labels)
        self._ngrams = list(ngrams)
        self._weights = weights
        self._bias = bias

    @classmethod
    def fit(cls, settings: Settings, texts: Sequence[str], vectors: Matrix, labels: Sequence[str]) -> LinearClassifier:
        """Learns from examples.

        Args:
            settings: The settings.
            texts: The examples' texts.
            vectors: Their sentence vectors, a row an example.
            labels: Their labels.
        """
        vectorizers = settings.vectorizers()
        plain = [_plain(text) for text in texts]
        matrices = [vectorizer.fit_transform(plain) for vectorizer in vectorizers]
        model = LogisticRegression(C=settings.regularisation, max_iter=_MOST_STEPS, tol=settings.tolerance)
        model.fit(hstack([csr_matrix(vectors * settings.vector_weight), *matrices]).tocsr(), labels)
        weights = model.coef_.astype(np.float32)
        weights[:, : vectors.shape[1]] *= settings.vector_weight
        ngrams = [NGrams(one, one.vocabulary_, one.idf_.astype(np.float32)) for one in vectorizers]
        return cls(settings, list(model.classes_), ngrams, weights, model.intercept_.astype(np.float32))

    def rank(self, text: str, vector: npt.NDArray[np.float32]) -> list[tuple[str, float]]:
        """Ranks the labels for a text.

        Args:
            text: The text.
            vector: Its sentence vector.

        Returns:
            Every label with its probability, the likeliest first.
        """
        scores = self._bias + self._weights[:, : vector.size] @ vector
        column = vector.size
        for ngrams in self._ngrams:
            columns, values = ngrams.columns(_plain(text))
            scores = scores + self._weights[:, [column + one for one in columns]] @ values
            column += len(ngrams.vocabulary)
        likelihood = np.exp(self._settings.sharpness * (scores - scores.max()))
        likelihood /= likelihood.sum()
        return [(self._labels[at], float(likelihood[at])) for at in np.argsort(-likelihood)]

    def save(self, folder: Path) -> None:
        """Writes the classifier into a folder, as numbers and names alone."""
        idfs = {f"idf_{number}": ngrams.idf for number, ngrams in enumerate(self._ngrams)}
        np.savez_compressed(folder / _ARRAYS, weights=self._weights, bias=self._bias, **idfs)
        vocabularies = [_in_order(ngrams.vocabulary) for ngrams in self._ngrams]
        names: dict[str, Any] = {
            "settings": asdict(self._settings),
            "labels": self._labels,
            "vocabularies": vocabularies,
        }
        (folder / _NAMES).write_text(json.dumps(names), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LinearClassifier:
        """Reads a classifier that `save` wrote."""
        names = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
        settings = Settings(**names["settings"])
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            ngrams = [
                NGrams(vectorizer, {run: column for column, run in enumerate(runs)}, arrays[f"idf_{number}"])
                for number, (vectorizer, runs) in enumerate(
                    zip(settings.vectorizers(), names["vocabularies"], strict=True)
                )
            ]
            return cls(settings, names["labels"], ngrams, arrays["weights"], arrays["bias"])


def _plain(text: str) -> str:
    """A text as the n-grams read it: plain apostrophes and single spaces; the vectorizers make letters small."""
    return " ".join(text.replace("’", "'").split())


def _in_order(vocabulary: dict[str, int]) -> list[str]:
    """The terms of a vocabulary in the order of their columns."""
    return sorted(vocabulary, key=vocabulary.__getitem__)
