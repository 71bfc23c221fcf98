"""The fixture of the two real servers, as `make chat` starts them, on free ports and with databases of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from bot.run.services import Services, endpoints_for, free_port, start_action_server, start_rasa_server


@pytest.fixture(scope="session")
def site_endpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The endpoints file of those servers: a free port for the action server, and a tracker store of their own."""
    return own_tracker_store(endpoints_for(free_port()), tmp_path_factory.mktemp("tracker"))


@pytest.fixture(scope="session")
def site(model: Path, database_url: str, site_endpoints: Path) -> Iterator[str]:
    """The address of the chat page of running servers."""
    os.environ["DATABASE_URL"] = database_url
    os.environ["WEB_SECRET"] = "a secret of the tests"
    action_url = yaml.safe_load(site_endpoints.read_text(encoding="utf-8"))["action_endpoint"]["url"]
    port, action_port = free_port(), urlsplit(action_url).port
    assert action_port
    with Services() as services:
        start_action_server(services, "127.0.0.1", action_port)
        start_rasa_server(services, "127.0.0.1", port, site_endpoints)
        services.wait_until_ready()
        yield f"http://127.0.0.1:{port}"


def own_tracker_store(endpoints: Path, folder: Path) -> Path:
    """A copy of an endpoints file whose conversations are kept below a folder."""
    content = yaml.safe_load(endpoints.read_text(encoding="utf-8"))
    content["tracker_store"]["db"] = str(folder / "tracker.db")
    copy = folder / "endpoints.yml"
    copy.write_text(yaml.safe_dump(content), encoding="utf-8")
    return copy
