"""Measures Messenger under load, `python -m tests.messenger.load`: 200 senders at once while Meta takes 0.3 s a call.

Beside it one patient chats on the website, before the load and during it, in turns. Prints figures for docs.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.fernet import Fernet

from bot.run.environment import quiet_environment
from tests.messenger.bodies import batch, message, signature
from tests.messenger.fake_graph import FakeGraph
from tests.messenger.page import Page, running_page, texts

SENDERS, GRAPH_SECONDS, ROUNDS = 200, 0.3, 3
QUESTIONS = {
    "what is psoas syndrome": "Psoas syndrome means",
    "which stretches help": "Stretches that are named",
    "where is the office": "Springfield Chiropractic Center, Dr.",
}


class Website:
    """One patient who asks one question after the other."""

    def __init__(self, site: str, client: aiohttp.ClientSession) -> None:
        self._channel, self._client = f"{site}/webhooks/web", client
        self._token, self._asked = "", 0

    async def open(self) -> None:
        """Opens a session."""
        self._token = (await self._post("sessions", {"consent": True}))["token"]

    async def ask(self) -> float:
        """Asks a question; gives the seconds until its answer."""
        self._asked += 1
        text = [*QUESTIONS][self._asked % len(QUESTIONS)]
        begun = time.perf_counter()
        answer = await self._post("messages", {"key": f"key-{self._asked:08}", "text": text})
        seconds = time.perf_counter() - begun
        self._token = answer.get("token") or self._token
        return seconds

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        async with self._client.post(f"{self._channel}/{path}", json=body, headers=headers) as answer:
            assert answer.status < 300, answer.status
            return dict(await answer.json())


async def chat_until(website: Website, ended: asyncio.Event) -> list[float]:
    """Asks on the website, four times a second, until told to end; gives the seconds of each answer."""
    taken = []
    while not ended.is_set():
        taken.append(await website.ask())
        await asyncio.sleep(0.25)
    return taken


async def write_at_once(page: Page, client: aiohttp.ClientSession, number: int, spread: float) -> list[float]:
    """Has every sender write one message; gives the seconds until the webhook has taken each."""

    async def write(person: int) -> float:
        await asyncio.sleep(spread * person / SENDERS)
        body = json.dumps(batch(message(str(1000 + person), [*QUESTIONS][number]))).encode()
        headers = {"X-Hub-Signature-256": signature(body), "Content-Type": "application/json"}
        begun = time.perf_counter()
        async with client.post(page.webhook, data=body, headers=headers) as answer:
            assert answer.status == 200
            await answer.read()
        return time.perf_counter() - begun

    return list(await asyncio.gather(*(write(person) for person in range(SENDERS))))


async def measure(page: Page) -> None:
    """Measures, checks every answer, and prints the table."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as client:
        website = Website(page.site, client)
        await website.open()
        for _ in range(5):
            await website.ask()
        quiet: list[float] = []
        loaded: list[float] = []
        rows = []
        for number, spread in zip(range(ROUNDS), (0.0, 1.0, 1.0), strict=True):
            ended = asyncio.Event()
            asyncio.get_running_loop().call_later(8, ended.set)
            quiet += await chat_until(website, ended)
            ended = asyncio.Event()
            chatting = asyncio.create_task(chat_until(website, ended))
            begun = time.perf_counter()
            webhook = await write_at_once(page, client, number, spread)
            await asyncio.to_thread(page.wait, 120)
            rows.append((spread, webhook, time.perf_counter() - begun))
            ended.set()
            loaded += await chatting
        check(page)
        report(rows, quiet, loaded)


def check(page: Page) -> None:
    """Every message was answered once, in order."""
    for person in range(SENDERS):
        said = texts(page.graph.sent(str(1000 + person)))
        answers = [text for text in said if text.startswith(tuple(QUESTIONS.values()))]
        assert len(answers) == len(QUESTIONS), said
        assert all(text.startswith(begins) for text, begins in zip(answers, QUESTIONS.values(), strict=True)), said


def report(rows: list[tuple[float, list[float], float]], quiet: list[float], loaded: list[float]) -> None:
    """Prints what was measured."""
    for spread, webhook, whole in rows:
        print(f"{SENDERS} messages within {spread:.0f} s: webhook {spoken(webhook)}; all answered after {whole:.1f} s")
    print(f"website, quiet: {spoken(quiet)} (n={len(quiet)})\nwebsite, loaded: {spoken(loaded)} (n={len(loaded)})")


def spoken(seconds: list[float]) -> str:
    """Median, 95th and 99th percentile in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return f"p50 {cuts[49] * 1000:.1f} ms, p95 {cuts[94] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms"


def main() -> None:
    """Starts everything and measures."""
    os.environ.update(quiet_environment())
    os.environ["DATA_KEYS"] = Fernet.generate_key().decode()
    graph = FakeGraph()
    graph.start()
    graph.delay = GRAPH_SECONDS
    with tempfile.TemporaryDirectory() as folder:
        limits = dict.fromkeys(("WEB_SESSION_LIMIT", "WEB_ADDRESS_LIMIT", "WEB_OPENING_LIMIT"), "100000/second")
        with running_page(graph, Path(folder), **limits) as page:
            asyncio.run(measure(page))
    graph.stop()


if __name__ == "__main__":
    main()
