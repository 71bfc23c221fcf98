"""How much one session, and one network address, may ask of the web channel."""

from __future__ import annotations

import math
import re
import time
from collections import OrderedDict
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address

from pyrate_limiter import Duration, InMemoryBucket, Rate, RateItem

_WRITTEN = re.compile(r"\s*([1-9]\d*)\s*/\s*(second|minute|hour|day)\s*")
_IPV6_SUBSCRIBER = 64  # bits; a subscriber has at least the rest of the address
_BUCKETS_KEPT = 20_000


class LimitError(ValueError):
    """A limit of the environment cannot be read. The message says which, and how to write one."""


class _Limit:
    """So much for each, in a window that moves; counted in this process's memory."""

    def __init__(self, environment: Mapping[str, str], setting: str, default: str) -> None:
        words = environment.get(setting) or default
        written = _WRITTEN.fullmatch(words)
        if not written:
            raise LimitError(f"{setting} is {words!r}. Write a limit such as {default}.")
        self._rate = Rate(int(written[1]), Duration[written[2].upper()])
        self._buckets: OrderedDict[str, InMemoryBucket] = OrderedDict()

    def wait(self, whose: str) -> int:
        """Counts one of somebody's; gives the seconds to wait where it is too much, else 0."""
        bucket = self._buckets.setdefault(whose, InMemoryBucket([self._rate]))
        self._buckets.move_to_end(whose)
        if len(self._buckets) > _BUCKETS_KEPT:
            self._buckets.popitem(last=False)
        item = RateItem(whose, int(time.monotonic() * 1000))
        bucket.leak(item.timestamp)
        if bucket.put(item):
            return 0
        waiting = bucket.waiting(item)
        assert isinstance(waiting, int)  # noqa: S101  # a bucket in memory never gives an awaitable
        return max(1, math.ceil(waiting / 1000))


class Limits:
    """What may be asked in how much time.

    Args:
        environment: Where `WEB_SESSION_LIMIT` (messages of a session), `WEB_ADDRESS_LIMIT` (messages and reloads of an
            address) and `WEB_OPENING_LIMIT` (new sessions of an address) may stand, such as `20/minute`.

    Raises:
        LimitError: One of them cannot be read.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._messages = _Limit(environment, "WEB_SESSION_LIMIT", "20/minute")
        # A whole waiting room may sit behind one address.
        self._requests = _Limit(environment, "WEB_ADDRESS_LIMIT", "300/minute")
        self._sessions = _Limit(environment, "WEB_OPENING_LIMIT", "60/hour")

    def wait_for_message(self, conversation: str, address: str) -> int:
        """Counts a message; gives the seconds to wait before it may be sent, 0 where it may."""
        return self.wait_for_history(address) or self._messages.wait(conversation)

    def wait_for_history(self, address: str) -> int:
        """The same for a reload."""
        return self._requests.wait(_network(address))

    def wait_for_session(self, address: str) -> int:
        """The same for a new session."""
        return self._sessions.wait(_network(address))


def _network(address: str) -> str:
    """Whom an address belongs to: of IPv6 only the part that a subscriber cannot choose."""
    try:
        known = ip_address(address.strip("[]"))
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    return str(known.ipv4_mapped or int(known) >> _IPV6_SUBSCRIBER)
