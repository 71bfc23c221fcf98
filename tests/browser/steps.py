"""What the tests of the widget do with it, and what they wait for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.conversations.scenario import Step

PICTURES = Path("test-results/screenshots")
TURN = 20_000  # milliseconds that a turn may take
LAUNCHER = "Ask our assistant"
AGREE = "I agree, start the chat"

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def launch(page: Page) -> None:
    """Opens the panel."""
    launcher(page).click()


def launcher(page: Page) -> Any:
    """The launcher, whatever of unread messages it says."""
    return page.locator("clinic-chat .launcher")


def open_chat(page: Page) -> None:
    """Opens the panel and agrees to the notice."""
    launch(page)
    page.get_by_role("button", name=AGREE).click()
    wait_for(page, ["utter_greet"])


def wait_for(page: Page, responses: list[str]) -> None:
    """Waits until the newest replies are of these responses."""
    page.wait_for_function(
        """([names]) => {
            const log = document.querySelector("clinic-chat")?.shadowRoot.querySelector("[role=log]");
            if (!log) return false;
            const mine = [...log.querySelectorAll(".message.mine")].at(-1);
            const all = [...log.querySelectorAll(".message")];
            const newest = all.slice(mine ? all.indexOf(mine) + 1 : 0).map((one) => one.dataset.response);
            return newest.join() === names.join();
        }""",
        arg=[responses],
        timeout=TURN,
    )


def say(page: Page, words: str) -> None:
    """Types a message and sends it by the button."""
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name="Send").click()


def take(page: Page, step: Step) -> None:
    """Takes a step of a scenario, and waits for what it answers."""
    if step.you is not None:
        say(page, step.you)
    else:
        page.get_by_role("button", name=step.press or "", exact=True).click()
    wait_for(page, step.bot)


def choose(page: Page, item: str) -> None:
    """Chooses something of the menu."""
    page.get_by_role("button", name="Chat menu").click()
    page.get_by_role("button", name=item, exact=True).click()


def shown(page: Page) -> list[list[str | None]]:
    """What stands in the log and beneath it: each message and button with its look, its words and its response.

    Buttons come when the turn has ended, a moment after its last message.
    """
    expect(page.locator(".buttons button").first).to_be_visible(timeout=TURN)
    found: list[list[str | None]] = page.locator(".message, .buttons button").evaluate_all(
        """all => all.map((one) => [one.className.trim(), (one.querySelector(".words") ?? one).textContent,
                                    one.dataset.response ?? null])"""
    )
    return found


def mine(page: Page) -> list[str]:
    """What the log shows of the patient."""
    words: list[str] = page.locator(".message.mine .words").evaluate_all(
        "all => all.map((one) => [...one.childNodes].slice(1).map((node) => node.textContent).join('\\n'))"
    )
    return words


def delete_chat(page: Page) -> None:
    """Deletes the chat by the menu, and waits until it has ended."""
    choose(page, "Delete my chat")
    wait_for(page, ["utter_confirm_erasure"])
    page.get_by_role("button", name="Yes, delete everything").click()
    expect(page.get_by_role("button", name="Start a new chat")).to_be_visible(timeout=TURN)


def picture(page: Page, name: str) -> None:
    """Keeps a screenshot."""
    settle(page)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def settle(page: Page) -> None:
    """Waits until what fades in has come."""
    page.evaluate(
        """() => Promise.all(document.querySelector("clinic-chat").shadowRoot.getAnimations({subtree: true})
            .filter((one) => one.effect.getComputedTiming().iterations === 1).map((one) => one.finished))"""
    )


def barriers(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, in one line each."""
    settle(page)
    found: AxeResults = Axe().run(page, options={"runOnly": {"type": "tag", "values": _RULES}})
    return [
        f"{one['id']} ({one['impact']}): {'; '.join(str(node['target']) for node in one['nodes'])}"
        for one in found.response["violations"]
    ]


def expect_focus(page: Page, locator: Any) -> None:
    """Waits until something has the focus."""
    expect(locator).to_be_focused(timeout=TURN)
