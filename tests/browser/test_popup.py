"""What comes while the pop-up is closed is told on its button, read out, and new when the chat is opened."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.chat import CRISIS, Chat, Held

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 640}
MESSAGES = "**/web/messages"
#: Notes what new elements the log is given while it is in sight: only they are read out.
COUNT_ADDITIONS = """() => {
  const log = document.querySelector("holdfast-chat").shadowRoot.querySelector(".log");
  const known = new Set(log.children);
  window.readOut = [];
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
    if (log.checkVisibility() && !known.has(node)) window.readOut.push(node.textContent);
  }))).observe(log, { childList: true });
}"""


@pytest.fixture
def page(visitor) -> Page:
    return visitor.opens("about:blank", **PHONE)


@pytest.fixture
def chat(door, page) -> Chat:
    """A person who has written and then closed the pop-up to read the page."""
    chat = Chat.in_popup(page, door.url)
    chat.open()
    chat.say("hello there")
    expect(chat.delivered("hello there")).to_have_count(1)
    expect(chat.answers).to_have_count(2)
    chat.close()
    return chat


def read_out(page: Page, text: str) -> int:
    """How often the log was given a message with that text while it was in sight."""
    return page.evaluate("(text) => window.readOut.filter((said) => said.includes(text)).length", text)


def test_the_button_of_a_closed_chat_says_only_what_it_opens(chat):
    expect(chat.launcher).to_have_text("Chat and crisis lines")
    expect(chat.told).to_be_empty()


def test_words_of_staff_change_the_button_and_are_announced_while_the_chat_is_closed(door, chat, page):
    door.staff_write(chat.conversation_id, "I am glad you wrote.")
    expect(chat.launcher).to_contain_text("New message from Sam")
    expect(chat.launcher).to_contain_text("Chat and crisis lines")
    expect(chat.launcher).to_be_in_viewport(ratio=1)
    expect(chat.told).to_have_text("New message from Sam. Open the chat to see it.")
    expect(page.get_by_text("I am glad you wrote.")).to_be_hidden()  # whoever looks on reads none of it


def test_opening_shows_what_came_reads_it_out_once_and_calms_the_button(door, chat, page):
    door.staff_write(chat.conversation_id, "I am glad you wrote.")
    expect(chat.launcher).to_contain_text("New message from Sam")
    page.evaluate(COUNT_ADDITIONS)
    chat.open()
    expect(chat.log.locator(".message.staff")).to_be_in_viewport()
    page.wait_for_function("window.readOut.length > 0")
    assert read_out(page, "I am glad you wrote.") == 1
    assert read_out(page, "hello there") == 0
    expect(chat.told).to_be_empty()
    chat.close()
    expect(chat.launcher).to_have_text("Chat and crisis lines")


def test_what_came_while_the_chat_was_closed_is_still_new_after_a_reload(door, chat, page):
    door.staff_write(chat.conversation_id, "I am glad you wrote.")
    expect(chat.launcher).to_contain_text("New message from Sam")
    page.reload()
    expect(chat.launcher).to_contain_text("New message from Sam")
    chat.open()
    expect(chat.log.locator(".message")).to_have_count(1)
    expect(chat.log).to_contain_text("I am glad you wrote.")
    page.reload()
    chat.open()
    expect(chat.history.filter(has_text="I am glad you wrote.")).to_have_count(1)
    expect(chat.log.locator(".message")).to_have_count(0)
    expect(chat.launcher).not_to_contain_text("New message")


def test_what_was_written_while_the_page_was_left_is_new_on_the_next_page(door, chat, page):
    conversation = chat.conversation_id
    page.goto("about:blank")
    door.staff_write(conversation, "Are you there?")
    Chat.in_popup(page, door.url)
    expect(chat.launcher).to_contain_text("New message from Sam")


def test_the_first_of_several_new_messages_is_in_sight_and_the_latest_name_on_the_button(door, chat):
    door.staff_take_over(chat.conversation_id)
    expect(chat.launcher).to_contain_text("New message in the chat")
    for number in range(6):
        door.staff_write(chat.conversation_id, f"Number {number}. " + "Many words. " * 30)
    door.staff_write(chat.conversation_id, "I go on here.", name="Kim")
    expect(chat.launcher).to_contain_text("New message from Kim")
    chat.open()
    expect(chat.log.get_by_text("Sam of the clinic is reading this.")).to_be_in_viewport()
    expect(chat.page.get_by_role("button", name="Newest message")).to_be_visible()


def test_a_card_that_comes_late_is_told_on_the_button_g1(door, chat, page):
    chat.open()
    held = Held(page, MESSAGES)
    chat.say(CRISIS)
    chat.close()
    expect(chat.launcher).to_have_text("Chat and crisis lines")
    held.take().continue_()
    expect(chat.launcher).to_contain_text("New message in the chat")
    chat.open()
    expect(chat.cards).to_be_in_viewport()


def test_the_button_speaks_the_language_of_the_interface(door, page):
    chat = Chat.in_popup(page, door.url)
    chat.open()
    page.get_by_role("button", name="Español").click()
    chat.say("hola, quiero hablar")
    expect(chat.delivered("hola, quiero hablar")).to_have_count(1)
    page.keyboard.press("Escape")
    door.staff_write(chat.conversation_id, "Me alegro de que escribas.")
    expect(chat.launcher).to_contain_text("Mensaje nuevo de Sam")
    expect(chat.told).to_have_text("Mensaje nuevo de Sam. Abre el chat para verlo.")
    expect(chat.told).to_have_attribute("lang", "es")


def test_a_message_that_could_not_be_sent_is_told_on_the_button(chat, page):
    chat.open()
    held = Held(page, MESSAGES)
    chat.say("are you there")
    chat.close()
    expect(chat.launcher).to_have_text("Chat and crisis lines")
    page.route("**/web/messages", lambda route: route.abort())
    held.take().abort()
    expect(chat.launcher).to_contain_text("Your message is not sent yet")
    expect(chat.told).to_contain_text("Your message is not sent yet")
    page.unroute_all()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(chat.launcher).not_to_contain_text("not sent")
    expect(chat.launcher).to_contain_text("New message in the chat")  # the answer


def test_the_button_is_calm_as_soon_as_the_echo_says_that_the_message_arrived(door, chat, page):
    door.staff_take_over(chat.conversation_id)  # so that no answer of the bot is news
    chat.open()
    expect(chat.log.get_by_text("Sam of the clinic is reading this.")).to_be_visible()
    held = Held(page, MESSAGES)
    chat.say("are you there")
    chat.close()

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/web/messages", lambda route: route.abort())
    held.take().abort()
    expect(chat.launcher).to_contain_text("Your message is not sent yet")
    page.route("**/web/messages", lose_the_answer)
    expect(chat.launcher).to_have_text("Chat and crisis lines")
    expect(chat.told).to_be_empty()
    page.unroute_all(behavior="ignoreErrors")
