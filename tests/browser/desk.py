"""What a member of staff does in a browser, for tests and pictures."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.nurse import PASSWORD, code_for


class Desk:
    """The desk on a page. `begin` makes the first account one's own; `sign_in` is every day after."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url, self.key = page, url, ""
        self.waiting = page.locator(".cases:not(.small) .case")
        self.talk = page.locator(".talk li")

    def begin(self, one_time_password: str, name: str | None = None, password: str = PASSWORD) -> None:
        """From the one-time password over the second factor to the queue; ``name`` where the account has none yet."""
        self._fill(User="admin", Password=one_time_password)
        self.page.get_by_role("button", name="Sign in").click()
        self.key = self.page.locator("main code").inner_text()
        self.page.get_by_label("Six-digit code").fill(code_for(self.key))
        self.page.get_by_role("button", name="Go on").click()
        self.page.get_by_label("New password").fill(password)
        self.page.get_by_label("The same once more").fill(password)
        if name:
            self.page.get_by_label("Your name").fill(name)
        self.page.get_by_role("button", name="Keep this password").click()

    def sign_out(self) -> None:
        """Ends the session."""
        self.page.get_by_role("button", name="Sign out").click()

    def sign_in(self) -> None:
        """With password and the phone's next code; the one used before opens nothing again."""
        self._fill(User="admin", Password=PASSWORD)
        self.page.get_by_label("Six-digit code").fill(code_for(self.key, ahead=1))
        self.page.get_by_role("button", name="Sign in").click()

    def reply(self, text: str) -> None:
        """Writes to the person."""
        self.page.get_by_label("Your reply").fill(text)
        self.page.get_by_role("button", name="Send to the person").click()

    def resolve(self, outcome: str) -> None:
        """Ends the case."""
        self.page.get_by_text("Resolve…").click()
        self.page.get_by_label(outcome).check()
        self.page.get_by_role("button", name="Resolve", exact=True).click()

    def _fill(self, **fields: str) -> None:
        for label, value in fields.items():
            self.page.get_by_label(label).fill(value)
