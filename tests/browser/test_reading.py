"""What stays in sight while messages come: the card, the place where a person reads, the page around the chat."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat import CALL_988, CRISIS, Chat, Held

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 640}


@pytest.fixture
def page(visitor) -> Page:
    return visitor.opens("about:blank", **PHONE)


def scrolled(chat: Chat) -> float:
    """How far the conversation is scrolled, in pixels."""
    return chat.page.locator("holdfast-chat .scroller").evaluate("(at) => at.scrollTop")


def test_a_second_message_does_not_push_the_card_of_the_first_out_of_sight_g1(door, page):
    page.goto(door.url)
    chat = Chat(page)
    chat.say("hello there")
    expect(chat.delivered("hello there")).to_have_count(1)
    held = Held(page, "**/web/messages", times=1)
    chat.say(CRISIS)
    chat.say("please")
    held.take().continue_()
    expect(chat.delivered("please")).to_have_count(1)
    expect(chat.log.locator(".message").last).to_contain_text("988")
    expect(chat.cards.get_by_role("heading")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Newest message")).to_be_visible()


def test_whoever_reads_on_is_not_carried_back_by_the_next_notice(door, page):
    page.goto(door.url)
    chat = Chat(page)
    chat.say(CRISIS)
    expect(chat.cards.get_by_role("link", name=CALL_988)).to_be_in_viewport()
    chat.cards.get_by_role("group").get_by_role("button").last.hover()  # scrolls there
    before = scrolled(chat)
    door.staff_take_over(chat.conversation_id)
    expect(chat.log.get_by_text("Sam of the clinic is reading this.")).to_be_attached()
    assert scrolled(chat) == before
    door.staff_write(chat.conversation_id, "I am here.")
    expect(chat.log.get_by_text("I am here.")).to_be_in_viewport()  # a person's words come into sight


def test_a_person_s_words_stay_in_sight_when_the_phone_is_turned_and_turned_back(door, page):
    chat = Chat.in_popup(page, door.url)
    chat.open()
    chat.say("hello there")
    expect(chat.delivered("hello there")).to_have_count(1)
    door.staff_write(chat.conversation_id, "Many words. " * 60)
    name = chat.log.get_by_text("Sam, clinic staff")
    expect(name).to_be_in_viewport()
    for width, height in ((360, 330), (1280, 800), (360, 640), (800, 600)):
        page.set_viewport_size({"width": width, "height": height})
        expect(name).to_be_in_viewport()


def test_the_page_stays_where_it_is_when_the_conversation_comes_back(door, page):
    page.goto(door.url)
    chat = Chat(page)
    chat.say(CRISIS)
    expect(chat.delivered(CRISIS)).to_have_count(1)
    page.route("**/web/**", lambda route: route.abort())
    chat.say("keep this")
    expect(chat.own_saying("keep this")).to_contain_text("Not sent yet")
    chat.close()
    page.reload()
    chat.own_saying("keep this").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    page.unroute_all(behavior="wait")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(chat.history.filter(has_text=CRISIS)).to_have_count(1, timeout=30_000)
    expect(chat.delivered("keep this")).to_have_count(1)
    assert page.evaluate("scrollY") == before
    expect(chat.own_saying("keep this")).to_be_in_viewport()
