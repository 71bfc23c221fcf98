"""The inbox in Chromium: a morning at the front desk, by keyboard, enlarged, and with hostile requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.handoff import BookingRequest
from bot.storage import Database, save_booking_request
from bot.storage.columns import now
from tests.browser.conftest import chromium, playwright  # noqa: F401  # fixtures
from tests.staff.browser import log_in, serving
from tests.staff.people import FRIDAY, JOHN, MARIA, NAME, ask, audit, mail
from tests.staff.test_hostile import HOSTILE

PICTURES = Path("test-results/staff")
AMIRA = BookingRequest(
    "Amira Haddad",
    "amira@example.org",
    "any day after five",
    {**FRIDAY, "first_day": None, "last_day": None, "earliest": "17:00:00", "latest": None},
    "hip feels tight after running",
)
TOM = BookingRequest("Tom Becker", "(908) 555-0142", "next friday before noon", FRIDAY, None)
LI = BookingRequest("Li Wei", "(201) 555-0119", "whenever you have something", None, "stiff after sitting all day")


@pytest.fixture
def served(sqlite: str) -> Iterator[str]:
    """The inbox at an address of this machine, with one user."""
    with serving(sqlite) as address:
        yield address


@pytest.fixture
def page(chromium: Browser, served: str) -> Iterator[Page]:  # noqa: F811
    """A page with the login open; nothing may complain in its console, load from elsewhere, or run a script."""
    context = chromium.new_context(viewport={"width": 1180, "height": 780})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(f"ran: {dialog.message}"))
    page.on(
        "request", lambda request: None if request.url.startswith((served, "data:")) else complaints.append(request.url)
    )
    page.goto(served)
    yield page
    context.close()
    assert complaints == []


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def test_a_morning_at_the_front_desk(page: Page, small_database: Database) -> None:
    picture(page, "login")
    log_in(page)
    picture(page, "empty")
    expect(page.get_by_text("No requests yet")).to_be_visible()
    ask(small_database, MARIA, JOHN, AMIRA, TOM, LI)
    save_booking_request(
        small_database, "conversation", f"session 1 {JOHN.patient_name}", replace(JOHN, reason="a pulled muscle")
    )
    for number in (1, 3, 4):
        mail(small_database, number, sent_at=now())
    mail(small_database, 2, failure="timeout")
    page.get_by_role("link", name="Requests").click()
    expect(page.locator("tbody tr")).to_have_count(5)
    page.get_by_label("Search in").fill("lopez")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Maria Lopez").click()
    expect(page).to_have_title("Request of Maria Lopez · Springfield Chiropractic Center")
    expect(page.get_by_role("link", name="(973) 555-0188")).to_have_attribute("href", "tel:9735550188")
    page.get_by_label("New note").fill("Called at 9, asked to call again after lunch.")
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_role("status")).to_have_text("The note was added.")
    page.get_by_role("button", name="Mark as contacted").click()
    expect(page.get_by_role("status")).to_have_text("The status was saved.")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Contacted")
    picture(page, "details")
    page.get_by_role("link", name="All requests").click()
    page.get_by_role("link", name="Tom Becker").click()
    page.get_by_role("button", name="Mark as booked").click()
    page.get_by_role("link", name="All requests").click()
    picture(page, "list")
    page.get_by_role("navigation", name="Filter by status").get_by_role("link", name="Contacted").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()
    exported = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "Maria Lopez" in exported
    assert "Li Wei" not in exported
    page.get_by_role("link", name="Audit").click()
    picture(page, "audit")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    done = [action for actor, action, _, _ in audit(small_database) if actor == NAME]
    assert {
        "logged in",
        "searched",
        "noted on a request",
        "marked a request",
        "exported requests",
        "logged out",
    } <= set(done)


def test_deleting_asks_first_and_works_by_keyboard(page: Page, small_database: Database) -> None:
    ask(small_database, MARIA)
    log_in(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.get_by_role("link", name="Maria Lopez").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Delete this request").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Delete for good").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Maria Lopez")  # not without the tick
    page.get_by_label("Yes, this request may go").press("Space")
    page.get_by_role("button", name="Delete for good").press("Enter")
    expect(page.get_by_role("status")).to_have_text("The request was deleted.")
    expect(page.get_by_text("No requests yet")).to_be_visible()


def test_enlarged_to_200_percent_nothing_is_cut_off(page: Page, small_database: Database) -> None:
    page.set_viewport_size({"width": 590, "height": 390})  # what is left of 1180 by 780
    *_, last = ask(small_database, MARIA, AMIRA, replace(TOM, patient_name="x" * 300))
    log_in(page)
    picture(page, "list-enlarged")
    page.goto(page.url.replace("list", f"details/{last}"))
    picture(page, "details-enlarged")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_hostile_requests_run_nothing_and_break_out_of_nothing(page: Page, small_database: Database) -> None:
    told = list(HOSTILE.values())
    references = ask(small_database, *(BookingRequest(one, one, one, None, one, one) for one in told))
    log_in(page)
    expect(page.locator("tbody tr")).to_have_count(len(told))
    picture(page, "hostile")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    for reference, one in zip(references, told, strict=True):
        page.goto(page.url.partition("requests/")[0] + f"requests/details/{reference}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.locator("script, img, svg, h1 h1").count() == 0
        assert page.locator("dd").nth(0).evaluate("one => one.textContent.length") >= min(len(one), 20)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert page.get_by_role("button", name="Delete for good").count() == 0  # folded up, and still ours


@pytest.mark.parametrize("way", ["form", "fetch", "link"])
def test_another_site_changes_nothing_even_while_somebody_is_logged_in(
    page: Page, served: str, small_database: Database, way: str
) -> None:
    (reference,) = ask(small_database, MARIA)
    log_in(page)
    before = audit(small_database)
    target = f"{served}/staff/requests/{reference}/delete"
    bait = page.context.new_page()
    bait.route("http://evil.test/", lambda route: route.fulfill(content_type="text/html", body="<p>a page</p>"))
    bait.goto("http://evil.test/")
    if way == "form":
        answer = post_form(bait, target)
        assert answer == 403
    elif way == "fetch":
        bait.evaluate(
            "url => fetch(url, {method: 'POST', mode: 'no-cors', credentials: 'include',"
            " body: new URLSearchParams('sure=yes')}).catch(() => null)",
            target,
        )
    else:
        bait.evaluate("url => { location = url }", f"{served}/staff/requests/export/csv")
        bait.wait_for_load_state()
    bait.close()
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert audit(small_database) == before


def post_form(page: Page, target: str) -> int:
    """Sends a form from a page to an address; gives the answer's status."""
    with page.expect_response(target) as answer:
        page.evaluate(
            "url => { document.body.innerHTML = `<form method=post action=${url}><input name=sure value=yes></form>`;"
            " document.forms[0].submit() }",
            target,
        )
    return answer.value.status
