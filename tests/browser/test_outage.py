"""The server dies in the middle of a conversation and comes back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.chat import CALL_988, CRISIS, Chat

pytestmark = pytest.mark.browser
COMES_BACK = 60_000  # milliseconds; a guard against hanging, not a measure


def test_a_message_typed_while_the_server_is_dead_is_delivered_exactly_once_after_it_came_back_g3(mortal_door, visitor):
    chat = Chat(visitor.opens(mortal_door.url))
    chat.say("hello")
    expect(chat.delivered("hello")).to_have_count(1)
    mortal_door.kill()
    expect(chat.notice).to_contain_text("no connection", timeout=COMES_BACK)
    expect(chat.notice.get_by_role("link", name="Call 988")).to_be_visible()
    expect(chat.bar.get_by_role("link", name=CALL_988)).to_be_visible()

    chat.say(CRISIS)
    expect(chat.own_saying(CRISIS)).to_contain_text("Not sent yet", timeout=COMES_BACK)
    chat.own_saying(CRISIS).get_by_role("button", name="Send again").click()
    expect(chat.own_saying(CRISIS)).to_have_count(1)

    mortal_door.start()
    expect(chat.cards.get_by_role("link", name=CALL_988)).to_be_visible(timeout=COMES_BACK)
    expect(chat.delivered(CRISIS)).to_have_count(1)
    expect(chat.notice).not_to_contain_text("no connection")
    chat.page.reload()
    expect(chat.history.and_(chat.page.locator(".card"))).to_have_count(1)
    expect(chat.own_saying(CRISIS)).to_have_count(1)
    expect(chat.own_saying("hello")).to_have_count(1)


def test_a_message_not_yet_sent_survives_a_reload(door, visitor):
    page = visitor.opens(door.url)
    chat = Chat(page)
    page.route("**/web/**", lambda route: route.abort())
    chat.say("keep this")
    expect(chat.own_saying("keep this")).to_contain_text("Not sent yet")
    page.reload()
    expect(chat.own_saying("keep this")).to_contain_text("Not sent yet")
    page.unroute("**/web/**")
    expect(chat.delivered("keep this")).to_have_count(1, timeout=COMES_BACK)
    expect(chat.own_saying("keep this")).to_have_count(1)


def test_a_stream_that_fell_silent_while_the_phone_slept_is_opened_anew_at_once(door, visitor):
    page = visitor.opens(door.url)
    streams: list[str] = []
    page.on("request", lambda request: streams.append(request.url) if "/web/events" in request.url else None)
    chat = Chat(page)
    chat.say("hello there")
    expect(chat.delivered("hello there")).to_have_count(1)
    comes_back = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(comes_back)
    chat.say("still here")
    expect(chat.delivered("still here")).to_have_count(1)
    assert len(streams) == 1  # one that was heard of lately is left alone
    page.evaluate("{ const now = Date.now; Date.now = () => now() + 30_000; }")
    with page.expect_request("**/web/events"):
        page.evaluate(comes_back)
    door.staff_write(chat.conversation_id, "I am here.")
    expect(chat.log.get_by_text("I am here.")).to_have_count(1)


def test_a_refused_message_is_told_with_the_lines_until_one_gets_through(door, visitor):
    page = visitor.opens(door.url)
    chat = Chat(page)
    refusal = {"error": {"code": "malformed", "message": "", "lines": ""}}
    page.route("**/web/messages", lambda route: route.fulfill(status=400, json=refusal), times=1)
    chat.say("please")
    expect(chat.own_saying("please")).to_contain_text("could not be sent")
    expect(chat.notice).to_contain_text("could not be sent")
    expect(chat.notice.get_by_role("link", name="Call 911")).to_be_visible()
    chat.own_saying("please").get_by_role("button", name="Send again").click()
    expect(chat.delivered("please")).to_have_count(1)
    expect(chat.notice).to_be_empty()


def test_an_answer_that_the_server_could_not_record_is_shown_all_the_same_g1(door, visitor):
    page = visitor.opens(door.url)
    chat = Chat(page)
    event = {
        "event_id": 500,
        "kind": "card",
        "text": "",
        "buttons": [],
        "author": "bot",
        "staff_name": None,
        "blocks": [{"type": "emergency", "label": "Emergency", "display": "911", "tel": "tel:911"}],
        "in_reply_to": "x",
        "at": "2026-11-23T10:00:00Z",
    }
    answer = {
        "id": "x",
        "duplicate": False,
        "events": [event],
        "error": {"code": "not_recorded", "message": "", "lines": ""},
    }
    page.route("**/web/messages", lambda route: route.fulfill(status=503, json=answer))
    chat.say("please")
    expect(chat.cards.get_by_role("link", name="Call 911")).to_be_visible()
    expect(chat.own_saying("please")).to_contain_text("Not sent yet")
