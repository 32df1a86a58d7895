"""The words of an alert: level, waiting time, a link. Never a word of the person (G7, SM-90). Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.cases.state import CaseState


def alert_text(state: CaseState, link: str, now: datetime) -> tuple[str, str]:
    """Title and body."""
    news = ", new alarm" if state.unseen_rise else ""
    # Somebody has the case: what waits is the alarm that began since, not the person from the beginning.
    since = state.alarm_since if state.status == "claimed" and state.alarm_since else state.waiting_since
    return f"Holdfast: {state.urgency.word.lower()}{news}", f"Waiting {_span(now - since)}. {link}"


def _span(waited: timedelta) -> str:
    seconds = max(0, int(waited.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
