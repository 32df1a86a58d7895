"""Numbers are in sight whatever fails: no JavaScript, no script, no server."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.chat import CALL_988, Chat

pytestmark = pytest.mark.browser


def test_lines_are_visible_with_javascript_disabled_sm_02(door, visitor):
    page = visitor.opens(door.url, java_script_enabled=False)
    lines = page.locator("holdfast-chat")
    for name, address in (("call 911", "tel:911"), ("call 988", "tel:988"), ("text 988", "sms:988")):
        link = lines.get_by_role("link", name=name)
        expect(link).to_be_visible()
        expect(link).to_have_attribute("href", address)


def test_lines_are_visible_when_the_script_cannot_be_loaded_sm_02(door, visitor):
    page = visitor.opens("about:blank")
    page.route("**/holdfast-chat.js", lambda route: route.abort())
    page.goto(door.url)
    expect(page.locator("holdfast-chat").get_by_role("link", name="call 988", exact=True)).to_be_visible()


def test_lines_are_visible_when_the_style_sheet_cannot_be_loaded_sm_02(door, visitor):
    page = visitor.opens("about:blank")
    page.route("**/widget/style.css", lambda route: route.abort())
    page.goto(door.url)
    expect(Chat(page).bar.get_by_role("link", name=CALL_988)).to_be_visible()


def test_lines_and_a_calm_notice_are_visible_when_the_server_is_down_sm_02(door, visitor):
    page = visitor.opens("about:blank")
    page.route("**/web/**", lambda route: route.abort())
    page.goto(door.url)
    chat = Chat(page)
    expect(chat.bar.get_by_role("link", name=CALL_988)).to_be_visible()
    expect(chat.notice).to_contain_text("no connection")
    expect(chat.notice.get_by_role("link", name="Call 911")).to_have_attribute("href", "tel:911")
    chat.say("are you there")
    expect(chat.own_saying("are you there")).to_contain_text("Not sent yet")
    expect(chat.own_saying("are you there").get_by_role("button", name="Send again")).to_be_visible()


def test_nothing_is_sent_to_begin_a_conversation_before_the_person_turns_to_the_chat(door, visitor):
    page = visitor.opens("about:blank")
    sessions: list[str] = []
    page.on("request", lambda request: sessions.append(request.url) if request.url.endswith("/web/sessions") else None)
    page.goto(door.url)
    expect(Chat(page).bar.get_by_role("link", name=CALL_988)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert sessions == []


def test_a_country_without_bundled_lines_shows_the_page_own_lines_until_the_server_answers_sm_01(door, visitor):
    page = visitor.opens("about:blank")
    page.route("**/web/**", lambda route: route.abort())
    body = "<holdfast-chat country='IE' title='Chat'><p>Call <a href='tel:112'>112</a></p></holdfast-chat>"
    script = "<script type='module' src='/widget/holdfast-chat.js'></script>"
    page.route("**/embed", lambda route: route.fulfill(body=f"<html lang=en>{script}{body}", content_type="text/html"))
    page.goto(f"{door.url}/embed")
    expect(Chat(page).notice).to_contain_text("no connection")
    expect(page.locator("holdfast-chat > p").get_by_role("link", name="112")).to_be_in_viewport()
    expect(page.get_by_text("988")).to_have_count(0)


def test_the_lines_of_another_country_come_from_the_server_sm_01(door, visitor):
    page = visitor.opens("about:blank")
    body = "<script type='module' src='/widget/holdfast-chat.js'></script><holdfast-chat country='GB'></holdfast-chat>"
    page.route("**/embed", lambda route: route.fulfill(body=f"<html lang=en>{body}", content_type="text/html"))
    page.goto(f"{door.url}/embed")
    expect(Chat(page).bar.get_by_role("link", name="Call 999")).to_be_visible()
    expect(page.get_by_text("988")).to_have_count(0)
