"""A conversation in the page: crisis, answer, reload, buttons, other languages, staff, a lost session."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Route, expect

from tests.browser.chat import CALL_988, CRISIS, CRISIS_ES, Chat, Held

pytestmark = pytest.mark.browser


def test_a_crisis_message_shows_the_card_with_the_988_link_g1(door, visitor):
    chat = Chat(visitor.opens(door.url))
    chat.say(CRISIS)
    expect(chat.cards).to_have_count(1)
    expect(chat.cards.get_by_role("heading")).to_be_visible()
    expect(chat.cards.get_by_role("link", name=CALL_988)).to_have_attribute("href", "tel:988")
    expect(chat.cards.get_by_role("link", name="Call 911")).to_have_attribute("href", "tel:911")
    expect(chat.cards.get_by_role("link", name=CALL_988)).to_be_in_viewport()
    expect(chat.delivered(CRISIS)).to_have_count(1)


def test_a_spanish_message_shows_the_spanish_card_and_interface(door, visitor):
    chat = Chat(visitor.opens(door.url))
    chat.say(CRISIS_ES)
    expect(chat.cards.get_by_role("heading", name="Puedes hablar con alguien ahora")).to_be_visible()
    expect(chat.cards.locator(".bubble")).to_have_attribute("lang", "es")
    expect(chat.cards.get_by_role("link", name="Llama al 988 y oprime 2")).to_have_attribute("href", "tel:988")
    expect(chat.bar.get_by_role("link", name="Llama al 911")).to_be_visible()
    expect(chat.page.get_by_role("button", name="Enviar")).to_be_visible()


def test_every_message_gets_an_answer_even_without_rasa_g2(door, visitor):
    chat = Chat(visitor.opens(door.url))
    chat.box.focus()
    expect(chat.answers).to_have_count(1)
    chat.say("What is ketamine?")
    expect(chat.answers).to_have_count(2)


def test_a_reload_keeps_the_conversation_and_announces_none_of_it(door, visitor):
    chat = Chat(visitor.opens(door.url))
    chat.say(CRISIS)
    expect(chat.cards).to_have_count(1)
    expect(chat.delivered(CRISIS)).to_have_count(1)
    before = chat.page.locator("holdfast-chat .message").count()
    chat.page.reload()
    expect(chat.history.filter(has_text=CRISIS)).to_have_count(1)
    expect(chat.cards.get_by_role("link", name=CALL_988)).to_be_visible()
    expect(chat.history).to_have_count(before)
    expect(chat.log.locator(".message")).to_have_count(0)


def test_the_live_region_announces_only_what_is_new(door, visitor):
    chat = Chat(visitor.opens(door.url))
    chat.say("good morning")
    expect(chat.delivered("good morning")).to_have_count(1)
    chat.page.reload()
    expect(chat.history.filter(has_text="good morning")).to_have_count(1)
    expect(chat.log).to_have_attribute("aria-live", "polite")
    chat.say(CRISIS)
    expect(chat.log.locator(".message.card")).to_have_count(1)
    expect(chat.log.locator(".message").filter(has_text="good morning")).to_have_count(0)


def test_the_buttons_of_a_card_work(door, visitor):
    chat = Chat(visitor.opens(door.url))
    chat.say(CRISIS)
    expect(chat.delivered(CRISIS)).to_have_count(1)
    button = chat.cards.get_by_role("group").get_by_role("button").first
    label = button.inner_text()
    with chat.page.expect_response(_of_a_payload):  # the stream may confirm the words before their own answer comes
        button.click()
    expect(chat.delivered(label)).to_have_count(1)
    expect(chat.page.locator("holdfast-chat .message").last).to_have_class("message bot")
    expect(chat.page.locator("holdfast-chat .message.own", has_text="/")).to_have_count(0)


def test_markup_typed_by_the_user_is_shown_as_text(door, visitor):
    chat = Chat(visitor.opens(door.url))
    markup = '<img src=x onerror="window.ran = true"><b>bold</b> & <script>window.ran = true</script>'
    chat.say(markup)
    expect(chat.delivered(markup)).to_have_count(1)
    chat.page.reload()
    expect(chat.own_saying(markup)).to_have_count(1)
    expect(chat.own.locator("img, b, script")).to_have_count(0)
    assert chat.page.evaluate("window.ran") is None


def test_only_telephone_message_and_https_links_leave_a_card(door, visitor):
    page = visitor.opens("about:blank")
    lines = {"type": "line", "id": "x", "name": "A line", "hours_label": "", "note": None}
    bad = {"phone": {"display": "1", "tel": "javascript:alert(1)"}, "text": None, "chat_url": "http://example.org/"}
    good = {
        "phone": {"display": "2", "tel": "tel:2"},
        "text": {"display": "2", "sms": "sms:2"},
        "chat_url": "https://example.org/",
    }
    card = {"text": "", "blocks": [{**lines, **bad}, {**lines, **good}]}
    page.route("**/web/lines**", lambda route: route.fulfill(json=card))
    page.goto(door.url)
    chat = Chat(page)
    expect(chat.bar.get_by_role("link", name="Call 2")).to_be_visible()
    addresses = page.locator("holdfast-chat nav.bar a").evaluate_all("links => links.map((link) => link.href)")
    assert set(addresses) == {"tel:2", "sms:2", "https://example.org/"}


def test_a_message_typed_while_the_session_is_being_made_is_not_lost(door, visitor):
    page = visitor.opens("about:blank")
    held = Held(page, "**/web/sessions")
    page.goto(door.url)
    chat = Chat(page)
    chat.say("first words")
    expect(chat.own_saying("first words")).to_be_visible()
    expect(chat.own_saying("first words")).to_contain_text("Sending")
    held.take().continue_()
    expect(chat.delivered("first words")).to_have_count(1)


def test_a_lost_session_is_replaced_and_the_visible_history_stays(door, visitor):
    page = visitor.opens(door.url)
    chat = Chat(page)
    chat.say("before")
    expect(chat.delivered("before")).to_have_count(1)
    refuse = {"error": {"code": "session", "message": "too old", "lines": ""}}
    page.route("**/web/messages", lambda route: route.fulfill(status=401, json=refuse), times=1)
    chat.say("after")
    expect(chat.delivered("after")).to_have_count(1)
    expect(chat.own_saying("before")).to_have_count(1)
    expect(page.locator("holdfast-chat .divider")).to_be_visible()


def test_a_person_of_the_clinic_is_named_g4(door, visitor):
    page = visitor.opens("about:blank")
    event = {
        "event_id": 900,
        "kind": "staff",
        "text": "I am reading this.",
        "blocks": [],
        "buttons": [],
        "author": "staff",
        "staff_name": "Sam",
        "in_reply_to": None,
        "at": "2026-11-23T10:00:00Z",
    }
    body = f"id: 900\nevent: message\ndata: {json.dumps(event)}\n\n"
    page.route("**/web/events", lambda route: route.fulfill(body=body, content_type="text/event-stream"))
    page.goto(door.url)
    Chat(page).box.focus()
    staff = page.locator("holdfast-chat .message.staff")
    expect(staff).to_contain_text("Sam, clinic staff")
    expect(staff).to_have_count(1)


def test_the_language_can_be_switched_and_stays_switched(door, visitor):
    page = visitor.opens(door.url)
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("button", name="Enviar")).to_be_visible()
    expect(page.get_by_text("No es una persona")).to_be_visible()
    expect(Chat(page).bar.get_by_role("link", name="Llama al 911")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="English")).to_be_visible()


def test_the_language_chosen_in_the_middle_of_a_conversation_reaches_the_door(door, visitor):
    page = visitor.opens(door.url)
    chat = Chat(page)
    chat.say(CRISIS)
    expect(chat.delivered(CRISIS)).to_have_count(1)
    expect(chat.answers.last.locator(".bubble")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="Español").click()
    chat.cards.get_by_role("group").get_by_role("button", name="More lines").click()
    expect(chat.answers.last.locator(".bubble")).to_have_attribute("lang", "es")
    chat.say("988")
    expect(chat.answers.last).to_have_attribute("class", "message bot")
    expect(chat.answers.last.locator(".bubble")).to_have_attribute("lang", "es")


def test_plain_words_win_over_the_chosen_language_and_it_is_not_posted_again(door, visitor):
    page = visitor.opens(door.url)
    posted: list[str | None] = []
    page.on("request", lambda request: posted.append(_posted_language(request)) if _is_message(request) else None)
    chat = Chat(page)
    chat.say("hello there")
    expect(chat.delivered("hello there")).to_have_count(1)
    page.get_by_role("button", name="Español").click()
    page.reload()
    for text, count in (("What is it and how long does it take?", 1), ("988", 1)):
        chat.say(text)
        expect(chat.delivered(text)).to_have_count(count)
        expect(chat.log.locator(".message.bot").last.locator(".bubble")).to_have_attribute("lang", "en")
    assert posted == [None, "es", None]


def test_a_choice_is_posted_until_the_door_has_taken_it_in(door, visitor):
    page = visitor.opens(door.url)
    chat = Chat(page)
    chat.say("hello there")
    expect(chat.delivered("hello there")).to_have_count(1)
    chosen: list[str] = []

    def lose_the_answer_until_then(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer) if chosen else route.abort()

    page.route("**/web/messages", lose_the_answer_until_then)
    with page.expect_event("requestfailed"):
        chat.say("ok")
    page.get_by_role("button", name="Español").click()
    with page.expect_response("**/web/messages") as again:
        chosen.append("es")
        page.evaluate("dispatchEvent(new Event('online'))")
    assert again.value.json()["duplicate"]
    chat.say("988")
    expect(chat.delivered("988")).to_have_count(1)
    expect(chat.log.locator(".message.bot").last.locator(".bubble")).to_have_attribute("lang", "es")


def test_leaving_quickly_opens_the_neutral_site_and_forgets_the_conversation_sm_76(door, visitor):
    page = visitor.opens(door.url)
    chat = Chat(page)
    chat.say("hello")
    expect(chat.delivered("hello")).to_have_count(1)
    set_exit = "(chat) => chat.setAttribute('exit-url', new URL('/protocol', location).href)"
    page.locator("holdfast-chat").evaluate(set_exit)
    page.get_by_role("button", name="Leave this page quickly").click()
    page.wait_for_url("**/protocol")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.goto(door.url)
    expect(chat.bar.get_by_role("link", name=CALL_988)).to_be_visible()
    expect(page.locator("holdfast-chat .message")).to_have_count(0)


def test_the_chat_works_when_storage_is_blocked(door, visitor):
    blocked = """for (const name of ["localStorage", "sessionStorage"])
      Object.defineProperty(window, name, { get() { throw new Error("blocked"); } });"""
    chat = Chat(visitor.opens(door.url, init=blocked))
    chat.say(CRISIS)
    expect(chat.cards.get_by_role("link", name=CALL_988)).to_be_visible()


def _is_message(request):
    return request.url.endswith("/web/messages") and request.method == "POST"


def _posted_language(request):
    return json.loads(request.post_data or "{}").get("language")


def _of_a_payload(response):
    if not _is_message(response.request):
        return False
    return json.loads(response.request.post_data or "{}").get("text", "").startswith("/")
