"""Adapters to the pinned Rasa: each takes away time that Rasa spends, again and again, on what never changes.

`adapt_rasa` puts them in before Rasa serves. Each gives what Rasa's own code gives (tests/unit/test_adapters.py).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event


def adapt_rasa() -> None:
    """Puts the adapters in; once is enough, more often does no harm."""
    if not hasattr(Event.resolve_by_type, "cache_info"):
        # looks through all classes of events for each event that is read: a fifth of the time of a turn
        Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))
    RemoteAction._validate_action_result = _is_valid


def _is_valid(action: RemoteAction, result: dict[str, Any]) -> bool:
    """Rasa's check of an action server's answer, which checks its own schema along with it each time: 20 ms.

    Raises:
        jsonschema.ValidationError: The answer is none.
    """
    try:
        _answer_validator().validate(result)
    except ValidationError as error:
        error.message = f"The action server's answer to {action.name()} has not the form that Rasa expects."
        raise
    return True


@lru_cache(maxsize=1)
def _answer_validator() -> Validator:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator: Validator = kind(schema)
    return validator
