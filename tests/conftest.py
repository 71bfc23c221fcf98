"""What the tests share: the trained model, the real action server, and a real database in a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.run.environment import quiet_environment

os.environ.update(quiet_environment())  # before Rasa is loaded
os.environ["DATA_KEYS"] = Fernet.generate_key().decode()
# Tests write faster than patients do, and all from one address; test_limits.py has limits of its own.
os.environ.update(dict.fromkeys(("WEB_SESSION_LIMIT", "WEB_ADDRESS_LIMIT", "WEB_OPENING_LIMIT"), "100000/second"))

from hypothesis import settings
from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig, read_endpoint_config
from rasa.utils.log_utils import configure_structlog

from bot.run.adapters import adapt_rasa
from bot.run.services import Services, free_port, start_action_server
from bot.run.training import trained_model
from bot.storage import migrate
from bot.storage.tracker_store import EncryptedTrackerStore
from tests.driver import Conversation

# No deadline: a property is no benchmark, and the first example may have files to read on a busy machine.
settings.register_profile("default", deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

pytest_plugins = ["tests.databases", "tests.messenger.fake_graph", "tests.notification.mail_server", "tests.site"]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails a run of CI in which a test was skipped: there everything is installed that a test may need."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model's file."""
    found = trained_model()
    assert found, "no model fits the project as it is: run `make setup`, or the tests by `make test`"
    return found


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated database for this run alone."""
    url = f"sqlite:///{tmp_path_factory.mktemp('database')}/test.db"
    migrate(url)
    return url


@pytest.fixture(scope="session")
def action_server(database_url: str) -> Iterator[str]:
    """The real action server on a free port; gives its webhook's address."""
    os.environ["DATABASE_URL"] = database_url
    port = free_port()
    with Services() as services:
        start_action_server(services, "127.0.0.1", port)
        services.wait_until_ready()
        yield f"http://127.0.0.1:{port}/webhook"


@pytest.fixture(scope="session")
def agent(model: Path, action_server: str, tmp_path_factory: pytest.TempPathFactory) -> Agent:
    """The trained model, loaded as production loads it."""
    configure_structlog()
    adapt_rasa()
    nlg = read_endpoint_config("endpoints.yml", "nlg")
    store = EncryptedTrackerStore(Domain.empty(), db=f"{tmp_path_factory.mktemp('conversations')}/tracker.db")
    action_endpoint = EndpointConfig(action_server)
    return Agent.load(str(model.parent), action_endpoint=action_endpoint, generator=nlg, tracker_store=store)


@pytest.fixture
def chat(agent: Agent) -> Conversation:
    """A fresh conversation."""
    return Conversation(agent)
