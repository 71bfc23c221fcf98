"""A real Graph API on the loopback: holds calls to Meta's documented limits, and can be told to be unwell."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web

from bot.messenger.settings import MessengerSettings, messenger_settings
from bot.messenger.signature import proof

PAGE_TOKEN, APP_SECRET, VERIFY_TOKEN = "EAAtokenofthetests", "secretofthetests", "verifyofthetests"
INBOX = 263902037430900
BOT = 1
_EDGES = {"messages", "pass_thread_control", "take_thread_control", "messenger_profile"}
_PROFILE_CALLS, _PROFILE_SECONDS = 10, 600.0


@dataclass(frozen=True)
class Call:
    """A call as it came.

    `kind` is message, mark_seen, typing_on, pass, take, or read, write and delete for the profile; `status` is what
    was answered, None where nothing was; `taken` whether the thing was done.
    """

    at: float
    psid: str | None
    kind: str
    payload: dict[str, Any]
    status: int | None
    taken: bool
    token_in_url: bool


@dataclass
class _Fault:
    """What happens to the next `times` calls of a patient, or of all."""

    times: int
    psid: str | None
    kind: str | None
    manner: str
    status: int
    body: str | Mapping[str, Any]
    after: bool


class RefusalError(Exception):
    """A refusal as Meta words it."""

    def __init__(self, message: str, code: int = 100, subcode: int | None = None, status: int = 400) -> None:
        super().__init__(message)
        told = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Fake"}
        self.body = {"error": told if subcode is None else {**told, "error_subcode": subcode}}
        self.status = status


class FakeGraph:
    """The server, in a thread of its own, so that tests and other processes alike can talk to it.

    `delay` is how many seconds every call takes.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.clear()

    def start(self) -> None:
        """Begins to listen on a free port."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)

    def stop(self) -> None:
        """Ends the server, whatever hangs."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def clear(self) -> None:
        """Forgets all calls, faults, thread owners, the profile and the delay."""
        with self._lock:
            self.delay = 0.0
            self.calls: list[Call] = []
            self.profile: dict[str, Any] = {}
            self._faults: list[_Fault] = []
            self._held_by: dict[str, int] = {}
            self._profile_calls: list[float] = []

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which another process uses this server."""
        return {
            "MESSENGER_VERIFY_TOKEN": VERIFY_TOKEN,
            "MESSENGER_APP_SECRET": APP_SECRET,
            "MESSENGER_PAGE_TOKEN": PAGE_TOKEN,
            "MESSENGER_GRAPH_URL": self.url,
        }

    def settings(self, **others: str) -> MessengerSettings:
        """The settings with which the client uses this server; others by their variables."""
        settings = messenger_settings({**self.environment, **others})
        assert settings
        return settings

    def sent(self, psid: str) -> list[dict[str, Any]]:
        """The messages that a patient has got, in order."""
        return [call.payload["message"] for call in list(self.calls) if call.psid == psid and _is_message(call)]

    def held_by(self, psid: str) -> int:
        """The app that has a patient's chat: `BOT` or another."""
        return self._held_by.get(psid, BOT)

    def hold(self, psid: str, app_id: int = INBOX) -> None:
        """Has another app take a chat; `BOT` gives it back."""
        self._held_by[psid] = app_id

    def order_fault(
        self,
        *,
        times: int = 1,
        psid: str | None = None,
        kind: str | None = None,
        manner: str = "answer",
        status: int = 500,
        body: str | Mapping[str, Any] = "<html><body>Sorry, something went wrong.</body></html>",
        after: bool = False,
    ) -> None:
        """Orders what happens to the next calls.

        Args:
            times: To how many.
            psid: Of which patient; of all where None.
            kind: Of which kind (`Call.kind`); of any where None.
            manner: answer (with status and body), hang (never answer), or reset (break the connection).
            status: The HTTP status.
            body: JSON as a mapping, or HTML.
            after: Whether the call does what it asks for before the fault.
        """
        with self._lock:
            self._faults.append(_Fault(times, psid, kind, manner, status, body, after))

    async def _open(self) -> None:
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/{tail:.*}", self._handle)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        told = await _told(request)
        edge = request.path.rpartition("/")[2]
        recipient = told.get("recipient")
        psid = recipient.get("id") if isinstance(recipient, dict) else None
        kind = _kind(request.method, edge, told)
        fault = self._due_fault(psid, kind)
        status, body, taken = 0, {}, False
        if fault is None or fault.after:
            status, body, taken = self._answer(request, edge, kind, told)
        if fault is not None:
            status = fault.status if fault.manner == "answer" else 0
        in_url = PAGE_TOKEN in request.path_qs or "access_token" in request.query
        self.calls.append(Call(time.monotonic(), psid, kind, told, status or None, taken, in_url))
        await asyncio.sleep(self.delay)
        if fault is None:
            return web.json_response(body, status=status)
        if fault.manner == "hang":
            await asyncio.Event().wait()
        if fault.manner == "reset":
            assert request.transport
            request.transport.abort()
            return web.Response()
        if isinstance(fault.body, str):
            elsewhere = {"Location": "/elsewhere"} if 300 <= fault.status < 400 else None
            return web.Response(text=fault.body, content_type="text/html", status=fault.status, headers=elsewhere)
        return web.json_response(dict(fault.body), status=fault.status)

    def _due_fault(self, psid: str | None, kind: str) -> _Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.times and fault.psid in (None, psid) and fault.kind in (None, kind):
                    fault.times -= 1
                    return fault
        return None

    def _answer(self, request: web.Request, edge: str, kind: str, told: dict[str, Any]) -> tuple[int, Any, bool]:
        try:
            _check_caller(request, told)
            if not re.fullmatch(r"/v[0-9]+\.[0-9]+/me/[a-z_]+", request.path) or edge not in _EDGES:
                raise RefusalError("Unknown path components", 2500)
            body = self._profile(kind, told) if edge == "messenger_profile" else self._talk(kind, told)
        except RefusalError as refusal:
            return refusal.status, refusal.body, False
        return 200, body, True

    def _talk(self, kind: str, told: dict[str, Any]) -> dict[str, Any]:
        """Messages, signs and who has the chat."""
        psid = _recipient(told)
        if kind == "pass":
            if not isinstance(told.get("target_app_id"), int):
                raise RefusalError("(#100) Incorrect App ID.", 100, 2018164)
            self._let_speak(psid)
            self._held_by[psid] = told["target_app_id"]
            return {"success": True}
        if kind == "take":
            self._held_by.pop(psid, None)
            return {"success": True}
        self._let_speak(psid)
        if kind == "message":
            _check_message(told)
            return {"recipient_id": psid, "message_id": f"m_{len(self.calls)}"}
        if kind not in ("mark_seen", "typing_on", "typing_off"):
            raise RefusalError("(#100) Param sender_action must be one of {TYPING_ON, TYPING_OFF, MARK_SEEN}")
        return {"recipient_id": psid}

    def _let_speak(self, psid: str) -> None:
        if self.held_by(psid) != BOT:
            words = "(#10) Message failed to send because another app is controlling this thread now."
            raise RefusalError(words, 10, 2018300, 403)

    def _profile(self, kind: str, told: dict[str, Any]) -> dict[str, Any]:
        now = time.monotonic()
        self._profile_calls = [at for at in self._profile_calls if at > now - _PROFILE_SECONDS]
        if len(self._profile_calls) >= _PROFILE_CALLS:
            raise RefusalError("(#613) Calls to this api have exceeded the rate limit.", 613)
        self._profile_calls.append(now)
        if kind == "read":
            wanted = str(told.get("fields", "")).split(",")
            found = {name: value for name, value in self.profile.items() if name in wanted}
            return {"data": [found] if found else []}
        if kind == "delete":
            for name in told["fields"]:
                self.profile.pop(name, None)
            return {"result": "success"}
        fields = {name: value for name, value in told.items() if name != "appsecret_proof"}
        _check_profile({**self.profile, **fields})
        self.profile |= fields
        return {"result": "success"}


@pytest.fixture
def graph() -> Iterator[FakeGraph]:
    """A running Graph API that knows nothing yet."""
    server = FakeGraph()
    server.start()
    yield server
    server.stop()


def check_message(message: Mapping[str, Any]) -> None:
    """Holds a `message` object to Meta's limits; raises `RefusalError` where Meta would refuse it."""
    _check_message({"message": message, "messaging_type": "RESPONSE"})


async def _told(request: web.Request) -> dict[str, Any]:
    """What a call tells, in its body or in its address."""
    if request.method == "GET" or not request.can_read_body:
        return dict(request.query)
    try:
        told = await request.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _kind(method: str, edge: str, told: Mapping[str, Any]) -> str:
    if edge == "messenger_profile":
        return {"GET": "read", "DELETE": "delete"}.get(method, "write")
    if edge == "messages":
        return "message" if "message" in told else str(told.get("sender_action"))
    return edge.removesuffix("_thread_control")


def _is_message(call: Call) -> bool:
    return call.kind == "message" and call.taken


def _check_caller(request: web.Request, told: Mapping[str, Any]) -> None:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token != PAGE_TOKEN and request.query.get("access_token") != PAGE_TOKEN:
        raise RefusalError("Invalid OAuth access token.", 190)
    if told.get("appsecret_proof") != proof(PAGE_TOKEN, APP_SECRET):
        raise RefusalError("Invalid appsecret_proof provided in the API argument")


def _recipient(told: Mapping[str, Any]) -> str:
    recipient = told.get("recipient")
    if not isinstance(recipient, dict) or not isinstance(recipient.get("id"), str):
        raise RefusalError("(#100) The parameter recipient is required")
    if not re.fullmatch(r"[0-9]+", recipient["id"]):
        raise RefusalError("(#100) No matching user found", 100, 2018001)
    return recipient["id"]


def _check_message(told: Mapping[str, Any]) -> None:
    message = told["message"]
    if "sender_action" in told:
        raise RefusalError("(#100) Cannot send both message and state at the same time.", 100, 2018014)
    _require(told.get("messaging_type") in ("RESPONSE", "UPDATE", "MESSAGE_TAG"), "messaging_type is not known")
    text, attachment = message.get("text"), message.get("attachment")
    _require((text is None) != (attachment is None), "Message cannot be empty, must provide valid attachment or text")
    _require(message.keys() <= {"text", "attachment", "quick_replies", "metadata"}, "message has unknown keys")
    if text is not None:
        _check_text("message[text]", text, 2000)
    if attachment is not None:
        _require(attachment.get("type") == "template", "attachment[type] is not known here")
        _check_template(attachment["payload"])
    if "quick_replies" in message:
        _check_list("message[quick_replies]", message["quick_replies"], 13, _check_quick_reply)


def _check_template(payload: Mapping[str, Any]) -> None:
    _require(payload.get("template_type") == "button", "template_type is not known here")
    _check_text("name_placeholder[text]", payload.get("text"), 640)
    _check_list("name_placeholder[buttons]", payload.get("buttons"), 3, _check_button)


def _check_quick_reply(reply: Mapping[str, Any]) -> None:
    _require(reply.get("content_type") == "text", "content_type is not known here")
    _check_text("quick_replies[title]", reply.get("title"), 20)
    _check_text("quick_replies[payload]", reply.get("payload"), 1000)


def _check_button(button: Mapping[str, Any]) -> None:
    _check_text("buttons[title]", button.get("title"), 20)
    if button.get("type") == "web_url":
        _require(
            re.fullmatch(r"https://[^\s/]+\S*", str(button.get("url"))), "buttons[url] should represent a valid URL"
        )
    elif button.get("type") == "phone_number":
        _require(re.fullmatch(r"\+[0-9]{7,15}", str(button.get("payload"))), "buttons[payload] is no phone number")
    else:
        _require(button.get("type") == "postback", "buttons[type] is not known")
        _check_text("buttons[payload]", button.get("payload"), 1000)


def _check_profile(profile: Mapping[str, Any]) -> None:
    """The profile as it would be; a field that is not set is right."""
    _require(
        profile.keys() <= {"greeting", "get_started", "ice_breakers", "persistent_menu"}, "profile has unknown keys"
    )
    if "persistent_menu" in profile:
        _require("get_started" in profile, "You must set a Get Started button if you also wish to use persistent menu")
    if "get_started" in profile:
        _check_text("get_started[payload]", profile["get_started"].get("payload"), 1000)
    for name, check in (("greeting", _check_greeting), ("ice_breakers", _check_ice), ("persistent_menu", _check_menu)):
        locales = profile.get(name, [{"locale": "default"}])
        _require(any(each.get("locale") == "default" for each in locales), f"{name} has no default locale")
        for each in profile.get(name, []):
            check(each)


def _check_greeting(greeting: Mapping[str, Any]) -> None:
    _check_text("greeting[text]", greeting.get("text"), 160)


def _check_ice(breakers: Mapping[str, Any]) -> None:
    def check(breaker: Mapping[str, Any]) -> None:
        _check_text("ice_breakers[question]", breaker.get("question"), 80)
        _check_text("ice_breakers[payload]", breaker.get("payload"), 1000)

    _check_list("ice_breakers", breakers.get("call_to_actions"), 4, check)


def _check_menu(menu: Mapping[str, Any]) -> None:
    def check(item: Mapping[str, Any]) -> None:
        _check_text("persistent_menu[title]", item.get("title"), 30)
        _require(item.get("type") in ("postback", "web_url"), "persistent_menu[type] is not known")
        _check_text("persistent_menu", item.get("payload" if item["type"] == "postback" else "url"), 1000)

    _check_list("persistent_menu", menu.get("call_to_actions"), 20, check)


def _check_list(name: str, items: Any, most: int, check: Callable[[Mapping[str, Any]], None]) -> None:
    _require(isinstance(items, list) and items, f"param {name} has too few elements")
    _require(len(items) <= most, f"param {name} has too many elements")
    for item in items:
        check(item)


def _check_text(name: str, text: Any, most: int) -> None:
    _require(isinstance(text, str) and text.strip(), f"param {name} must be a non-empty string")
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    _require(units <= most, f"Length of param {name} must be less than or equal to {most}")


def _require(holds: object, words: str) -> None:
    if not holds:
        raise RefusalError(f"(#100) {words}")
