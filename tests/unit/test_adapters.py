"""The adapters to the pinned Rasa give what Rasa's own code gives."""

from __future__ import annotations

import importlib.metadata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError, validate
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses

from bot.run.adapters import adapt_rasa

adapt_rasa()
ACTION = RemoteAction("action_repeat", None)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {"event": st.sampled_from(["slot", "action", "user", "bot", "followup", "none"]) | JSON},
        optional={"name": JSON, "value": JSON, "timestamp": JSON, "text": JSON, "data": JSON},
    ),
    max_size=3,
)
ANSWERS = JSON | st.fixed_dictionaries({}, optional={"events": EVENTS | JSON, "responses": JSON})


def test_the_adapters_are_made_for_the_rasa_that_is_installed() -> None:
    assert importlib.metadata.version("rasa") == "3.6.21", "look whether each adapter is still needed, and still fits"


@given(answer=ANSWERS)
def test_an_action_servers_answer_is_valid_exactly_where_rasa_says_so(answer: Any) -> None:
    try:
        validate(answer, RemoteAction.action_response_format_spec())
    except ValidationError:
        with pytest.raises(ValidationError, match="action_repeat"):
            ACTION._validate_action_result(answer)
    else:
        assert ACTION._validate_action_result(answer)


def test_an_error_names_nothing_that_the_answer_holds() -> None:
    with pytest.raises(ValidationError) as caught:
        ACTION._validate_action_result({"events": [{"event": "slot", "name": ["my secret symptom"]}]})
    assert "secret" not in caught.value.message


def test_every_kind_of_event_is_found_as_rasa_finds_it() -> None:
    find = Event.resolve_by_type
    kinds = {kind.type_name for kind in all_subclasses(Event) if hasattr(kind, "type_name")}
    assert len(kinds) > 20
    for kind in kinds:
        assert find(kind) is find.__wrapped__(kind)  # type: ignore[attr-defined]
    for _ in range(2):
        with pytest.raises(ValueError, match="Unknown event name"):
            find("no such event")
