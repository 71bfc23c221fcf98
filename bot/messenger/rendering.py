"""What the assistant says in a turn, as messages of the Send API that keep Meta's limits."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_TEXT = 1999
"""How long a bubble's text is at most: under the 2,000 that Meta takes, in UTF-16 units, the greatest way to count."""

MOST_BESIDE_BUTTONS = 640
"""How long the text above buttons is at most."""

MOST_BUTTONS = 3
MOST_QUICK_REPLIES = 13
MOST_TITLE = 20
MOST_PAYLOAD = 1000

# Neither "1." nor "Dr." ends a sentence.
_SENTENCE = re.compile(r"(?:[!?…]|(?<!\b\w)(?<!\b[A-Z]\w)\.)[\"'”’)\]]*(?=\s)")
_LINE = re.compile(r"(?=\n)")
_WORD = re.compile(r"(?=\s)")
_LINK = ("https://", "tel:")
_WAY_ON = "/"
_ABLE = re.compile(r"https://|tel:\+[0-9 ().-]+$")  # "+911" would dial another number: a button needs a country's code
_NO_WORD = string.punctuation + string.whitespace + "…–—"
_NUMBER = re.compile(r"#?([0-9]{1,3})[.)]?")


@dataclass(frozen=True)
class Offer:
    """A choice that the last bubble offers: its full title, its payload, and its number where numbers are shown."""

    title: str
    payload: str
    number: int | None = None


@dataclass(frozen=True)
class Rendered:
    """A turn as it is sent: `message` objects in order, and what the last of them offers."""

    bubbles: list[dict[str, Any]]
    offered: list[Offer]


def rendered(messages: Sequence[Mapping[str, Any]]) -> Rendered:
    """Puts a turn into Meta's form.

    Links and phone numbers become buttons below their text. The other buttons of the last message become quick replies
    of the last bubble; those of earlier messages are left out, as Messenger would take them away at once.

    A title that is too long is shortened where it is a way on (a command): its beginning tells what it is about, and
    the answer to it tells the rest. An answer is kept as it was chosen, and half of it can say the opposite ("Yes or
    maybe, no …"), so where one is too long, all stand in the text in full, by number; so they do where two would look
    alike, or where there are too many.

    Args:
        messages: The assistant's messages: `text`, and `buttons` with `title` and `payload`.
    """
    bubbles: list[dict[str, Any]] = []
    offered, replies = _choices([])
    for at, message in enumerate(messages, start=1):
        buttons = message["buttons"]
        links = [button for button in buttons if button["payload"].startswith(_LINK)]
        text = message["text"]
        if at == len(messages):
            offered, replies = _choices([button for button in buttons if button not in links])
            lines = [f"{offer.number}. {offer.title}" for offer in offered if offer.number]
            text = "\n\n".join(part for part in (text, "\n".join(lines)) if part)
        bubbles += _bubbles(text, links)
    if bubbles and replies:
        bubbles[-1]["quick_replies"] = replies
    return Rendered(bubbles, offered)


def answered_by_number(text: str, offered: Sequence[Offer]) -> Offer | None:
    """The choice that a typed number stands for; None where the text is anything else or no number was shown.

    Args:
        text: What the patient typed, such as "3", "3." or "#3".
        offered: What the last bubble offered.
    """
    told = _NUMBER.fullmatch(text.strip())
    return next((offer for offer in offered if told and offer.number == int(told.group(1))), None)


def pieces(text: str, most: int = MOST_TEXT) -> list[str]:
    """Parts a text: at the ends of sentences, else of lines, else of words, else within a word that is too long itself.

    Args:
        text: The text.
        most: How many UTF-16 units a piece has at most; two or more.

    Returns:
        The pieces; none of a text without words. Nothing but white space is lost between them.
    """
    found, rest = [], text.strip()
    while (fitting := _fitting(rest, most)) < len(rest):
        ends = ([end.end() for end in kind.finditer(rest, 0, fitting + 1)] for kind in (_SENTENCE, _LINE, _WORD))
        cut = next((places[-1] for places in ends if places), fitting)
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*found, rest] if rest else found


def _choices(buttons: Sequence[Mapping[str, str]]) -> tuple[list[Offer], list[dict[str, str]]]:
    """What is offered, by number where short titles do not do; and the quick replies, none where Meta refuses them."""
    short = [_shortened(button["title"]) for button in buttons]
    cut_answer = any(
        title != button["title"] and not button["payload"].startswith(_WAY_ON)
        for button, title in zip(buttons, short, strict=True)
    )
    tapped = len(buttons) <= MOST_QUICK_REPLIES and all(
        _length(button["payload"]) <= MOST_PAYLOAD for button in buttons
    )
    numbered = cut_answer or len(set(short)) < len(short) or not tapped
    offered = [
        Offer(button["title"], button["payload"], number if numbered else None)
        for number, button in enumerate(buttons, start=1)
    ]
    replies = [
        {"content_type": "text", "title": str(offer.number or title), "payload": offer.payload}
        for offer, title in zip(offered, short, strict=True)
    ]
    return offered, replies if tapped else []


def _bubbles(text: str, links: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """A message's bubbles. Links that Meta would take for no button, or have no text above, are written out."""
    able = [link for link in links if _ABLE.match(link["payload"])][:MOST_BUTTONS] if text.strip() else []
    written = [f"{link['title']}: {link['payload'].removeprefix('tel:')}" for link in links if link not in able]
    text = "\n".join([text, *written]).strip()
    if not able:
        return [{"text": piece} for piece in pieces(text)]
    beside = pieces(text, MOST_BESIDE_BUTTONS)[-1]
    payload = {"template_type": "button", "text": beside, "buttons": [_button(link) for link in able]}
    before = [{"text": piece} for piece in pieces(text.removesuffix(beside))]
    return [*before, {"attachment": {"type": "template", "payload": payload}}]


def _button(link: Mapping[str, str]) -> dict[str, str]:
    title, address = _shortened(link["title"]), link["payload"]
    if address.startswith("tel:"):
        return {"type": "phone_number", "title": title, "payload": f"+{re.sub(r'[^0-9]', '', address)}"}
    return {"type": "web_url", "title": title, "url": address}


def _shortened(title: str) -> str:
    """A title that fits: without its last sign where that is enough, else cut at a word."""
    if _length(title) <= MOST_TITLE:
        return title
    if 0 < _length(bare := title.rstrip(_NO_WORD)) <= MOST_TITLE:
        return bare
    head = title[: _fitting(title, MOST_TITLE - 1)]
    whole = head if title[len(head)].isspace() else head.rpartition(" ")[0] or head
    return f"{whole.rstrip(_NO_WORD)}…"


def _fitting(text: str, most: int) -> int:
    """How many characters of a text, from its beginning, take at most so many UTF-16 units."""
    units = 0
    for at, sign in enumerate(text):
        units += _length(sign)
        if units > most:
            return at
    return len(text)


def _length(text: str) -> int:
    """The UTF-16 units of a text: two for each character beyond the first 65,536."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def plain(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message in words alone, where Meta does not take its form: links and choices are written out."""
    choices = [reply["title"] for reply in message.get("quick_replies", []) if not reply["title"].isdigit()]
    if "attachment" not in message:
        return {"text": "\n".join([message["text"], *choices])}
    template = message["attachment"]["payload"]
    written = [f"{button['title']}: {button.get('url') or button['payload']}" for button in template["buttons"]]
    return {"text": "\n".join([template["text"], *written, *choices])}
