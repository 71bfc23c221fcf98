"""Measures Messenger under load, `make messenger-load`: 200 senders at once while Meta takes 0.3 s a call.

One patient chats on the website, in turns without that load and with it. Meta, the senders and the patient are
processes of their own, on the same machine. Prints the figures for docs/messenger.md.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from cryptography.fernet import Fernet

from bot.run.environment import quiet_environment
from tests.messenger.bodies import batch, message, signature
from tests.messenger.fake_graph import FakeGraph
from tests.messenger.page import Page, running_page, somebody, texts

SENDERS, GRAPH_SECONDS, QUIET_SECONDS = 200, 0.3, 10.0
_CONNECTING = 1.0  # seconds in which all connections get opened
_NICE = 15  # of Meta, which in life is on other machines
PERIODS = (0.0, 1.0, 5.0, 5.0)
"""Within how many seconds all senders write, round by round; 0 is the same moment for all."""
QUESTIONS = {
    "what is psoas syndrome": "Psoas syndrome means",
    "which stretches help": "Stretches that are named",
    "where is the office": "Springfield Chiropractic Center, Dr.",
    "what causes psoas syndrome": "The usual cause",
}


def chat(site: str, seconds: float, ends: Path | None = None) -> list[float]:
    """One patient of the website, who asks every quarter of a second; gives the seconds until each answer.

    Args:
        site: The website's address.
        seconds: How long at most.
        ends: A file that tells by its being there that it is enough.
    """
    return asyncio.run(_chat(f"{site}/webhooks/web", seconds, ends))


async def _chat(channel: str, seconds: float, enough: Path | None) -> list[float]:
    taken: list[float] = []
    async with aiohttp.ClientSession() as client:

        async def ask(path: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with client.post(f"{channel}/{path}", json=body, headers=headers) as answer:
                assert answer.status < 300, answer.status
                return dict(await answer.json())

        token = (await ask("sessions", {"consent": True}))["token"]
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not (enough and enough.exists()):
            begun = time.perf_counter()
            text = [*QUESTIONS][len(taken) % len(QUESTIONS)]
            await ask("messages", {"key": f"key-{len(taken):08}", "text": text}, token)
            taken.append(time.perf_counter() - begun)
            await asyncio.sleep(0.25)
    return taken


def write(webhook: str, number: int, within: float) -> list[float]:
    """Has every sender write one message; gives the seconds until the webhook has taken each."""
    return asyncio.run(_write(webhook, number, within))


async def _write(webhook: str, number: int, within: float) -> list[float]:
    """Writes over connections that are open, as Meta's are, by bytes made beforehand: the client shall cost nothing."""
    place = urlsplit(webhook)

    async def send(one: int) -> float:
        body = json.dumps(batch(message(str(1000 + one), [*QUESTIONS][number]))).encode()
        head = f"POST {place.path} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/json\r\n"
        head += f"X-Hub-Signature-256: {signature(body)}\r\nContent-Length: {len(body)}\r\n\r\n"
        request = head.encode() + body
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        await asyncio.sleep(_CONNECTING + within * one / SENDERS)
        begun = time.perf_counter()
        writer.write(request)
        status = await reader.readline()
        seconds = time.perf_counter() - begun
        writer.close()
        assert b" 200 " in status, status
        return seconds

    return list(await asyncio.gather(*(send(one) for one in range(SENDERS))))


def measure(page: Page, folder: Path) -> None:
    """Measures, checks every answer, and prints what was found."""
    quiet: list[float] = []
    loaded: list[float] = []
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as others:
        others.submit(chat, page.site, 1.0).result()
        page.say(somebody(), "hello")
        for number, within in enumerate(PERIODS):
            quiet += others.submit(chat, page.site, QUIET_SECONDS).result()[1:]
            answered = folder / f"answered-{number}"
            chatting = others.submit(chat, page.site, QUIET_SECONDS * 10, answered)
            begun = time.perf_counter()
            webhook = others.submit(write, page.webhook, number, within).result()
            page.wait(120)
            whole = time.perf_counter() - begun
            answered.touch()
            print(f"{SENDERS} messages within {within:.0f} s: webhook {spoken(webhook)}; answered after {whole:.1f} s")
            loaded += chatting.result()[1:]
    print(f"website without: {spoken(quiet)} (n={len(quiet)})\nwebsite with: {spoken(loaded)} (n={len(loaded)})")
    check(page)


def check(page: Page) -> None:
    """Every message was answered once, in order."""
    for person in range(SENDERS):
        said = texts(page.graph.sent(str(1000 + person)))
        answers = [text for text in said if text.startswith(tuple(QUESTIONS.values()))]
        assert len(answers) == len(QUESTIONS), said
        assert all(text.startswith(begins) for text, begins in zip(answers, QUESTIONS.values(), strict=True)), said
    print(f"all {SENDERS * len(QUESTIONS)} messages were answered once and in order")


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
    graph._loop.call_soon_threadsafe(os.nice, _NICE)
    graph.delay = GRAPH_SECONDS
    with tempfile.TemporaryDirectory() as folder:
        limits = dict.fromkeys(("WEB_SESSION_LIMIT", "WEB_ADDRESS_LIMIT", "WEB_OPENING_LIMIT"), "100000/second")
        with running_page(graph, Path(folder), **limits) as page:
            measure(page, Path(folder))
    graph.stop()


if __name__ == "__main__":
    main()
