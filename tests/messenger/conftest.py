"""The fixtures of Messenger's tests: the real servers and the real worker, beside a Graph API on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.storage import migrate
from tests.messenger.fake_graph import FakeGraph
from tests.messenger.fake_graph import graph as graph
from tests.messenger.page import Page, running_page


@pytest.fixture(scope="session")
def graph_of_pages() -> Iterator[FakeGraph]:
    """The Graph API that the running pages use."""
    server = FakeGraph()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _page(model: Path, graph_of_pages: FakeGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with running_page(graph_of_pages, tmp_path_factory.mktemp("page")) as page:
        yield page


@pytest.fixture
def page(_page: Page) -> Page:
    """A page as it is set up by default, where symptoms are taken elsewhere."""
    _page.graph.clear()
    return _page


@pytest.fixture(scope="session")
def _consenting(model: Path, graph_of_pages: FakeGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("consenting")
    with running_page(graph_of_pages, folder, MESSENGER_INTAKE="with_consent") as page:
        yield page


@pytest.fixture
def consenting(_consenting: Page) -> Page:
    """A page where symptoms are taken after consent."""
    _consenting.graph.clear()
    return _consenting


@pytest.fixture
def queue_database(tmp_path: Path) -> str:
    """The address of a migrated database of this test alone."""
    url = f"sqlite:///{tmp_path}/queue.db"
    migrate(url)
    return url
