"""What a person does with the chat and sees of it, for tests. Locators pierce the element's shadow root."""

from __future__ import annotations

import time

from playwright.sync_api import Locator, Page, Route

CRISIS = "I want to kill myself"
CRISIS_ES = "Quiero morir, quiero matarme"
CALL_988 = "Call 988 Suicide & Crisis Lifeline, United States"
#: A page with nothing but the chat as a pop-up, and something to focus before it.
POPUP = (
    "<html lang=en><meta name=viewport content='width=device-width'>"
    "<script type=module src=/widget/holdfast-chat.js></script>"
    "<button>Before</button><holdfast-chat mode=popup country=US><p>Call <a href=tel:988>988</a></p></holdfast-chat>"
)

FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const name = at.getAttribute("aria-label") ?? (at.id || at.textContent.trim().replace(/\\s+/g, " "));
  return {name, outline: getComputedStyle(at).outlineStyle};
}"""


class Held:
    """Requests that are on their way and get no further by themselves."""

    def __init__(self, page: Page, pattern: str, *, times: int | None = None) -> None:
        self._page = page
        self._routes: list[Route] = []

        def hold(route: Route) -> None:
            self._routes.append(route)

        page.route(pattern, hold, times=times)

    def take(self) -> Route:
        """The request that has waited longest, taken out. Whoever typed a moment ago need not have sent it yet, so
        it is waited for, for 30 s."""
        give_up = time.monotonic() + 30
        while not self._routes:
            assert time.monotonic() < give_up, "no such request came"
            self._page.wait_for_timeout(20)
        return self._routes.pop(0)


class Chat:
    """The chat on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.get_by_role("textbox")
        self.bar = page.locator("holdfast-chat nav.bar")
        self.cards = page.locator("holdfast-chat .message.card")
        self.own = page.locator("holdfast-chat .message.own")
        self.answers = page.locator("holdfast-chat .message.bot")
        self.log = page.get_by_role("log")
        self.history = page.locator("holdfast-chat .history .message")
        self.notice = page.locator("holdfast-chat .notice-row")
        self.shell = page.locator("holdfast-chat .shell")
        self.launcher = page.locator("holdfast-chat .launcher")
        self.told = page.locator("holdfast-chat").get_by_role("status").and_(page.locator(".told"))

    @classmethod
    def in_popup(cls, page: Page, url: str) -> Chat:
        """The chat as a pop-up, on a page of the door's own origin."""
        page.route("**/embed", lambda route: route.fulfill(body=POPUP, content_type="text/html"))
        page.goto(f"{url}/embed")
        return cls(page)

    def open(self) -> None:
        """Opens the pop-up."""
        self.launcher.click()

    def close(self) -> None:
        """Closes the pop-up or the sheet of a phone."""
        self.page.get_by_role("button", name="Close the chat").click()

    def say(self, text: str) -> None:
        """Writes a message and sends it with Enter."""
        self.box.fill(text)
        self.box.press("Enter")

    @property
    def conversation_id(self) -> str:
        """The conversation that the browser remembers."""
        read = """() => JSON.parse(Object.entries(localStorage)
          .find(([key]) => key.startsWith("holdfast:session:"))[1]).conversation_id"""
        return str(self.page.evaluate(read))

    def own_saying(self, text: str) -> Locator:
        """The person's messages with that text."""
        return self.own.filter(has_text=text)

    def delivered(self, text: str) -> Locator:
        """The person's messages with that text that the server has accepted."""
        return self.own_saying(text).filter(has=self.page.locator(".state:empty"))
