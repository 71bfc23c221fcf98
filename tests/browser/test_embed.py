"""The widget on a clinic's own website: one line, another address, a strict policy, integrity, and its attributes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, Route, expect

from bot.run.services import Services, free_port, start_rasa_server
from tests.browser.clinic_site import ClinicSite, clinic_site
from tests.browser.steps import AGREE, TURN, launch, launcher, open_chat, picture, take
from tests.conversations.scenario import Step


@pytest.fixture(scope="module")
def website() -> Iterator[ClinicSite]:
    """The clinic's own website."""
    with clinic_site() as served:
        yield served


@pytest.fixture(scope="module")
def host(
    model: Path, site: str, website: ClinicSite, site_endpoints: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server of the assistant that the website may ask."""
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WEB_ORIGINS", website.address)
        with Services() as services:
            start_rasa_server(services, "127.0.0.1", port, site_endpoints)
            services.wait_until_ready()
            yield f"http://127.0.0.1:{port}"


@pytest.fixture
def embedded(window: Callable[..., Page], website: ClinicSite, host: str) -> Iterator[Callable[..., Page]]:
    """Opens the website with the widget in it; fails where the page's policy was violated."""
    violations: list[str] = []

    def embedded(attributes: str = "", policy: str = "", **settings: object) -> Page:
        website.line = f'<script src="{host}/widget.js" data-clinic="A Clinic" {attributes} defer></script>'
        website.policy = policy
        page = window(**settings)
        page.on("console", lambda message: violations.append(message.text))
        page.on("pageerror", lambda error: violations.append(str(error)))
        page.goto(website.address)
        return page

    yield embedded
    assert violations == []


def strict(host: str) -> str:
    return f"default-src 'none'; script-src {host}; connect-src {host}; img-src data:"


def integrity(host: str) -> str:
    with urlopen(host, timeout=10) as page:
        found = re.search(r'integrity="(sha256-[^"]+)"', page.read().decode())
    assert found
    return found[1]


def test_one_line_embeds_the_widget_under_a_strict_policy_with_integrity(
    embedded: Callable[..., Page], host: str
) -> None:
    page = embedded(f'integrity="{integrity(host)}" crossorigin="anonymous"', strict(host))
    expect(launcher(page)).to_be_visible()
    open_chat(page)
    expect(page.get_by_role("heading", name="A Clinic", exact=True, level=2)).to_be_visible()
    take(page, Step("my hip hurts", None, ["utter_report_symptoms", "utter_ask_triage_form_pain_duration"]))
    styled = page.locator("clinic-chat header").evaluate("(one) => getComputedStyle(one).backgroundColor")
    assert styled == "rgb(15, 92, 82)"
    picture(page, "embedded")


@pytest.mark.parametrize(
    "policy",
    [
        "default-src 'none'; script-src {host}; connect-src {host}; img-src data:; require-trusted-types-for 'script'; "
        "trusted-types 'none'",
        "default-src 'none'; script-src 'nonce-r4nd0m' 'strict-dynamic'; connect-src {host}; img-src data:",
    ],
)
def test_stricter_policies_still_let_it_work(embedded: Callable[..., Page], host: str, policy: str) -> None:
    page = embedded('nonce="r4nd0m"', policy.format(host=host))
    open_chat(page)
    take(page, Step("what is the psoas muscle", None, ["utter_ask_what_is_psoas"]))


def test_nobody_but_the_assistants_server_is_asked_for_anything(embedded: Callable[..., Page], host: str) -> None:
    page = embedded()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    open_chat(page)
    take(page, Step("what is the psoas muscle", None, ["utter_ask_what_is_psoas"]))
    foreign = {address for address in asked if not address.startswith((host, "data:"))}
    assert {address.rstrip("/") for address in foreign} == {page.url.rstrip("/")}


@pytest.mark.parametrize("name", ["main.js", "widget.css", "log.js"])
def test_a_file_that_was_tampered_with_keeps_the_widget_from_starting(
    window: Callable[..., Page], website: ClinicSite, host: str, name: str
) -> None:
    def tamper(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + "\nwindow.tampered = true;")

    website.line = f'<script src="{host}/widget.js" data-clinic="A Clinic" defer></script>'
    website.policy = ""
    page = window()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.route(f"**/{name}", tamper)
    page.goto(website.address)
    page.wait_for_timeout(1500)
    assert page.locator("clinic-chat").count() == 0
    assert page.evaluate("window.tampered") is None
    assert any("did not start" in one for one in complaints)


def test_a_loader_that_was_tampered_with_does_not_run(
    window: Callable[..., Page], website: ClinicSite, host: str
) -> None:
    line = f'<script src="{host}/widget.js" integrity="{integrity(host)}" crossorigin="anonymous" defer></script>'
    website.line, website.policy = line, ""
    page = window()
    page.route("**/widget.js", lambda route: route.fulfill(response=route.fetch(), body="window.tampered = true;"))
    page.goto(website.address)
    page.wait_for_timeout(500)
    assert page.evaluate("window.tampered") is None


def test_a_website_that_the_clinic_has_not_named_gets_no_session(
    window: Callable[..., Page], website: ClinicSite, site: str
) -> None:
    website.line, website.policy = f'<script src="{site}/widget.js" defer></script>', ""
    page = window()
    page.goto(website.address)
    launch(page)
    page.get_by_role("button", name=AGREE).click()
    expect(page.locator("clinic-chat .banner")).to_contain_text("(973) 564-7676", timeout=TURN)
    assert page.locator(".message").count() == 0


@pytest.mark.parametrize(
    ("color", "background", "ink"),
    [
        ("#7a1fa2", "rgb(122, 31, 162)", "rgb(255, 255, 255)"),
        ("#fd0", "rgb(255, 221, 0)", "rgb(0, 0, 0)"),
        ("red; } * {", "rgb(15, 92, 82)", "rgb(255, 255, 255)"),
    ],
)
def test_the_accent_color_is_the_clinics_and_the_words_on_it_can_be_read(
    embedded: Callable[..., Page], color: str, background: str, ink: str
) -> None:
    page = embedded(f'data-color="{color}"')
    seen = launcher(page).evaluate("(one) => [getComputedStyle(one).backgroundColor, getComputedStyle(one).color]")
    assert seen == [background, ink]


def test_the_corner_is_chosen_by_an_attribute(embedded: Callable[..., Page]) -> None:
    for position, is_left in (("left", True), ("right", False)):
        box = launcher(embedded(f'data-position="{position}"')).bounding_box()
        assert box is not None
        assert (box["x"] < 100) is is_left


@pytest.mark.parametrize(
    ("attribute", "scheme", "dark"),
    [
        ("", "dark", True),
        ("", "light", False),
        ('data-theme="dark"', "light", True),
        ('data-theme="light"', "dark", False),
    ],
)
def test_light_or_dark_is_the_readers_wish_unless_the_clinic_says(
    embedded: Callable[..., Page], attribute: str, scheme: str, dark: bool
) -> None:
    page = embedded(attribute, color_scheme=scheme)
    launch(page)
    paper = page.locator("clinic-chat dialog").evaluate("(one) => getComputedStyle(one).backgroundColor")
    brightness = sum(int(part) for part in re.findall(r"\d+", paper)[:3])
    assert (brightness < 200) is dark


@pytest.mark.parametrize(
    ("address", "shown"),
    [("https://clinic.example/privacy", True), ("javascript:alert(1)", False), ("/privacy", False)],
)
def test_the_clinics_privacy_policy_is_linked_where_it_is_on_the_web(
    embedded: Callable[..., Page], address: str, shown: bool
) -> None:
    page = embedded(f'data-privacy="{address}"')
    launch(page)
    link = page.get_by_role("link", name=re.compile("privacy policy"))
    expect(link).to_have_count(1 if shown else 0)
    if shown:
        expect(link).to_have_attribute("href", address)


def test_the_line_may_stand_twice_and_the_pages_own_style_does_not_leak_in(
    embedded: Callable[..., Page], website: ClinicSite, host: str
) -> None:
    page = embedded()
    website.line += website.line + "<style>* { font-size: 3px !important; color: red !important; }</style>"
    page.reload()
    expect(launcher(page)).to_have_count(1)
    open_chat(page)
    words = page.locator(".message .words").first
    size, color = words.evaluate("(one) => [getComputedStyle(one).fontSize, getComputedStyle(one).color]")
    assert float(size.removesuffix("px")) >= 14
    assert color != "rgb(255, 0, 0)"
