"""Takes the pictures of the desk in docs/images: `python tools/desk_pictures.py`. Needs Chromium; nothing is edited."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from holdfast.cli.stack import Stack, running_stack
from holdfast.paths import ROOT
from tests.browser.conftest import HOW_TO_GET_CHROMIUM, chromium
from tests.browser.desk import Desk
from tests.helpers import Visitor, eventually
from tests.nurse import cases_of, one_time_password
from tests.staffed import staffed_clinic

TARGET = ROOT / "docs" / "images"
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
#: Invented people: what they write, where they are, in the order in which they come.
PEOPLE = (
    ("talk", "Can I talk to a person?", {"country": "US", "timezone": "America/Chicago"}),
    ("worried", "my friend wants to kill herself", {"country": "GB", "timezone": "Europe/London"}),
    ("tired", "everyone would be better off without me", {"country": "US", "timezone": "America/Denver"}),
    ("crisis", "ya no quiero vivir, quiero matarme", {"country": "US", "timezone": "America/Los_Angeles"}),
)
NOW = "I took all of my pills"


def main() -> int:
    """Writes four pictures. Returns 1 without Chromium."""
    if (path := chromium()) is None:
        print(HOW_TO_GET_CHROMIUM)
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, staffed_clinic(Path(folder)) as (file, _pager):
        extra = {"HOLDFAST_CLINIC": str(file)}
        with running_stack(extra=extra) as stack, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            _take(browser, stack)
            browser.close()
    return 0


def _take(browser: Browser, stack: Stack) -> None:
    desk = Desk(_page(browser, stack.desk_url, WIDE), stack.desk_url)
    desk.begin(one_time_password(stack), "Sam")
    visitors = {}
    for name, words, place in PEOPLE:
        visitors[name] = _writes(stack, words, place)
        time.sleep(7)  # so that waiting times differ
    answered = _case_of(stack, visitors["tired"])
    desk.page.goto(f"{stack.desk_url}/cases/{answered}")
    desk.page.get_by_role("button", name="Take this case").click()
    desk.reply("Hi, I am Sam. I have read what you wrote. Thank you for telling us.")
    visitors["tired"].write("ok. did not think anybody reads this")
    visitors["tired"].write("i dont sleep any more since march and the last two sessions did nothing for me")
    desk.reply("That sounds very hard. Are you safe right now?")
    visitors["tired"].write("i am at home. my sister is in the next room")
    visitors["now"] = _writes(stack, NOW, {"country": "US", "timezone": "America/New_York"})
    narrow = desk.page.context.new_page()
    narrow.set_viewport_size(NARROW)
    for page, size in ((desk.page, "wide"), (narrow, "narrow")):
        page.goto(f"{stack.desk_url}/cases/{answered}")
        expect(page.get_by_text("my sister is in the next room")).to_be_visible()
        page.screenshot(path=TARGET / f"desk-case-{size}.png", full_page=size == "narrow")
        page.goto(stack.desk_url)
        expect(page.locator(".case")).to_have_count(len(PEOPLE) + 1)
        page.screenshot(path=TARGET / f"desk-queue-{size}.png", full_page=size == "narrow")


def _writes(stack: Stack, words: str, place: dict[str, str]) -> Visitor:
    visitor = Visitor(stack.url, **place)
    visitor.ask(words)
    _case_of(stack, visitor)
    return visitor


def _case_of(stack: Stack, visitor: Visitor) -> int:
    return int(eventually(lambda: cases_of(stack, visitor.conversation_id))[-1][0])


def _page(browser: Browser, url: str, size: dict[str, int]) -> Page:
    page = browser.new_context(viewport=size, locale="en-US").new_page()  # type: ignore[arg-type]
    page.goto(url)
    return page


if __name__ == "__main__":
    sys.exit(main())
