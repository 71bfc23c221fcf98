"""`python -m bot.staff` as a person uses it: users are made, the inbox is served, and faults are told in words."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from sqlalchemy import text

from bot.run.services import free_port
from bot.staff.login import Refusal, let_in
from bot.staff.users import User
from bot.storage import Database, migrate
from tests.staff.people import NAME, PASSWORD

COMMAND = [sys.executable, "-m", "bot.staff"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A folder of the test's own, where no database is yet."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("STAFF_")},
        "DATABASE_URL": f"sqlite:///{tmp_path}/folder/assistant.db",
        "PYTHONPATH": str(Path.cwd()),
    }


@pytest.fixture
def run(environment: dict[str, str], tmp_path: Path):  # type: ignore[no-untyped-def]
    """Runs a command to its end."""

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            env=environment,
            cwd=tmp_path,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def terminal(environment: dict[str, str], tmp_path: Path) -> Iterator[pexpect.spawn]:
    """`python -m bot.staff user kim` in a terminal."""
    child = pexpect.spawn(
        sys.executable, ["-m", "bot.staff", "user", NAME], env=environment, cwd=tmp_path, encoding="utf-8", timeout=30
    )
    yield child
    child.close(force=True)


def outcome(environment: dict[str, str], password: str = PASSWORD) -> User | Refusal:
    return let_in(Database(environment["DATABASE_URL"]), NAME, password, "127.0.0.1")


def test_a_password_is_asked_twice_and_not_shown(terminal: pexpect.spawn, environment: dict[str, str]) -> None:
    for question in ("Password", "Once more"):
        terminal.expect(question)
        terminal.sendline(PASSWORD)
    terminal.expect("kim may log in")
    terminal.expect(pexpect.EOF)
    assert PASSWORD not in terminal.before
    assert isinstance(outcome(environment), User)


def test_two_passwords_that_differ_make_no_user(terminal: pexpect.spawn, environment: dict[str, str]) -> None:
    for question, password in (("Password", PASSWORD), ("Once more", PASSWORD + "!")):
        terminal.expect(question)
        terminal.sendline(password)
    terminal.expect("not alike")
    terminal.expect(pexpect.EOF)
    assert outcome(environment) is Refusal.WRONG


def test_users_are_made_changed_and_shut_out_by_scripts(run, environment: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    assert run("user", NAME, "--password-stdin", typed=f"{PASSWORD}\n").returncode == 0
    assert isinstance(outcome(environment), User)
    assert run("user", NAME, "--password-stdin", typed="another long password\n").returncode == 0
    assert outcome(environment) is Refusal.WRONG
    assert isinstance(outcome(environment, "another long password"), User)
    assert "can log in no more" in run("user", NAME, "--off").stdout
    assert outcome(environment, "another long password") is Refusal.WRONG


def test_what_cannot_be_done_is_told_in_words(run) -> None:  # type: ignore[no-untyped-def]
    for arguments, typed, words in (
        (["user", NAME, "--password-stdin"], "short\n", "at least 12 characters"),
        (["user", "k m", "--password-stdin"], PASSWORD, "is no name"),
        (["user", "nobody", "--off"], "", "no user 'nobody'"),
    ):
        finished = run(*arguments, typed=typed)
        assert finished.returncode == 1
        assert words in finished.stderr
        assert "Traceback" not in finished.stderr


def test_the_inbox_is_served_tells_its_address_and_how_to_make_a_user(
    environment: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "serve", "--port", str(port)],
        env=environment,
        cwd=tmp_path,
        encoding="utf-8",
        timeout=30,
    )
    child.expect("make staff-user NAME=kim")
    child.expect(f"http://127.0.0.1:{port}/staff/")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
        assert b"Log in" in answer.read()
        assert "server" not in answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (tmp_path / "var" / "staff_secret").stat().st_mode & 0o077 == 0
    child.sendintr()
    child.expect("Stopped")
    assert "GET" not in child.before
    assert "Warning" not in child.before
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_a_port_that_is_taken_is_told_with_another_one(run) -> None:  # type: ignore[no-untyped-def]
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        finished = run("serve", "--port", str(port))
    assert finished.returncode == 1
    assert f"make staff STAFF_PORT={port + 1}" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_database_that_is_not_there_is_told_in_words(environment: dict[str, str], run) -> None:  # type: ignore[no-untyped-def]
    environment["DATABASE_URL"] = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    finished = run("serve")
    assert finished.returncode == 1
    assert "Check DATABASE_URL" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_database_of_a_newer_version_is_told_in_words(environment: dict[str, str], run) -> None:  # type: ignore[no-untyped-def]
    migrate(environment["DATABASE_URL"])
    with Database(environment["DATABASE_URL"]).unit_of_work() as session:
        session.execute(text("update alembic_version set version_num = '9999'"))
    finished = run("serve")
    assert finished.returncode == 1
    assert "newer" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "var").touch()  # what even root cannot write into
    finished = run("serve", "--port", str(free_port()))
    assert finished.returncode == 1
    assert "var" in finished.stderr
    assert "may write" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_importing_the_inbox_opens_no_database(environment: dict[str, str], tmp_path: Path) -> None:
    code = "import bot.staff.__main__, pathlib; assert not list(pathlib.Path('.').iterdir())"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=environment,
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
