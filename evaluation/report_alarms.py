"""The scorecard's part on alarms under kills. Pure."""

from __future__ import annotations

from evaluation import markdown
from evaluation.aims import Finding
from evaluation.alarms import Alarms
from evaluation.business import business


def alarms_report(alarms: Alarms) -> str:
    """Counts, and the time from alarm to notification."""
    kills = ", ".join(f"{name} {count}" for name, count in sorted(alarms.kills.items()))
    rows = [
        ["messages of crisis sent, each in a conversation of its own", str(alarms.sent)],
        ["accepted by the door", str(alarms.accepted)],
        [f"processes killed without warning ({kills})", str(sum(alarms.kills.values()))],
        ["accepted alarms without a case at the desk", str(alarms.without_case)],
        ["accepted alarms of which nobody was notified", str(alarms.unnotified)],
        ["alarms with more than one case", str(alarms.doubled)],
        ["alerts that arrived twice, after a kill between sending and writing down", str(alarms.repeated)],
    ]
    times = "nobody was notified"
    if alarms.samples_ms:
        median, p99 = (markdown.milliseconds(alarms.at(q)) for q in (0.5, 0.99))
        times = (
            f"Alarm to notification, in milliseconds with 95 % intervals: median {median}, p99 {p99}, worst "
            f"{markdown.number(max(alarms.samples_ms))}, n {len(alarms.samples_ms)}."
        )
    return markdown.paragraphs(
        f"Over {alarms.seconds:.0f} s a crowd writes to a real door, while shipper, desk and worker are killed at "
        "random times and started again by the supervisor. A notification is an alert's arrival at a pager service on "
        "loopback; the time counts from sending the message and includes what the kills cost.",
        business(alarms.busy),
        markdown.table(["", "count"], rows),
        times,
    )


def alarms_findings(alarms: Alarms) -> list[Finding]:
    """The aim about alarms (G3)."""
    found = (
        f"{alarms.accepted} accepted, {sum(alarms.kills.values())} kills: {alarms.without_case} without a case, "
        f"{alarms.unnotified} not notified, {alarms.doubled} doubled"
    )
    met = alarms.accepted > 0 and not (alarms.without_case or alarms.unnotified or alarms.doubled)
    return [Finding("No alarm is lost or doubled while processes are killed (G3)", found, met)]
