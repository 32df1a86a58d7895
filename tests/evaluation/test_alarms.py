"""What the measurement of alarms makes of what it sees. Pure parts only; the rest runs in tests/e2e."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.signing import TimestampSigner

from evaluation.pager import call_of
from evaluation.report_alarms import alarms_findings, alarms_report
from tests.evaluation.invented import ALARMS


@pytest.mark.parametrize("target", ["pager", "a target whose name is so long that the link is packed " * 4])
def test_the_case_is_read_from_the_link_that_the_desk_makes(target: str) -> None:
    signer = TimestampSigner(key="k", salt="desk.alert", fallback_keys=())
    token = signer.sign_object([17, 1, target], compress=True)
    call = call_of(f"Waiting 3 s. http://127.0.0.1:8610/a/{token}", 5.0)
    assert (call.case, call.at) == (17, 5.0)


def test_the_shippers_own_alert_names_the_conversation() -> None:
    call = call_of("Waiting 61 s, since 2026-11-23 10:00 UTC. Channel web. Conversation w_1.", 5.0)
    assert (call.case, call.conversation_id) == (None, "w_1")


@pytest.mark.parametrize("broken", [{"without_case": 1}, {"unnotified": 1}, {"doubled": 1}, {"accepted": 0}])
def test_anything_lost_or_doubled_is_said_to_be_missed(broken: dict[str, int]) -> None:
    (good,), (bad,) = alarms_findings(ALARMS), alarms_findings(replace(ALARMS, **broken))
    assert good.met and not bad.met


def test_the_report_gives_counts_median_and_p99() -> None:
    text = alarms_report(ALARMS)
    assert "median 648" in text or "median 649" in text
    assert "p99" in text and "desk 3, worker 2" in text
