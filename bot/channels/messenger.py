"""The webhook of Facebook Messenger: checks that Meta sends, keeps what is to be answered, and says so.

A worker of its own answers (messenger_worker.py), so that Meta's slowness never keeps the website's chat waiting.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
from http import HTTPStatus
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, text
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.web import OnNewMessage
from bot.messenger.events import read_events
from bot.messenger.inbox import put
from bot.messenger.settings import MessengerSettings, messenger_line, messenger_settings
from bot.messenger.signature import is_signed
from bot.storage import Database, DataKeyError, database_url
from bot.storage.group_commit import GroupCommit
from bot.storage.inbox import open_inbox

logger = logging.getLogger(__name__)

MOST_BYTES = 4 * 1024 * 1024
"""The largest body that is read: Meta tells up to a thousand events at once."""

_SIGNATURE = "x-hub-signature-256"


class MessengerChannel(InputChannel):
    """Rasa input channel of a Facebook page's Messenger, at /webhooks/messenger/webhook.

    Args:
        settings: How it is set up; None where it is off.
    """

    def __init__(self, settings: MessengerSettings | None) -> None:
        self._settings = settings
        self._database: Database | None = None
        self._inbox: GroupCommit[Any] | None = None

    @classmethod
    def name(cls) -> str:
        """The channel's name in the tracker and in its address, /webhooks/messenger."""
        return "messenger"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> MessengerChannel:
        """Makes the channel by the environment.

        Raises:
            MessengerSettingsError: Settings are missing or cannot be read.
        """
        settings = messenger_settings(os.environ)
        logger.info("%s", messenger_line(settings))
        return cls(settings)

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's routes; none where it is off."""
        routes = Blueprint("messenger_channel", __name__)
        if self._settings is None:
            return routes
        settings = self._settings

        @routes.get("/webhook")
        async def verify(request: Request) -> HTTPResponse:
            return _verified(request, settings.verify_token)

        @routes.post("/webhook", stream=True)
        async def receive(request: Request) -> HTTPResponse:
            return await self._receive(request, settings)

        routes.listener("before_server_start")(self._open)
        routes.listener("after_server_stop")(self._close)
        return routes

    async def _open(self, _app: Sanic, _loop: Any) -> None:
        self._database = open_inbox(database_url())
        self._inbox = GroupCommit(self._database, put)

    async def _close(self, _app: Sanic, _loop: Any) -> None:
        if self._database:
            self._database.close()

    async def _receive(self, request: Request, settings: MessengerSettings) -> HTTPResponse:
        """Takes what Meta tells; it is on disk when Meta hears so."""
        signature = request.headers.get(_SIGNATURE)
        if signature is None:
            return text("not signed", HTTPStatus.FORBIDDEN)
        body = await _body(request)
        if body is None:
            return text("too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not is_signed(body, signature, settings.app_secret):
            return text("wrong signature", HTTPStatus.FORBIDDEN)
        try:
            told = json.loads(body)
            is_for_us = bool(read_events(told, settings.inbox_app_id))
        except (ValueError, RecursionError):
            return text("not JSON", HTTPStatus.BAD_REQUEST)
        if is_for_us and self._inbox:
            try:
                await self._inbox.put(told)
            except (SQLAlchemyError, DataKeyError) as error:  # Meta tells it again
                logger.error("what Meta told was not taken: %s", type(error).__name__)
                return text("not now", HTTPStatus.SERVICE_UNAVAILABLE)
        return text("taken")


def _verified(request: Request, verify_token: str) -> HTTPResponse:
    """The answer to Meta's question whether the webhook is ours."""
    asked = {name: request.args.get(f"hub.{name}", "") for name in ("mode", "verify_token", "challenge")}
    is_ours = hmac.compare_digest(asked["verify_token"].encode("utf-8", "replace"), verify_token.encode())
    if asked["mode"] != "subscribe" or not is_ours or not asked["challenge"]:
        return text("not verified", HTTPStatus.FORBIDDEN)
    return text(asked["challenge"])


async def _body(request: Request) -> bytes | None:
    """The raw bytes, as they are signed; None where they are too many."""
    body = bytearray()
    while (part := await request.stream.read()) is not None:
        body += part
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)
