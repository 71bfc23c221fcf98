"""The linear classifier: the same numbers as scikit-learn's, kept and read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.learning import LinearClassifier, Settings
from bot.learning.linear import NGrams

TEXTS = [
    "my hip hurts",
    "my hip hurts hurts a lot",
    "what are the stretches",
    "which stretches help",
    "numb, numb legs",
]
LABELS = ["report", "report", "stretches", "stretches", "alarm"]
VECTORS = np.eye(5, 4, dtype=np.float32)


@pytest.mark.parametrize("text", [*TEXTS, "", "numb", "no run of it is known: zzz", "the the the hip"])
@pytest.mark.parametrize("kind", [0, 1])
def test_the_columns_of_a_text_are_those_of_the_fitted_vectorizer(text: str, kind: int) -> None:
    vectorizer = Settings().vectorizers()[kind].fit(TEXTS)
    columns, values = NGrams(vectorizer, vectorizer.vocabulary_, vectorizer.idf_).columns(text)
    expected = vectorizer.transform([text]).toarray()[0]
    assert sorted(columns) == list(np.flatnonzero(expected))
    assert values == pytest.approx(expected[columns])


def test_a_classifier_that_is_kept_and_read_back_ranks_the_same(tmp_path: Path) -> None:
    classifier = LinearClassifier.fit(Settings(rarest_letters=1), TEXTS, VECTORS, LABELS)
    classifier.save(tmp_path)
    again = LinearClassifier.load(tmp_path)
    for text, vector in zip([*TEXTS, ""], [*VECTORS, VECTORS[0]], strict=True):
        ranking, read = classifier.rank(text, vector), again.rank(text, vector)
        assert [label for label, _ in read] == [label for label, _ in ranking]
        assert [likely for _, likely in read] == pytest.approx([likely for _, likely in ranking])
        assert sum(likely for _, likely in read) == pytest.approx(1)


def test_a_text_of_training_is_ranked_under_its_label() -> None:
    classifier = LinearClassifier.fit(Settings(rarest_letters=1), TEXTS, VECTORS, LABELS)
    for text, vector, label in zip(TEXTS, VECTORS, LABELS, strict=True):
        assert classifier.rank(text, vector)[0][0] == label
