"""Two browsers: a person in crisis on the clinic's page, and a member of staff at the desk who answers."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.browser.chat import CRISIS, Chat
from tests.browser.desk import Desk
from tests.helpers import eventually
from tests.nurse import one_time_password, rows

pytestmark = pytest.mark.browser


def test_a_person_in_crisis_and_a_nurse_reach_each_other(staffed_stack, visitor, record_property):
    desk = Desk(visitor.opens(staffed_stack.desk_url), staffed_stack.desk_url)
    desk.begin(one_time_password(staffed_stack), "Sam")
    desk.sign_out()
    desk.sign_in()
    expect(desk.page.get_by_role("heading", name="Nobody is waiting")).to_be_visible()

    chat = Chat(visitor.opens(staffed_stack.url))
    chat.say(CRISIS)
    began = time.monotonic()
    expect(chat.cards).to_have_count(1)
    expect(desk.waiting).to_have_count(1)  # by itself: nobody reloads the queue
    record_property("seconds_until_the_queue_showed_it", round(time.monotonic() - began, 2))
    print(f"the queue showed the case after {time.monotonic() - began:.2f} s")
    expect(desk.waiting).to_contain_text("Crisis")
    expect(desk.waiting).not_to_contain_text("kill")  # the queue holds no words of the person (G7)
    expect(chat.page.get_by_text("The clinic's team has been alerted.")).to_be_visible()

    desk.waiting.get_by_role("button", name="Take this case").click()
    expect(desk.talk.filter(has_text=CRISIS)).to_have_count(1)
    expect(chat.page.get_by_text("Sam of the clinic is reading this.")).to_be_visible()

    desk.reply("I am glad you wrote. Are you safe right now?")
    staff = chat.page.locator("holdfast-chat .message.staff")
    expect(staff).to_contain_text("Are you safe right now?")
    expect(staff).to_contain_text("Sam, clinic staff")
    chat.say("My sister is here with me")
    expect(desk.talk.filter(has_text="My sister is here with me")).to_have_count(1)
    expect(desk.talk.filter(has_text="Are you safe right now?")).to_contain_text("in their chat")

    desk.resolve("We talked; safe for now")
    expect(chat.page.get_by_text("The clinic's staff have left this chat.")).to_be_visible()
    expect(desk.page.get_by_text("Resolved. A new alarm from this person opens a new case.")).to_be_visible()


def test_everything_that_counts_works_without_javascript(staffed_stack, visitor):
    chat = Chat(visitor.opens(staffed_stack.url))
    chat.say(CRISIS)
    expect(chat.cards).to_have_count(1)
    eventually(lambda: rows(staffed_stack, "SELECT 1 FROM cases_case WHERE status = 'open'"))
    desk = Desk(visitor.opens(staffed_stack.desk_url, java_script_enabled=False), staffed_stack.desk_url)
    desk.begin(one_time_password(staffed_stack, "--reset", "admin"), password="another five quiet otters")
    expect(desk.waiting).to_contain_text("Crisis")
    assert 'http-equiv="refresh"' in desk.page.content()  # the page looks for new cases by itself
    desk.waiting.get_by_role("button", name="Take this case").click()
    expect(desk.talk.filter(has_text=CRISIS)).to_have_count(1)
    desk.reply("Hello, I am here.")
    expect(desk.talk.filter(has_text="Hello, I am here.")).to_have_count(1)
    desk.page.get_by_role("link", name="load new messages").click()
    desk.resolve("Could not be reached")
    expect(desk.page.get_by_text("Resolved. A new alarm from this person opens a new case.")).to_be_visible()
