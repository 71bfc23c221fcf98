"""A linear classifier over sentence vectors and word and letter n-grams. Pure: no Rasa; kept as plain arrays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

Matrix = npt.NDArray[np.float32]

_ARRAYS = "classifier.npz"
_NAMES = "classifier.json"
_WORDS = {"analyzer": "word", "ngram_range": (1, 2), "sublinear_tf": True, "token_pattern": r"\w+"}
_LETTERS = {"analyzer": "char_wb", "ngram_range": (2, 5), "sublinear_tf": True, "min_df": 2}
_REGULARISATION = 10.0  # measured: docs/evaluation.md
_SHARPNESS = 1.35  # of the scores; measured on held-back fifths of the training data, so that confidence is true
_MOST_STEPS = 300
_TOLERANCE = 1e-3


class LinearClassifier:
    """Says how likely each label is for a text with its sentence vector."""

    def __init__(self, labels: Sequence[str], vectorizers: Sequence[TfidfVectorizer], weights: Matrix, bias: Matrix):
        """Takes what training found.

        Args:
            labels: The labels, in the order of the rows of `weights`.
            vectorizers: The fitted word and letter vectorizers.
            weights: A row a label; the sentence vector's columns first, then words, then letters.
            bias: One number a label.
        """
        self._labels = list(labels)
        self._vectorizers = list(vectorizers)
        self._weights = weights
        self._bias = bias

    @classmethod
    def fit(cls, texts: Sequence[str], vectors: Matrix, labels: Sequence[str]) -> LinearClassifier:
        """Learns from examples.

        Args:
            texts: The examples' texts.
            vectors: Their sentence vectors, a row an example.
            labels: Their labels.
        """
        vectorizers = [TfidfVectorizer(**_WORDS), TfidfVectorizer(**_LETTERS)]
        plain = [_plain(text) for text in texts]
        ngrams = [vectorizer.fit_transform(plain) for vectorizer in vectorizers]
        model = LogisticRegression(C=_REGULARISATION, max_iter=_MOST_STEPS, tol=_TOLERANCE)
        model.fit(hstack([csr_matrix(vectors), *ngrams]).tocsr(), labels)
        return cls(
            list(model.classes_), vectorizers, model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
        )

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
        for vectorizer in self._vectorizers:
            ngrams = vectorizer.transform([_plain(text)])
            scores = scores + self._weights[:, column + ngrams.indices] @ ngrams.data.astype(np.float32)
            column += ngrams.shape[1]
        likelihood = np.exp(_SHARPNESS * (scores - scores.max()))
        likelihood /= likelihood.sum()
        return [(self._labels[at], float(likelihood[at])) for at in np.argsort(-likelihood)]

    def save(self, folder: Path) -> None:
        """Writes the classifier into a folder, as numbers and names alone."""
        idfs = {f"idf_{number}": vectorizer.idf_ for number, vectorizer in enumerate(self._vectorizers)}
        np.savez_compressed(folder / _ARRAYS, weights=self._weights, bias=self._bias, **idfs)
        vocabularies = [_in_order(vectorizer.vocabulary_) for vectorizer in self._vectorizers]
        names: dict[str, Any] = {"labels": self._labels, "vocabularies": vocabularies}
        (folder / _NAMES).write_text(json.dumps(names), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LinearClassifier:
        """Reads a classifier that `save` wrote."""
        names = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            vectorizers = []
            for number, (settings, vocabulary) in enumerate(
                zip((_WORDS, _LETTERS), names["vocabularies"], strict=True)
            ):
                vectorizer = TfidfVectorizer(**settings, vocabulary=vocabulary)
                vectorizer.idf_ = arrays[f"idf_{number}"]
                vectorizers.append(vectorizer)
            return cls(names["labels"], vectorizers, arrays["weights"], arrays["bias"])


def _plain(text: str) -> str:
    """A text as the n-grams read it: plain apostrophes and single spaces; the vectorizers make letters small."""
    return " ".join(text.replace("’", "'").split())


def _in_order(vocabulary: dict[str, int]) -> list[str]:
    """The terms of a vocabulary in the order of their columns."""
    return sorted(vocabulary, key=vocabulary.__getitem__)
