"""The chat without a mouse, on small screens, in every theme."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from holdfast.paths import ROOT
from tests.browser.chat import CALL_988, CRISIS, FOCUSED, Chat

pytestmark = pytest.mark.browser


def focused(page: Page) -> str:
    """What has the focus, inside the shadow root too: its accessible name or id."""
    return page.evaluate(FOCUSED)["name"]


def test_the_chat_can_be_used_with_the_keyboard_only(door, visitor):
    page = visitor.opens(door.url)
    chat = Chat(page)
    expect(chat.bar.get_by_role("link", name=CALL_988)).to_be_visible()
    seen: list[str] = []
    while "text" not in seen:
        page.keyboard.press("Tab")
        seen.append(focused(page))
        assert len(seen) < 40, seen
    expected = [
        "Call 911 Emergency, United States",
        CALL_988,
        "Español",
        "Leave this page quickly",
        "Conversation",
        "text",
    ]
    assert [name for name in seen if name in expected] == expected
    page.keyboard.type(CRISIS)
    page.keyboard.press("Enter")
    expect(chat.cards).to_have_count(1)
    assert focused(page) == "text"
    chat.cards.get_by_role("group").get_by_role("button").first.focus()
    label = focused(page)
    page.keyboard.press("Enter")
    expect(chat.delivered(label)).to_have_count(1)
    assert focused(page) == label


def test_the_focus_is_always_visible(door, visitor):
    page = visitor.opens(door.url)
    expect(Chat(page).bar.get_by_role("link", name=CALL_988)).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUSED)["outline"] != "none", focused(page)


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (320, 300)])
def test_a_small_screen_has_no_horizontal_scroll_and_the_number_in_sight(door, visitor, width, height):
    page = visitor.opens(door.url, width=width, height=height)
    chat = Chat(page)
    chat.box.focus()
    chat.say(CRISIS + " " + "x" * 200)
    expect(chat.cards).to_have_count(1)
    for selector in ("html", "holdfast-chat .shell", "holdfast-chat .scroller", "holdfast-chat nav.bar"):
        scroll, client = page.locator(selector).first.evaluate("(at) => [at.scrollWidth, at.clientWidth]")
        assert scroll <= client, selector
    expect(chat.bar.get_by_role("link", name=CALL_988)).to_be_in_viewport(ratio=1)
    expect(chat.box).to_be_in_viewport(ratio=1)


def test_twice_the_text_size_has_no_horizontal_scroll(door, visitor):
    page = visitor.opens(door.url, width=640, height=512)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    chat = Chat(page)
    chat.say(CRISIS)
    expect(chat.cards).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    expect(chat.bar.get_by_role("link", name=CALL_988)).to_be_in_viewport(ratio=1)


def test_targets_are_large_enough_and_inputs_do_not_zoom(door, visitor):
    page = visitor.opens(door.url, width=390, height=844)
    chat = Chat(page)
    chat.box.focus()
    chat.say(CRISIS)
    expect(chat.cards).to_have_count(1)
    targets = page.locator("holdfast-chat").locator(":is(button, a.way, textarea, summary):visible")
    heights = targets.evaluate_all("all => all.map((at) => [at.textContent, at.getBoundingClientRect().height])")
    assert [target for target in heights if target[1] < 44] == []
    assert float(chat.box.evaluate("(at) => parseFloat(getComputedStyle(at).fontSize)")) >= 16


def test_escape_closes_the_sheet_of_a_phone_and_the_conversation_stays(door, visitor):
    page = visitor.opens(door.url, width=390, height=844)
    chat = Chat(page)
    chat.box.focus()
    expect(chat.shell).to_have_class(re.compile("full"))
    chat.say("hello")
    page.keyboard.press("Escape")
    expect(chat.shell).not_to_have_class(re.compile("full"))
    assert focused(page) == "Conversation"
    expect(chat.own_saying("hello")).to_have_count(1)


def test_a_popup_opens_and_escape_gives_the_focus_back(door, visitor):
    page = visitor.opens("about:blank")
    Chat.in_popup(page, door.url)
    expect(page.locator("holdfast-chat > p")).to_be_visible()
    page.get_by_role("button", name="Chat and crisis lines").click()
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox")).to_be_hidden()
    expect(page.get_by_role("button", name="Chat and crisis lines")).to_be_focused()


def test_motion_stops_for_those_who_ask_for_less(door, visitor):
    page = visitor.opens(door.url, reduced_motion="reduce")
    expect(Chat(page).box).to_be_visible()
    dots = page.locator("holdfast-chat .typing i")
    assert set(dots.evaluate_all("all => all.map((at) => getComputedStyle(at).animationName)")) == {"none"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(theme):
    css = (ROOT / "widget" / "style.css").read_text(encoding="utf-8")
    blocks = re.findall(r":host \{(.*?)\}", css, re.S)
    tables = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks]
    color = tables[0] if theme == "light" else {**tables[0], **tables[1]}
    pairs = [(ink, ground) for ink in ("ink", "soft", "deep") for ground in ("paper", "ground", "bar", "own", "staff")]
    for ink, ground in [*pairs, ("on-deep", "deep")]:
        assert _contrast(color[ink], color[ground]) >= 4.5, (theme, ink, ground)
    assert _contrast(color["field"], color["paper"]) >= 3
    assert _contrast(color["focus"], color["ground"]) >= 3


def test_the_demonstration_says_that_the_clinic_is_invented_and_the_header_what_the_assistant_is_sm_46(door, visitor):
    page = visitor.opens(door.url)
    expect(page.get_by_text("This clinic is invented. Demonstration of Holdfast.").first).to_be_visible()
    expect(page.get_by_text("Automated assistant. Not a person. Not for emergencies: call 911.")).to_be_visible()
    link = page.locator("holdfast-chat").get_by_role("link", name="How this chat handles a crisis")
    page.goto(link.evaluate("(at) => at.href"))
    expect(page.get_by_role("heading", name="How this chat handles a crisis")).to_be_visible()


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colors, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
