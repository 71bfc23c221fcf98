"""A pace that leaves the machine to others: under load a process works for a share of the time alone."""

from __future__ import annotations

import asyncio
import time

_LOOK = 0.01  # seconds


class Pace:
    """Keeps this process to a share of one processor, but for short bursts.

    Args:
        share: The share, between 0 and 1.
        burst: Seconds of work that may be done at once after a rest.
    """

    def __init__(self, share: float, burst: float) -> None:
        self._share = share
        self._burst = burst
        self._saved = burst
        self._worked, self._at = time.process_time(), time.monotonic()

    async def rest(self) -> None:
        """Returns when the next piece of work may begin."""
        while self._savings() < 0:
            await asyncio.sleep(_LOOK)

    def _savings(self) -> float:
        """Seconds of work that may still be done."""
        worked, at = time.process_time(), time.monotonic()
        self._saved += self._share * (at - self._at) - (worked - self._worked)
        self._saved = max(-self._burst, min(self._saved, self._burst))
        self._worked, self._at = worked, at
        return self._saved
