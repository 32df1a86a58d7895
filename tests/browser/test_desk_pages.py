"""The desk's pages while they are watched: what has not changed stays where it is, and what is new is announced."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from holdfast.cli.stack import Stack
from tests.browser.chat import CRISIS
from tests.browser.desk import Desk
from tests.helpers import Visitor as Person
from tests.helpers import eventually
from tests.nurse import cases_of, one_time_password

pytestmark = pytest.mark.browser
POLLS = 3


@pytest.fixture(scope="module")
def signed_in(staffed_stack: Stack, browser: Browser) -> Any:
    """The cookies of Sam, who has signed in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(staffed_stack.desk_url)
    Desk(page, staffed_stack.desk_url).begin(one_time_password(staffed_stack), "Sam")
    expect(page.get_by_role("heading", name="waiting")).to_be_visible()
    yield context.storage_state()
    context.close()


@pytest.fixture
def person(staffed_stack: Stack) -> Person:
    """Somebody in crisis whose case has come to the desk."""
    writes = Person(staffed_stack.url, country="US", timezone="America/Denver")
    writes.write(CRISIS)
    eventually(lambda: cases_of(staffed_stack, writes.conversation_id))
    return writes


def number_of(stack: Stack, person: Person) -> int:
    return int(cases_of(stack, person.conversation_id)[-1][0])


def polled(page: Page, times: int, path: str) -> None:
    """Waits until the page has asked for news so often."""
    for _ in range(times):
        with page.expect_response(lambda answer: path in answer.url):
            pass


@pytest.fixture
def pressed(staffed_stack: Stack, visitor: Any, signed_in: Any, person: Person) -> Page:
    """The queue with the button of the person's case held down."""
    page = visitor.opens(staffed_stack.desk_url, storage_state=signed_in)
    page.locator(f"#take-{number_of(staffed_stack, person)}").hover()
    page.mouse.down()
    return page


def test_a_slow_press_takes_the_case(staffed_stack: Stack, pressed: Page) -> None:
    """A press begins and ends on the same button, however often the page asks for news meanwhile."""
    polled(pressed, POLLS, staffed_stack.desk_url)
    pressed.mouse.up()
    expect(pressed.get_by_text("You have this case.")).to_be_visible()


def test_a_press_outlasts_a_change_of_the_queue(staffed_stack: Stack, pressed: Page) -> None:
    waiting = pressed.locator(".cases:not(.small) .case").count()
    Person(staffed_stack.url, country="US").write(CRISIS)
    with pressed.expect_response(lambda answer: "/?seen=" in answer.url and answer.status == 200):
        pass
    expect(pressed.locator(".cases:not(.small) .case")).to_have_count(waiting)  # nothing moves under the pointer
    pressed.mouse.up()
    expect(pressed.get_by_text("You have this case.")).to_be_visible()


def test_a_queue_in_which_nothing_happens_stays_and_its_times_go_on(
    staffed_stack: Stack, visitor: Any, signed_in: Any, person: Person
) -> None:
    page = visitor.opens(staffed_stack.desk_url, storage_state=signed_in)
    number = number_of(staffed_stack, person)
    row, time = page.locator(f".case:has(#take-{number})"), page.locator(f"#waited-{number}")
    row.evaluate("row => { row.kept = true; }")
    before = time.inner_text()
    polled(page, 1, "/queue/times")
    expect(time).not_to_have_text(before)
    assert row.evaluate("row => row.kept === true")


def test_new_words_are_announced_and_leave_focus_and_opened_cards_alone(
    staffed_stack: Stack, visitor: Any, signed_in: Any, person: Person
) -> None:
    page = visitor.opens(f"{staffed_stack.desk_url}/cases/{number_of(staffed_stack, person)}", storage_state=signed_in)
    card = page.locator(".talk details").first
    card.locator("summary").click()
    page.locator(".talk").focus()
    announcer = page.locator("#announcer")
    for words in ("are you there", "are you there"):  # the same again is news again
        said, heard = page.locator(".talk li.person"), announcer.get_by_text(f"The person: {words}")
        known, announced = said.count(), heard.count()
        person.write(words)
        expect(said).to_have_count(known + 1)
        expect(heard).to_have_count(announced + 1)
        expect(page.locator(".talk")).to_be_focused()
        expect(card).to_have_attribute("open", "")
    card.locator("summary").focus()
    person.write("hello?")
    expect(announcer.get_by_text("The person: hello?")).to_have_count(1)
    expect(card.locator("summary")).to_be_focused()


def test_who_reads_further_up_stays_there(staffed_stack: Stack, visitor: Any, signed_in: Any, person: Person) -> None:
    for _ in range(8):
        person.write("a long evening\n" * 8)
    page = visitor.opens(f"{staffed_stack.desk_url}/cases/{number_of(staffed_stack, person)}", storage_state=signed_in)
    talk, said = page.locator(".talk"), page.locator(".talk li.person")
    known = said.count()
    assert talk.evaluate("talk => { talk.scrollTop = 200; return talk.scrollTop; }") == 200
    person.write("one more thing")
    expect(said).to_have_count(known + 1)
    expect(page.locator("#announcer")).to_contain_text("one more thing")
    assert talk.evaluate("talk => talk.scrollTop") == 200
