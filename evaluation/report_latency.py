"""The scorecard's part on latency, memory and start. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from evaluation import markdown
from evaluation.business import business
from evaluation.intervals import ratio_interval
from evaluation.latency import Latencies
from evaluation.memory import Memory
from evaluation.scenarios import PAUSE_S, SCENARIOS, Measured


def latency_report(latencies: Latencies) -> str:
    """Latencies with Rasa and without, side by side; memory; start."""
    return markdown.paragraphs(
        "Over the web channel on loopback. A card is measured from sending a crisis message in a new conversation "
        "until the answer with the card is complete; an answer from sending a question until a reply arrives on the "
        f"event stream. Of several people each pauses {PAUSE_S[0]:g} to {PAUSE_S[1]:g} s between messages, a single "
        "one does not pause. The others ask without pause from a process of their own, so that Rasa always has a "
        "queue; with Rasa stopped they ask as often as Rasa answered them before. Measuring people, others and all "
        "processes of the assistant share the machine's cores.",
        business(latencies.busy),
        "### Latency in milliseconds, p50 and p99 with 95 % intervals",
        markdown.table(
            ["", "Rasa", "p50", "p99", "worst", "n", "failed", "others' questions a second", "turns without Rasa"],
            [_row(each) for scenario in SCENARIOS for each in _both(latencies, scenario.name) if each],
        ),
        "Ratio of the latency with Rasa saturated to the same with Rasa stopped, with bootstrapped intervals; near 1 "
        "means that the card does not depend on Rasa:",
        markdown.table(["", "p50", "p99"], _ratios(latencies)),
        "### Memory in MiB",
        "One measurement each, of a process with its children. RSS counts pages that processes share in each of "
        "them, PSS divides them.",
        _memory(latencies.idle, latencies.loaded),
        "### Start",
        "From starting the processes, with trained models and empty storage, until a crisis message over the web "
        "channel brings a card and until Rasa answers a question; files may be in the system's cache. The supervisor "
        "waits a second before it starts anything: the door's own time counts from the start of its process.",
        markdown.table(
            ["start", "cards, s", "of the door's own", "questions, s"],
            [
                [str(number), f"{start.cards_s:.1f}", f"{start.door_s:.1f}", f"{start.questions_s:.1f}"]
                for number, start in enumerate(latencies.starts, 1)
            ],
        ),
    )


def _both(latencies: Latencies, name: str) -> tuple[Measured | None, Measured | None]:
    return latencies.find(name, rasa=True), latencies.find(name, rasa=False)


def _row(each: Measured) -> list[str]:
    scenario = each.scenario
    state = "stopped" if not scenario.rasa else "saturated" if scenario.askers else "idle"
    found = [markdown.NOTHING] * 3
    if each.samples_ms:
        found = [markdown.milliseconds(each.at(0.5)), markdown.milliseconds(each.at(0.99))]
        found.append(markdown.number(each.worst_ms))
    others = f"{each.asked_per_s:.1f}" if scenario.askers else markdown.NOTHING
    return [scenario.name, state, *found, str(len(each.samples_ms)), str(each.failed), others, str(each.without_rasa)]


def _ratios(latencies: Latencies) -> list[list[str]]:
    rows = []
    for scenario in SCENARIOS:
        with_rasa, without = _both(latencies, scenario.name)
        if scenario.kind == "card" and with_rasa and without and with_rasa.samples_ms and without.samples_ms:
            rows.append([scenario.name, *(_ratio(with_rasa, without, q) for q in (0.5, 0.99))])
    return rows


def _ratio(above: Measured, below: Measured, q: float) -> str:
    low, high = ratio_interval(above.samples_ms, below.samples_ms, q)
    return f"{above.at(q).value / below.at(q).value:.2f} [{low:.2f}–{high:.2f}]"


def _memory(idle: Mapping[str, Memory], loaded: Mapping[str, Memory]) -> str:
    names = list(idle)
    rows = [_memory_row(name, idle[name], loaded[name]) for name in names]
    sums = [
        Memory(sum(m.rss_mib for m in each.values()), sum(m.pss_mib for m in each.values()), 0)
        for each in (idle, loaded)
    ]
    rows.append(_memory_row("all", *sums))
    return markdown.table(["process", "RSS idle", "PSS idle", "RSS after load", "PSS after load"], rows)


def _memory_row(name: str, idle: Memory, loaded: Memory) -> list[str]:
    return [name, *(f"{value:.0f}" for value in (idle.rss_mib, idle.pss_mib, loaded.rss_mib, loaded.pss_mib))]
