"""What the tests of the chat page do with it, and what they wait for."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.conversations.scenario import Step

PICTURES = Path("test-results/screenshots")
TURN = 20_000  # milliseconds that a turn may take


def wait_for(page: Page, responses: list[str]) -> None:
    """Waits until the newest replies are of these responses."""
    page.wait_for_function(
        """([names]) => {
            const log = document.querySelector("clinic-chat").shadowRoot.querySelector("[role=log]");
            const mine = [...log.querySelectorAll(".message.mine")].at(-1);
            const all = [...log.querySelectorAll(".message")];
            const newest = all.slice(mine ? all.indexOf(mine) + 1 : 0).map((one) => one.dataset.response);
            return newest.join() === names.join();
        }""",
        arg=[responses],
        timeout=TURN,
    )


def take(page: Page, step: Step) -> None:
    if step.you is not None:
        page.get_by_label("Your message").fill(step.you)
        page.get_by_role("button", name="Send").click()
    else:
        page.get_by_role("button", name=step.press or "", exact=True).click()
    wait_for(page, step.bot)


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")
