"""The public pages and the sandbox receiver in a real browser, as people meet them: keyboard, phone, dark, zoomed."""

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from standardwebhooks.webhooks import Webhook
from werkzeug.serving import make_server

from gateway.channels.web_form import web_form
from gateway.core.complaint import Complaint
from gateway.core.events import sanitised_event
from gateway.core.records import SanitisedRecord
from gateway.web.sandbox import create_sandbox_app
from gateway.web.surface import create_surface
from tests.fakes import NOW, FakeStore, fake_services, some_policies

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
STORY = "My washing machine leaks.\nNobody came & nobody rang."
LONG_WORD = "Donaudampfschifffahrt" * 30
REDACTED = f"My name is [PERSON_1], I live in [ADDRESS_1]. {LONG_WORD}\nقال لي [PERSON_2] إن الجهاز سيصل."  # noqa: RUF001  # Arabic, on purpose
WIDTHS = (1280, 640, 390, 320)
"""CSS pixels: desktop, the same at 200 %, a phone, and a desktop at 400 %."""

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs Debian's Chromium as {CHROMIUM}")


@dataclass
class Site:
    """Both servers, and what the intake stored."""

    intake: str
    sandbox: str
    store: FakeStore


@dataclass
class Visit:
    """One browser window; notes whatever it complains about and whatever it fetches."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    store = FakeStore()
    intake = create_surface(site_name="Example Home")
    intake.register_blueprint(web_form(fake_services(store)))
    with served(intake) as front, served(create_sandbox_app(tmp_path, SECRET, complain_url=front)) as sandbox:
        yield Site(front, sandbox, store)


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    contexts = []

    def open_(width: int = 1280, **options: object) -> Visit:
        contexts.append(chromium.new_context(viewport={"width": width, "height": 800}, **options))
        one = Visit(contexts[-1].new_page())
        one.page.on("console", lambda message: one.complaints.append(message.text))
        one.page.on("request", lambda request: one.fetched.append(request.url))
        return one

    yield open_
    for context in contexts:
        context.close()


def deliver(sandbox: str) -> None:
    complaint = Complaint(id=uuid4(), reference="7QK2M-9XW4T", received_at=NOW, channel="web", language="en")
    record = SanitisedRecord(
        complaint_id=complaint.id, profile="internal", texts={"narrative": REDACTED, "product": LONG_WORD},
        counts={"PERSON": 2, "ADDRESS": 1}, policy_version="9f3c" * 16, detector="detector 1", made_at=NOW,
    )  # fmt: skip
    event_id, now = str(uuid4()), datetime.now(UTC)
    body = sanitised_event(
        event_id=event_id, source="http://127.0.0.1", now=now, complaint=complaint, record=record,
        notice=some_policies().notice_shown(), recipient="sandbox",
    )  # fmt: skip
    headers = {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(event_id, now, body.decode()),
    }
    assert requests.post(f"{sandbox}/hook", data=body, headers=headers, timeout=10).status_code == 204


def show_form(page: Page, site: Site) -> None:
    page.goto(site.intake)


def show_errors(page: Page, site: Site) -> None:
    page.goto(site.intake)
    page.fill("#contact-email", "mara@")
    page.fill("#product", LONG_WORD)
    page.click("text=Send complaint")
    page.wait_for_selector(".summary")


def show_received(page: Page, site: Site) -> None:
    page.goto(site.intake)
    page.fill("#narrative", STORY)
    page.click("text=Send complaint")
    page.wait_for_selector(".code")


def show_notice(page: Page, site: Site) -> None:
    page.goto(f"{site.intake}/notice")


def show_nothing(page: Page, site: Site) -> None:
    page.goto(f"{site.intake}/nothing")


def show_empty_sandbox(page: Page, site: Site) -> None:
    page.goto(site.sandbox)


def show_sandbox(page: Page, site: Site) -> None:
    deliver(site.sandbox)
    page.goto(site.sandbox)
    page.click("summary")


EVERY_PAGE = [
    show_form, show_errors, show_received, show_notice, show_nothing, show_empty_sandbox, show_sandbox,
]  # fmt: skip
every_page = pytest.mark.parametrize("show", EVERY_PAGE, ids=lambda show: show.__name__.removeprefix("show_"))
Show = Callable[[Page, Site], None]

WEAK_TEXT = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = colour => [...rgba(colour)].slice(0, 3).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (rgba(colour)[3] === 255) return colour;
    }
    return 'white';
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const weak = []; let seen = 0;
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility() || element.closest('option')) continue;
    const [dark, bright] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => a - b);
    const ratio = (bright + 0.05) / (dark + 0.05);
    seen += 1;
    if (ratio < 4.5) weak.push([element.outerHTML.slice(0, 80), ratio]);
  }
  return {weak, seen};
}"""

CUT_OFF = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.checkVisibility() && !e.closest('.visually-hidden, .skip, svg, option, pre'))
  .filter(e => {
    const box = e.getBoundingClientRect();
    return box.width && (box.left < -1 || box.right > innerWidth + 1);
  })
  .map(e => e.outerHTML.slice(0, 80))"""


def outline(page: Page) -> float:
    return page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


def tab_to(page: Page, wanted: str) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        assert outline(page) >= 2, f"focus on {focused(page)} cannot be seen"
        if focused(page) == wanted:
            return
    raise AssertionError(f"{wanted} cannot be reached by keyboard")


def test_a_complaint_can_be_sent_by_keyboard_alone(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit().page
    page.goto(site.intake)
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the main content"
    page.keyboard.press("Enter")
    for name, text in (("narrative", STORY), ("desired_outcome", "A refund."), ("contact-email", "mara@example.com")):
        tab_to(page, name)
        page.keyboard.type(text)
    tab_to(page, "Send complaint")
    page.keyboard.press("Enter")
    page.wait_for_selector(".code")
    assert page.locator("h1").inner_text() == "We have your complaint"
    assert "My washing machine leaks.\\nNobody came & nobody rang." in site.store.originals[0].decode()


def test_a_mistake_is_found_explained_and_mended_without_javascript(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit(java_script_enabled=False).page
    page.goto(site.intake)
    page.fill("#narrative", STORY)
    page.fill("#contact-name", "Mara Example")
    page.fill("#contact-email", "mara@")
    page.select_option("#language", "ar")
    page.click("text=Send complaint")
    assert page.title().startswith("Error: ")
    page.click(".summary a")
    assert page.locator("#contact-email:focus").count() == 1
    assert page.input_value("#narrative") == STORY
    assert page.input_value("#contact-name") == "Mara Example"
    assert page.input_value("#language") == "ar"
    page.fill("#contact-email", "mara@example.com")
    page.click("text=Send complaint")
    assert page.locator(".code").count() == 2
    assert len(site.store.complaints) == 1


def test_after_a_mistake_the_summary_has_the_focus(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit().page
    show_errors(page, site)
    assert page.locator(".summary:focus").count() == 1


def test_a_double_click_and_a_reload_make_one_complaint(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit().page
    page.goto(site.intake)
    page.fill("#narrative", STORY)
    page.dblclick("text=Send complaint")
    page.wait_for_selector(".code")
    codes = page.locator(".code").all_inner_texts()
    page.reload()
    assert page.locator(".code").all_inner_texts() == codes
    assert len(site.store.complaints) == 1


def test_a_text_that_is_far_too_long_comes_back_to_be_shortened(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit().page
    page.goto(site.intake)
    page.fill("#narrative", "x" * 300_000)
    page.click("text=Send complaint")
    page.wait_for_selector("text=it has 300,000")
    assert len(page.input_value("#narrative")) == 300_000


def test_a_text_beyond_all_measure_gets_a_page_that_says_so(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit().page
    page.goto(site.intake)
    page.fill("#narrative", "x" * 1_100_000)
    page.click("text=Send complaint")
    page.wait_for_selector("text=too much to send")
    assert site.store.complaints == []


def test_nothing_personal_stands_in_the_address_or_the_title(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit().page
    show_received(page, site)
    assert page.url == f"{site.intake}/"
    assert site.store.complaints[0].reference not in page.title()


@every_page
def test_no_page_scrolls_sideways_or_is_cut_off(site: Site, visit: Callable[..., Visit], show: Show) -> None:
    page = visit().page
    show(page, site)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT_OFF) == []


@every_page
def test_every_page_can_be_turned_right_to_left(site: Site, visit: Callable[..., Visit], show: Show) -> None:
    page = visit(390).page
    show(page, site)
    before = page.locator("h1").bounding_box()
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(CUT_OFF) == []
    after = page.locator("h1").bounding_box()
    assert 390 - after["x"] - after["width"] == pytest.approx(before["x"], abs=1)


@every_page
def test_all_text_can_be_read_on_its_ground(site: Site, visit: Callable[..., Visit], show: Show) -> None:
    page = visit().page
    show(page, site)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(WEAK_TEXT)
        assert found["weak"] == []
        assert found["seen"] >= 3


def test_dark_is_dark(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit(color_scheme="dark").page
    page.goto(site.intake)
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(16, 20, 27)"


@every_page
def test_targets_are_large_enough_for_a_thumb(site: Site, visit: Callable[..., Visit], show: Show) -> None:
    page = visit(390).page
    show(page, site)
    boxes = [
        (one, one.bounding_box()) for one in page.locator("button, .button, input:visible, select, textarea").all()
    ]
    small = [one.inner_text() for one, box in boxes if box and min(box["height"], box["width"]) < 36]
    assert small == []


@every_page
def test_no_page_fetches_from_elsewhere_or_breaks_its_own_policy(
    site: Site, visit: Callable[..., Visit], show: Show
) -> None:
    one = visit()
    show(one.page, site)
    ours = (site.intake, site.sandbox, "data:,")
    assert [url for url in one.fetched if not url.startswith(ours)] == []
    assert [text for text in one.complaints if "status of 4" not in text] == []


def test_the_confirmation_prints_black_on_white_with_both_codes(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit(color_scheme="dark").page
    show_received(page, site)
    page.emulate_media(media="print")
    expect(page.locator("html")).to_have_css("color", "rgb(0, 0, 0)")  # the browser restyles in its own time
    assert page.locator(".code:visible").count() == 2
    assert page.locator(".no-print:visible").count() == 0
