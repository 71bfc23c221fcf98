"""Fixtures of real databases and tracker stores: one of each kind that the assistant supports, empty for each test."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from sqlalchemy import create_engine, text

from bot.run.services import free_port
from bot.storage import migrate
from bot.storage.conversations import ConversationLog, conversation_log
from bot.storage.tracker_store import EncryptedTrackerStore

_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of this run alone, without a database's name."""
    search = os.pathsep.join([os.environ["PATH"], *map(str, _DEBIAN)])
    programs = [shutil.which(name, path=search) for name in ("initdb", "pg_ctl")]
    if None in programs:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    initdb, pg_ctl = map(str, programs)
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        as_user: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            as_user = ["runuser", "-u", "nobody", "--"]
            shutil.chown(folder, "nobody")
        port, data = free_port(), f"{folder}/data"
        server = [*as_user, pg_ctl, "-D", data, "-w", "-l", f"{folder}/log"]
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=400"
        for command in (
            [*as_user, initdb, "-D", data, "-U", "assistant", "-A", "trust", "-E", "UTF8", "--no-locale"],
            [*server, "-o", options, "start"],
        ):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        yield f"postgresql://assistant@127.0.0.1:{port}"
        subprocess.run([*server, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL, cwd=folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated and empty database, of each kind in turn."""
    address = f"sqlite:///{tmp_path}/folder/assistant.db"
    if request.param == "postgresql":
        address = new_database(request.getfixturevalue("postgres"))
    migrate(address)
    return address


@pytest.fixture
def endpoints(any_database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """An endpoints file that names a tracker store of the database's kind."""
    store = f"dialect: sqlite\n  db: {tmp_path}/tracker.db"
    if any_database.startswith("postgresql"):
        server, _, name = new_database(request.getfixturevalue("postgres")).rpartition("/")
        store = f"dialect: postgresql\n  url: {server.partition('@')[2]}\n  username: assistant\n  db: {name}"
    file = tmp_path / "endpoints.yml"
    file.write_text(f"tracker_store:\n  type: any\n  {store}\n", encoding="utf-8")
    return file


@pytest.fixture
def log(endpoints: Path) -> ConversationLog:
    """The conversations of that store."""
    return conversation_log(endpoints)


@pytest.fixture
def store(log: ConversationLog) -> EncryptedTrackerStore:
    """Rasa's side of the same store."""
    url = log.address
    parts: dict[str, Any] = {"dialect": url.drivername, "host": url.host, "port": url.port, "username": url.username}
    return EncryptedTrackerStore(Domain.empty(), db=url.database, **parts)


def new_database(server: str) -> str:
    """Makes a database on a PostgreSQL server; gives its address."""
    name = f"test_{uuid.uuid4().hex}"
    engine = create_engine(f"{server}/postgres", future=True, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"create database {name}"))
    engine.dispose()
    return f"{server}/{name}"
