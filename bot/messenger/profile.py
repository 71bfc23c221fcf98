"""The page's profile: what it should be, and how it becomes so, with as few writes as Meta's limit asks for."""

from __future__ import annotations

from typing import Any

from bot.messenger.graph import Graph
from bot.messenger.words import Command, Link, ProfileWords

FIELDS = ("greeting", "get_started", "ice_breakers", "persistent_menu")
"""The fields of the profile that are ours."""


async def set_profile(graph: Graph, words: ProfileWords) -> list[str]:
    """Makes the page's profile what words.yml says; asked again, it writes nothing.

    Args:
        graph: The page.
        words: What it shows.

    Returns:
        The fields that were written; none where all of it was so already.

    Raises:
        bot.messenger.graph.GraphError: It could not be read or written.
    """
    found = await graph.read_profile(FIELDS)
    wanted = as_profile(words)
    differing = {name: wanted[name] for name in FIELDS if not _holds(found.get(name), wanted[name])}
    if differing:
        await graph.write_profile(differing)
    return list(differing)


async def remove_profile(graph: Graph) -> list[str]:
    """Takes our fields off the page; gives those that were there, and raises as `set_profile` does."""
    found = await graph.read_profile(FIELDS)
    there = [name for name in FIELDS if name in found]
    if there:
        await graph.delete_profile(there)
    return there


def as_profile(words: ProfileWords) -> dict[str, Any]:
    """The profile in the form that Meta takes."""
    return {
        "greeting": [{"locale": "default", "text": words.greeting}],
        "get_started": {"payload": words.get_started},
        "ice_breakers": [{"locale": "default", "call_to_actions": [each.dict() for each in words.ice_breakers]}],
        "persistent_menu": [
            {
                "locale": "default",
                "composer_input_disabled": False,
                "call_to_actions": [_item(item) for item in words.persistent_menu],
            }
        ],
    }


def _item(item: Command | Link) -> dict[str, str]:
    if isinstance(item, Command):
        return {"type": "postback", "title": item.title, "payload": item.payload}
    return {"type": "web_url", "title": item.title, "url": str(item.url)}


def _holds(found: Any, wanted: Any) -> bool:
    """Whether what Meta has says what we want: it adds keys of its own, and leaves out what is false."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_holds(found.get(key, False), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(_holds, found, wanted))
    return bool(found == wanted)
