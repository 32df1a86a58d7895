"""A person and the whole assistant over HTTP, all processes real."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from holdfast.cli.internal_client import InternalClient
from holdfast.cli.stack import Stack
from tests.helpers import Visitor, eventually, kinds, words
from tests.nurse import cases_of, rows

pytestmark = pytest.mark.e2e


def test_the_greeting_says_what_the_assistant_is_sm46(visitor: Visitor) -> None:
    text = words(visitor.greeting).lower()
    assert "automated" in text and "not a person" in text


def test_a_cry_for_help_is_answered_in_the_same_breath_with_lines_sm01_g1(visitor: Visitor) -> None:
    (card,) = visitor.write("I want to kill myself")
    assert card["kind"] == "card"
    assert "988" in card["text"] and "United States" in card["text"]
    assert any(block["type"] == "line" for block in card["blocks"])


def test_an_overdose_brings_the_emergency_number_first_sm60(visitor: Visitor) -> None:
    (card,) = visitor.write("I just took all my pills")
    ways = [block["type"] for block in card["blocks"] if block["type"] in ("emergency", "line")]
    assert ways[0] == "emergency"
    assert "911" in card["text"]


def test_a_worry_about_somebody_else_is_answered_too_sm70(visitor: Visitor) -> None:
    (card,) = visitor.write("my brother says he wants to kill himself and I don't know what to do")
    assert "988" in card["text"]
    assert "them" in card["text"]


def test_a_question_is_answered_by_rasa_in_balanced_words(visitor: Visitor) -> None:
    events = visitor.ask("What are the side effects of ketamine?")
    assert kinds(events) == ["reply"]
    assert re.search(r"dizz|nausea|blood pressure", words(events), re.IGNORECASE)


def test_risk_wins_over_a_question_in_the_same_message(visitor: Visitor) -> None:
    events = visitor.ask("How much does an infusion cost? I can't go on like this, I want to die.")
    assert events[0]["kind"] == "card"
    assert "$" not in words(events)


def test_after_risk_a_price_is_not_told_but_side_effects_are_g5_sm03(visitor: Visitor) -> None:
    visitor.ask("I want to kill myself")
    price = visitor.ask("how much does an infusion cost?")
    assert "price list" not in words(price)
    effects = visitor.ask("what are the side effects of ketamine?")
    assert re.search(r"dizz|nausea|blood pressure", words(effects), re.IGNORECASE)


def test_spanish_is_answered_in_spanish_with_the_spanish_line_sm28(visitor: Visitor) -> None:
    (card,) = visitor.write("ya no quiero vivir, quiero matarme")
    assert "oprime 2" in card["text"]
    assert "Estados Unidos" in card["text"]


def test_saying_another_country_brings_its_card(visitor: Visitor) -> None:
    visitor.write("I want to kill myself")
    (card,) = visitor.write("I live in Ireland")
    assert "Ireland" in card["text"] and "Pieta" in card["text"]
    assert "988" not in card["text"]


def test_the_lines_of_a_country_are_not_said_twice_sm34(visitor: Visitor) -> None:
    visitor.write("I want to kill myself")
    said = visitor.ask("I live in Ireland")
    assert sum("Pieta" in event["text"] for event in said) == 1


def test_the_country_buttons_lead_to_the_right_card(visitor: Visitor) -> None:
    card = visitor.write("I want to kill myself")
    asked = visitor.tap("I am in another country", card)
    (canada,) = visitor.tap("Canada", asked)
    assert "9-8-8" in canada["text"] and "Canada" in canada["text"]


@pytest.mark.parametrize("payload", ["/restart", "/session_start", '/greet{"a": 1}', "/crisis_self", "/EXTERNAL_x"])
def test_a_typed_payload_does_nothing_special_and_detection_goes_on_g6(visitor: Visitor, payload: str) -> None:
    assert visitor.ask(payload)
    (card,) = visitor.write(f"{payload} I want to kill myself")
    assert card["kind"] == "card"


def test_a_repeated_message_id_repeats_the_answer_and_does_nothing_twice(
    visitor: Visitor, internal: InternalClient
) -> None:
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: visitor.post("I want to kill myself", "same").json(), range(5)))
    assert len({str(answer["events"]) for answer in answers}) == 1
    assert sum(answer["duplicate"] for answer in answers) == 4
    path = f"/conversations/{visitor.conversation_id}/transcript"
    events = internal.call("GET", path).json()["events"]
    assert len([event for event in events if event["kind"] == "card"]) == 1


def test_yes_to_the_direct_question_is_a_crisis_sm32(visitor: Visitor, internal: InternalClient) -> None:
    first = visitor.write("everyone would be better off without me")
    assert any(block["type"] == "question" for block in first[0]["blocks"])
    assert "card" in kinds(visitor.write("yes"))
    state = internal.call("GET", f"/conversations/{visitor.conversation_id}/transcript").json()["state"]
    assert state["level"] == "crisis"


def test_just_kidding_changes_nothing_sm19(visitor: Visitor, internal: InternalClient) -> None:
    visitor.write("I want to kill myself")
    visitor.write("lol jk")
    state = internal.call("GET", f"/conversations/{visitor.conversation_id}/transcript").json()["state"]
    assert state["level"] == "crisis" and state["after_risk"]


def test_nobody_reads_or_writes_a_conversation_that_is_not_theirs_g8(stack: Stack, visitor: Visitor) -> None:
    visitor.write("something private")
    stranger = Visitor(stack.url)
    with stranger.listen() as listener:
        assert "private" not in words(listener.settled())
    for bad in (stranger.token[:-2] + "xx", "nonsense", "w_1"):
        answer = httpx.get(stack.url + "/web/events", headers={"Authorization": f"Bearer {bad}"})
        assert answer.status_code == 401
        assert "988" in answer.json()["error"]["lines"]


def test_the_event_stream_resumes_where_it_ended_and_repeats_the_card(visitor: Visitor) -> None:
    (card,) = visitor.write("I want to kill myself")
    with visitor.listen() as listener:
        everything = listener.settled()
    assert card["event_id"] in {event["event_id"] for event in everything}
    assert [event["event_id"] for event in everything] == sorted(event["event_id"] for event in everything)
    with visitor.listen(after=card["event_id"]) as listener:
        assert all(event["event_id"] > card["event_id"] for event in listener.settled())


def test_another_website_may_not_open_a_chat(stack: Stack) -> None:
    for headers in ({"Origin": "https://evil.example"}, {}):
        answer = httpx.post(stack.url + "/web/sessions", json={}, headers=headers)
        assert answer.status_code == 403
        assert "988" in answer.json()["error"]["lines"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'{"id": "a"}', 400),
        (b'{"id": 5, "text": "x"}', 400),
        (b'{"id": "a", "text": null}', 400),
        (b'{"id": "", "text": "x"}', 400),
        (b'{"id": "a b", "text": "x"}', 400),
        (b'{"id": "big", "text": "' + b"a" * 600_000 + b'"}', 413),
    ],
)
def test_a_malformed_message_gets_a_clear_error_with_lines(visitor: Visitor, body: bytes, status: int) -> None:
    headers = {**visitor.headers, "Content-Type": "application/json"}
    answer = httpx.post(visitor.url + "/web/messages", content=body, headers=headers)
    assert answer.status_code == status
    assert "988" in answer.json()["error"]["lines"]


@pytest.mark.parametrize("text", ["", "   ", "\x00", "😀", "<script>alert(1)</script>", "/" * 50, "a" * 20_000])
def test_odd_messages_are_answered_and_never_an_error_g2(visitor: Visitor, text: str) -> None:
    assert visitor.ask(text)


def test_a_half_emoji_does_not_keep_a_cry_for_help_from_being_heard_g6(visitor: Visitor) -> None:
    body = b'{"id": "half", "text": "I want to kill myself \\ud83d"}'
    answer = httpx.post(visitor.url + "/web/messages", content=body, headers=visitor.headers)
    assert answer.status_code == 200
    assert kinds(answer.json()["events"]) == ["card"]


def test_a_risk_sentence_at_the_end_of_a_long_text_is_found(visitor: Visitor) -> None:
    story = "We drove to the lake and talked about the garden and what to plant next spring. " * 60
    (card,) = visitor.write(story + "I am going to kill myself.")
    assert card["kind"] == "card"


def test_staff_are_alerted_without_a_word_of_the_person_g7(stack: Stack, visitor: Visitor) -> None:
    visitor.write("I want to kill myself because of zanzibar")
    log = stack.folder / "alerts.log"
    (case,) = eventually(lambda: cases_of(stack, visitor.conversation_id))
    alerted = "SELECT 1 FROM alerts_alert WHERE case_id = ? AND state = 'sent'"
    eventually(lambda: rows(stack, alerted, case[0]))
    everything = "".join(
        file.read_text(encoding="utf-8", errors="replace") for file in [log, *(stack.folder / "log").glob("*.log")]
    )
    assert "Holdfast: crisis. Waiting" in everything
    assert "zanzibar" not in everything and "zanzibar" not in str(rows(stack, "SELECT * FROM cases_record"))


def test_the_talk_to_a_person_button_reaches_the_outbox_once(
    stack: Stack, visitor: Visitor, internal: InternalClient
) -> None:
    card = visitor.write("I want to kill myself")
    label = next(b["label"] for b in card[0]["buttons"] if b["payload"] == "/talk_to_person")
    visitor.tap(label, card)
    visitor.tap(label, card)

    def asked() -> list[str]:
        records = [json.loads(body) for (body,) in rows(stack, "SELECT body FROM cases_record")]
        mine = [each["kind"] for each in records if each["conversation_id"] == visitor.conversation_id]
        return mine if "staff_request" in mine else []

    assert eventually(asked) == ["alarm", "staff_request"]
    assert len(cases_of(stack, visitor.conversation_id)) == 1


def test_nothing_untrue_is_said_about_people_in_the_default_setup_g4(visitor: Visitor) -> None:
    (card,) = visitor.write("I want to kill myself")
    notices = [block["text"] for block in card["blocks"] if block["type"] == "notice"]
    assert notices and "Nobody at the clinic reads this chat now" in notices[0]


def test_lines_need_no_conversation(stack: Stack) -> None:
    british = httpx.get(stack.url + "/web/lines", params={"country": "GB"}).json()
    assert "116 123" in british["text"]
    assert any(block["type"] == "line" for block in british["blocks"])


def test_the_openapi_document_describes_the_three_calls(stack: Stack) -> None:
    paths = httpx.get(stack.url + "/openapi.json").json()["paths"]
    assert {"/web/sessions", "/web/messages", "/web/events"} <= set(paths)


def test_internal_routes_are_not_on_the_public_port_and_need_a_signature(stack: Stack, visitor: Visitor) -> None:
    path = f"/conversations/{visitor.conversation_id}/transcript"
    assert httpx.get(stack.url + path).status_code == 404
    assert httpx.get(stack.internal_url + path).status_code == 401
    wrong = InternalClient(stack.internal_url, b"wrong")
    assert wrong.call("GET", path).status_code == 401


def test_staff_take_over_and_the_bot_is_silent_but_detection_goes_on_g4_g6(
    visitor: Visitor, internal: InternalClient
) -> None:
    base = f"/conversations/{visitor.conversation_id}"
    visitor.write("everyone would be better off without me")
    assert internal.call("PUT", base + "/takeover", {"name": "Sam"}).status_code == 200
    internal.call("POST", base + "/messages", {"text": "Hello, I am here with you.", "name": "Sam"})
    with visitor.listen() as listener:
        said = listener.settled()
    assert any(event["author"] == "staff" and event["staff_name"] == "Sam" for event in said)
    assert "Sam of the clinic is reading this" in words(said)
    assert visitor.write("what does it cost") == []
    assert kinds(visitor.write("I want to kill myself")) == ["card"]
    internal.call("PUT", base + "/takeover", {"name": None})
    assert internal.call("POST", base + "/clear").json()["closed_episode"] == 1


def test_readiness_sends_a_real_crisis_message_and_pages_nobody(stack: Stack, internal: InternalClient) -> None:
    result = internal.call("GET", "/ready").json()
    assert result["ready"] and result["card"] and result["recorded"]
    drill = "SELECT drill, alarm_since FROM cases_case WHERE conversation_id LIKE 'drill_%'"
    assert set(eventually(lambda: rows(stack, drill))) == {(1, None)}
