"""A phone at 200 % zoom or with large text: numbers, conversation and composer in sight, nothing lost or covered."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chat import CRISIS, Chat

pytestmark = pytest.mark.browser
#: Width and height in CSS pixels, and the text size of the page.
ROOMS = [(180, 320, "100%"), (360, 640, "200%"), (320, 256, "100%")]


def opened(door, visitor, width: int, height: int, text: str) -> tuple[Page, Chat]:
    page = visitor.opens("about:blank", width=width, height=height)
    chat = Chat.in_popup(page, door.url)
    page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", text)
    chat.open()
    return page, chat


def uncovered(target: Locator) -> bool:
    """Whether the middle of it is really what one would hit there."""
    return bool(
        target.evaluate("""(at) => {
          const box = at.getBoundingClientRect();
          const hit = at.getRootNode().elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return at === hit || at.contains(hit);
        }""")
    )


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("width", "height", "text"), ROOMS)
def test_numbers_conversation_and_composer_are_in_sight(door, visitor, width, height, text, language):
    page, chat = opened(door, visitor, width, height, text)
    if language == "es":
        page.get_by_role("button", name="Español").click()
    chat.say(CRISIS)
    expect(chat.cards).to_have_count(1)
    close = page.get_by_role("button", name={"en": "Close the chat", "es": "Cerrar el chat"}[language])
    calls = [chat.bar.locator("a[href='tel:911']"), chat.bar.locator(".quick a[href='tel:988']")]
    for target in (*calls, chat.box, close):
        expect(target).to_be_in_viewport(ratio=1)
        assert uncovered(target), target
    expect(chat.cards.get_by_role("heading")).to_be_in_viewport()
    room = page.locator("holdfast-chat .scroller").bounding_box()
    assert room is not None
    assert room["height"] >= 0.25 * height
    for selector in ("html", ".shell", ".scroller", "header", "nav.bar", "form"):
        scroll, client = page.locator(selector).first.evaluate("(at) => [at.scrollWidth, at.clientWidth]")
        assert scroll <= client, selector


@pytest.mark.parametrize(("width", "height", "text"), ROOMS)
def test_what_gives_way_stands_in_the_conversation_sm_46(door, visitor, width, height, text):
    page, chat = opened(door, visitor, width, height, text)
    scroller = page.locator("holdfast-chat .scroller")
    expect(scroller.get_by_text("Automated assistant. Not a person.")).to_be_attached()
    expect(scroller.get_by_role("link", name="How this chat handles a crisis")).to_be_attached()
    scroller.get_by_text("More ways to reach someone").click()
    expect(scroller.get_by_role("link", name="Chat online").first).to_be_visible()
    chat.box.focus()  # what has the focus does not move
    page.evaluate("document.documentElement.style.fontSize = '100%'")
    page.set_viewport_size({"width": 400, "height": 800})
    expect(chat.bar.get_by_text("More ways to reach someone")).to_be_visible()
    expect(page.locator("holdfast-chat header")).to_contain_text("Automated assistant. Not a person.")
