"""Asks the Graph API: sends messages and signs, hands chats over, reads and writes the page's profile."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Sequence
from enum import Enum
from http import HTTPStatus
from types import TracebackType
from typing import Any, Literal

import aiohttp

from bot.messenger.settings import MessengerSettings
from bot.messenger.signature import proof

logger = logging.getLogger(__name__)

WAITS = (0.5, 1.5)
"""Seconds before the second and the third attempt, more or less."""

_JITTER = (0.75, 1.25)
_PATIENCE = 10.0
_CONNECTIONS = 100
_MOST_BODY = 100_000  # bytes of an answer that are read

# As the platform's table of errors has them: https://developers.facebook.com/docs/messenger-platform/error-codes
_BAD_PARAMETER = 100
_TRANSIENT = frozenset({1, 2, 4, 17, 32, 341, 613, 1200, *range(80000, 80015)})
# 2018300 and 2018321, mostly subcodes of 10: people, or Meta itself, have the chat.
_FINAL = frozenset({10, 190, 368, 551, 2018300, 2018321, *range(200, 300)})


class Fault(Enum):
    """What a failure means for what else there is to send."""

    TRANSIENT = "transient"
    """It may work in a moment."""
    FINAL = "final"
    """Nothing more can be sent to this patient now."""
    MESSAGE = "message"
    """This message cannot be sent as it is; others may."""


class GraphError(RuntimeError):
    """The Graph API did not do what it was asked. Holds numbers alone: no address, no token, no words.

    Attributes:
        fault: What it means.
        code: Meta's code, where it gave one.
        subcode: Meta's subcode, where it gave one.
        status: The HTTP status; None where no answer came.
    """

    def __init__(
        self, fault: Fault, *, code: int | None = None, subcode: int | None = None, status: int | None = None
    ) -> None:
        super().__init__(f"{fault.value} (code {code}, subcode {subcode}, status {status})")
        self.fault = fault
        self.code = code
        self.subcode = subcode
        self.status = status


class Graph:
    """Calls in a page's name, over connections that are kept open: `async with Graph(settings) as graph`.

    Whatever fails for the moment is tried again when a message is sent or a chat handed over, so a message whose answer
    was lost on the way may arrive twice; that it does not arrive at all would be worse.

    Args:
        settings: Which page, and where the API is.
        patience: Seconds that one attempt may take.
        waits: Seconds before each further attempt.
        connections: How many calls may be under way at once.
    """

    def __init__(
        self,
        settings: MessengerSettings,
        patience: float = _PATIENCE,
        waits: Sequence[float] = WAITS,
        connections: int = _CONNECTIONS,
    ) -> None:
        self._settings = settings
        self._proof = proof(settings.page_token, settings.app_secret)
        self._patience = patience
        self._waits = waits
        self._connections = connections

    async def __aenter__(self) -> Graph:
        """Opens the session."""
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {self._settings.page_token}"},
            connector=aiohttp.TCPConnector(limit=self._connections),
            timeout=aiohttp.ClientTimeout(total=self._patience),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the session."""
        await self._session.close()

    async def send(self, psid: str, message: dict[str, Any], messaging_type: str = "RESPONSE") -> None:
        """Sends a message.

        Args:
            psid: The patient, as the page knows them.
            message: The `message` object.
            messaging_type: Why it is sent, as Meta calls it.

        Raises:
            GraphError: It was refused, or no attempt was answered.
        """
        body = {"recipient": {"id": psid}, "messaging_type": messaging_type, "message": message}
        await self._ask("POST", "messages", body, self._waits)

    async def act(self, psid: str, action: Literal["mark_seen", "typing_on"]) -> None:
        """Shows a sign. One that is lost harms nobody: it is tried once, and a failure is told to the log alone."""
        try:
            await self._attempt("POST", "messages", {"recipient": {"id": psid}, "sender_action": action})
        except GraphError as error:
            logger.info("A sign was not shown: code=%s subcode=%s status=%s", error.code, error.subcode, error.status)

    async def pass_thread(self, psid: str, metadata: str) -> None:
        """Hands a chat to the app that people answer in.

        Args:
            psid: The patient.
            metadata: What that app is told.

        Raises:
            GraphError: The chat is not handed over, or it is not known whether it is.
        """
        body = {"recipient": {"id": psid}, "target_app_id": self._settings.inbox_app_id, "metadata": metadata}
        await self._ask("POST", "pass_thread_control", body, self._waits)

    async def take_thread(self, psid: str, metadata: str) -> None:
        """Takes a chat back; `metadata` and what is raised as for `pass_thread`."""
        await self._ask("POST", "take_thread_control", {"recipient": {"id": psid}, "metadata": metadata}, self._waits)

    async def read_profile(self, fields: Sequence[str]) -> dict[str, Any]:
        """Reads the page's profile.

        Args:
            fields: What is asked for.

        Returns:
            The fields that are set.

        Raises:
            GraphError: It could not be read.
        """
        answer = await self._ask("GET", "messenger_profile", {"fields": ",".join(fields)})
        try:
            found = json.loads(answer)["data"]
            return dict(found[0]) if found else {}
        except (ValueError, TypeError, LookupError):
            unreadable = GraphError(Fault.MESSAGE, status=HTTPStatus.OK)
        raise unreadable

    async def write_profile(self, profile: dict[str, Any]) -> None:
        """Sets fields of the page's profile; raises `GraphError` where it is not taken."""
        await self._ask("POST", "messenger_profile", profile)

    async def delete_profile(self, fields: Sequence[str]) -> None:
        """Deletes fields of the page's profile; raises `GraphError` where that fails."""
        await self._ask("DELETE", "messenger_profile", {"fields": list(fields)})

    async def _ask(self, method: str, edge: str, told: dict[str, Any], waits: Sequence[float] = ()) -> bytes:
        """Asks until it works, the failure is not of the moment, or all waits are over."""
        attempt = 1
        while True:
            try:
                return await self._attempt(method, edge, told)
            except GraphError as error:
                last = error.fault is not Fault.TRANSIENT or attempt > len(waits)
                logger.log(
                    logging.ERROR if last else logging.WARNING,
                    "Graph API: code=%s subcode=%s status=%s attempt=%s",
                    error.code,
                    error.subcode,
                    error.status,
                    attempt,
                )
                if last:
                    raise
            wait = waits[attempt - 1] * random.uniform(*_JITTER)  # noqa: S311  # spreads the attempts, keeps no secret
            await asyncio.sleep(wait)
            attempt += 1

    async def _attempt(self, method: str, edge: str, told: dict[str, Any]) -> bytes:
        """Asks once; gives the beginning of the answer."""
        sealed = {**told, "appsecret_proof": self._proof}
        try:
            async with self._session.request(
                method,
                f"{self._settings.graph_url}/{self._settings.graph_version}/me/{edge}",
                params=sealed if method == "GET" else None,
                json=None if method == "GET" else sealed,
                allow_redirects=False,
            ) as response:
                status, body = response.status, await _beginning(response)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            status, body = None, b""
        # Out of the except, for what aiohttp raises holds the address, and with it the proof.
        if status != HTTPStatus.OK:
            raise _refusal(status, body)
        return body


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """The beginning of an answer's body, as far as it comes: the status alone says whether a thing was done."""
    body = b""
    try:
        while len(body) < _MOST_BODY and (part := await response.content.read(_MOST_BODY - len(body))):
            body += part
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
        return body
    return body


def _refusal(status: int | None, body: bytes) -> GraphError:
    """What a failure means, by Meta's code, and else by the status."""
    try:
        told = json.loads(body)["error"]
        code, subcode, passing = _number(told.get("code")), _number(told.get("error_subcode")), told.get("is_transient")
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        code = subcode = passing = None
    unwell = status is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS
    if code in _FINAL:
        fault = Fault.FINAL
    elif passing is True or code in _TRANSIENT or (unwell and code != _BAD_PARAMETER):
        fault = Fault.TRANSIENT
    else:
        fault = Fault.MESSAGE
    return GraphError(fault, code=code, subcode=subcode, status=status)


def _number(told: object) -> int | None:
    return told if isinstance(told, int) else None
