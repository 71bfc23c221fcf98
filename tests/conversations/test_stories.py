"""The stories of tests/stories, as `rasa test core` judges them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.test import test as core_test

STORIES = Path("tests/stories")


def test_every_story_goes_as_it_is_told(agent: Agent, tmp_path: Path) -> None:
    judged = asyncio.new_event_loop().run_until_complete(
        core_test(str(STORIES), agent, out_directory=str(tmp_path), disable_plotting=True)
    )
    failed = (tmp_path / "failed_test_stories.yml").read_text(encoding="utf-8")
    assert "story:" not in failed, failed
    assert judged["actions"]
