"""The commands as a person uses them: `make chat`, a second one, Ctrl-C, and `make shell`."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
import yaml

from bot.nlu.importer import triage_domain
from bot.run.services import free_port, is_free
from bot.triage import the_protocol
from tests.conversations.scenario import Step, load_scenario
from tests.stored import stored_requests

UP, DOWN = "\x1b[A", "\x1b[B"
PATIENCE = 120  # seconds for set-up and start; training is not due in the tests
TURN = 30
RESPONSES = {
    **yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))["responses"],
    **triage_domain(the_protocol()).responses,
}


@pytest.fixture
def environment(model: Path, tmp_path: Path) -> dict[str, str]:
    """This environment, with databases of the test's own."""
    own = {"DATABASE_URL": f"sqlite:///{tmp_path}/test.db", "TRACKER_DB": f"{tmp_path}/tracker.db"}
    return {**os.environ, **own, "TERM": "xterm", "COLUMNS": "300"}


@pytest.fixture
def two_free_ports() -> int:
    """A port that is free together with the action server's above it."""
    return next(port for port in iter(free_port, None) if is_free("127.0.0.1", port + 50))


@pytest.fixture
def make_chat(environment: dict[str, str], two_free_ports: int) -> Iterator[pexpect.spawn]:
    """`make chat` in a terminal, ready."""
    child = pexpect.spawn(
        "make", ["chat", f"PORT={two_free_ports}"], env=environment, encoding="utf-8", timeout=PATIENCE
    )
    child.expect(f"http://127.0.0.1:{two_free_ports}/")
    yield child
    child.close(force=True)


def test_make_chat_shows_its_steps_and_the_page_answers(make_chat: pexpect.spawn, two_free_ports: int) -> None:
    assert "Database" in make_chat.before
    assert "Starting the servers" in make_chat.before
    for noise in ("Warning", "tensorflow", "Sanic", "Traceback"):
        assert noise not in make_chat.before
    with urllib.request.urlopen(f"http://127.0.0.1:{two_free_ports}/", timeout=10) as answer:
        assert b"clinic-chat" in answer.read()


def test_the_servers_listen_to_this_machine_alone(make_chat: pexpect.spawn, two_free_ports: int) -> None:
    elsewhere = socket.gethostbyname(socket.gethostname())
    if elsewhere.startswith("127."):
        elsewhere = "127.0.0.2"
    for port in (two_free_ports, two_free_ports + 50):
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((elsewhere, port), timeout=2)


def test_a_second_make_chat_says_that_the_port_is_taken(make_chat: pexpect.spawn, two_free_ports: int) -> None:
    second = subprocess.run(["make", "chat", f"PORT={two_free_ports}"], capture_output=True, text=True, check=False)
    assert second.returncode != 0
    assert f"Port {two_free_ports} is taken" in second.stderr
    assert f"PORT={two_free_ports + 1}" in second.stderr


def wait_until_free(*ports: int) -> None:
    """Waits until nothing listens at the ports."""
    deadline = time.monotonic() + TURN
    while not all(is_free("127.0.0.1", port) for port in ports):
        assert time.monotonic() < deadline, "a server is still there"
        time.sleep(0.2)


def test_ctrl_c_ends_make_chat_and_frees_both_ports(make_chat: pexpect.spawn, two_free_ports: int) -> None:
    make_chat.sendintr()
    make_chat.expect("Stopped")
    make_chat.expect(pexpect.EOF)
    wait_until_free(two_free_ports, two_free_ports + 50)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_server_outlives_its_supervisor(
    make_chat: pexpect.spawn, two_free_ports: int, number: signal.Signals
) -> None:
    subprocess.run(["pkill", f"-{number.value}", "-P", str(make_chat.pid)], check=True)
    make_chat.expect(pexpect.EOF)
    wait_until_free(two_free_ports, two_free_ports + 50)


def test_a_server_that_dies_ends_make_chat_with_its_reason(make_chat: pexpect.spawn, two_free_ports: int) -> None:
    subprocess.run(["pkill", "-KILL", "-f", f"action_server 127.0.0.1 {two_free_ports + 50}"], check=True)
    make_chat.expect("action server has ended by itself")
    make_chat.expect(pexpect.EOF)
    assert is_free("127.0.0.1", two_free_ports)


def test_make_help_lists_every_target() -> None:
    listed = subprocess.run(["make", "help"], capture_output=True, text=True, check=True).stdout
    targets = re.search(r"^\.PHONY: (.+)$", Path("Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert targets
    for target in targets.group(1).split():
        assert f"make {target} " in listed


def test_a_whole_visit_in_the_shell_ends_with_a_request_in_the_database(environment: dict[str, str]) -> None:
    child = pexpect.spawn("make", ["shell"], env=environment, encoding="utf-8", timeout=PATIENCE, dimensions=(60, 300))
    child.expect("Your input ->")
    offered: list[str] = []
    for step in load_scenario("first_visit"):
        offered = take(child, step, offered)
    child.close(force=True)
    (row,) = stored_requests(environment["DATABASE_URL"])
    assert (row["patient_name"], row["preferred_time"]) == ("Maria Lopez", "friday morning")


def take(child: pexpect.spawn, step: Step, offered: list[str]) -> list[str]:
    """Does a step in Rasa's shell and awaits its responses; gives the titles that it then offers."""
    if step.press is not None:
        child.send(DOWN * offered.index(step.press) + "\r")
    else:
        if offered:  # the last choice of the list is "Type out your own message..."
            child.send(UP + "\r")
            child.expect("Type out your own message")
        child.send((step.you or "") + "\r")
    for name in step.bot:
        child.expect(re.escape(first_words(name)), timeout=TURN)
    titles = [button["title"] for button in RESPONSES[step.bot[-1]][0].get("buttons", [])]
    child.expect("own message" if titles else "Your input ->", timeout=TURN)
    return titles


def first_words(response: str) -> str:
    """The beginning of a response, up to what is filled in."""
    text = RESPONSES[response][0]["text"].removeprefix("{lead}{numbered} ")
    return text.partition("{")[0].partition("\n")[0].strip()[:60].strip()
