"""Take the pictures in docs/images from a gateway that runs, by using it as a person would.

    gateway run                     # in one terminal; then, in another:
    .venv/bin/python docs/screenshots.py --intake http://127.0.0.1:8080 --sandbox http://127.0.0.1:8082

It sends one complaint from an invented person, so point it at a gateway for trying things out. For pictures of the
office add --office, --username and --password; a one-time password is changed, and the new one is printed.
Needs Debian's chromium; fonts-inter makes the pictures look as they do here.
"""

import argparse
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]  # fmt: skip
DESKTOP, PHONE = 1280, 390
PATIENCE = 60
"""Seconds to wait for the sanitised complaint to arrive."""

COMPLAINT = {
    "narrative": (
        "My name is Mara Lindqvist, order ORD-483920. The washing machine that you delivered to 12 Harbour Lane on "
        "Monday leaks. I called twice, and Thomas Reed from your hotline promised to ring me back on +1 212 555 0147. "
        "Nobody did.\n\nIt stands in a puddle, and I do not dare to switch it on."
    ),
    "desired_outcome": "Collect it and give me my $349.00 back. You can write to mara.lindqvist@example.com.",
    "product": "Washing machine",
    "issue": "It leaks",
    "order_reference": "ORD-483920",
    "contact-name": "Mara Lindqvist",
    "contact-email": "mara.lindqvist@example.com",
    "contact-phone": "+1 212 555 0147",
    "contact-address": "12 Harbour Lane\nExampletown",
}
"""Input id → text. The person, the address and the numbers are invented."""


def main() -> None:
    """Read the arguments and take the pictures."""
    options = _options()
    options.into.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        reference = _public_pages(browser, options)
        _wait_for(reference, options.sandbox)
        _sandbox(browser, options)
        if options.office:
            _office(browser, options, reference)
        browser.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--intake", required=True, metavar="URL", help="the public pages")
    parser.add_argument("--sandbox", required=True, metavar="URL", help="the sandbox receiver")
    parser.add_argument("--office", metavar="URL", help="the office, if it is to have pictures too")
    parser.add_argument("--username", help="who signs in to the office")
    parser.add_argument("--password", help="that person's password")
    parser.add_argument("--into", type=Path, default=Path(__file__).parent / "images", help="folder for the pictures")
    return parser.parse_args()


def _public_pages(browser: Browser, options: argparse.Namespace) -> str:
    """Picture form, mistake, confirmation and notice; return the reference of the complaint that was sent."""
    for width, name in ((DESKTOP, "form"), (PHONE, "form-phone")):
        with _window(browser, width) as page:
            page.goto(options.intake)
            _fill(page)
            page.evaluate("scrollTo(0, 0)")
            _picture(page, options, name, whole=False)
    with _window(browser, DESKTOP) as page:
        page.goto(options.intake)
        page.fill("#contact-email", "mara.lindqvist@")
        page.click("text=Send complaint")
        page.wait_for_selector(".summary")
        _picture(page, options, "form-error", whole=False)
        _fill(page)
        page.click("text=Send complaint")
        page.wait_for_selector(".code")
        _picture(page, options, "received")
        reference = page.locator(".code").first.inner_text()
    with _window(browser, DESKTOP, dark=True) as page:
        page.goto(options.intake)
        _picture(page, options, "form-dark", whole=False)
        page.goto(f"{options.intake}/notice")
        _picture(page, options, "notice-dark")
    return reference


def _sandbox(browser: Browser, options: argparse.Namespace) -> None:
    for width, name in ((DESKTOP, "sandbox"), (PHONE, "sandbox-phone")):
        with _window(browser, width) as page:
            page.goto(options.sandbox)
            _picture(page, options, name)


def _office(browser: Browser, options: argparse.Namespace, reference: str) -> None:
    with _window(browser, DESKTOP) as page:
        page.goto(options.office)
        _picture(page, options, "office-sign-in")
        _sign_in(page, options)
        page.goto(options.office)
        _picture(page, options, "office")
        page.click(f"text={reference}")
        page.wait_for_selector(f"h1:has-text('{reference}')")
        _picture(page, options, "office-complaint")


def _sign_in(page: Page, options: argparse.Namespace) -> None:
    page.fill("#username", options.username)
    page.fill("#password", options.password)
    page.click("button")
    page.goto(options.office)
    if page.locator("#again").count():
        chosen = secrets.token_urlsafe(16)
        for name, value in (("old", options.password), ("new", chosen), ("again", chosen)):
            page.fill(f"#{name}", value)
        page.click("text=Change password")
        print(f"new password of {options.username}: {chosen}")


def _fill(page: Page) -> None:
    for name, text in COMPLAINT.items():
        page.fill(f"#{name}", text)


def _wait_for(reference: str, sandbox: str) -> None:
    end, after = time.monotonic() + PATIENCE, 0
    while time.monotonic() < end:
        answer = requests.get(f"{sandbox}/events.json?after={after}", timeout=10).json()
        if any(reference in event["body"] for event in answer["events"]):
            return
        after = answer["last"]
        time.sleep(0.2)
    sys.exit(f"{reference} did not arrive at the sandbox receiver within {PATIENCE} seconds")


@contextmanager
def _window(browser: Browser, width: int, *, dark: bool = False) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": 1000 if width > PHONE else 844},
        color_scheme="dark" if dark else "light",
        device_scale_factor=1,
    )
    yield context.new_page()
    context.close()


def _picture(page: Page, options: argparse.Namespace, name: str, *, whole: bool = True) -> None:
    # The caret of a focused field blinks; without it the same page gives the same picture.
    page.evaluate("document.activeElement.blur()")
    path = options.into / f"{name}.png"
    page.screenshot(path=path, full_page=whole, caret="hide")
    print(path)


if __name__ == "__main__":
    main()
