"""Windows: every word of a message is in some window, and a sentence of risk stands alone wherever it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.crisis.windows import windows

FILLER = "The day was long and the bus was late, so I walked home through the park and fed the birds."
RISK = ("I do not want to be alive any more.", "Ya no quiero seguir viviendo.", "i cant go on like this")
WORDS = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=30)
SPACES = st.sampled_from([" ", "  ", "\n", "\t", "\u00a0", "\r\n", ". ", "! ", "; ", " \U0001f62d "])
PROSE = st.lists(st.tuples(WORDS, SPACES), max_size=400).map(lambda parts: "".join(word + gap for word, gap in parts))
ANYTHING = st.text(max_size=2000) | st.text(alphabet="aI .!?;\n\ud800\u200d\U0001f62d\u00bf1)", max_size=2000)

# A busy machine must not fail a property.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi", ["Hi"]),
        ("  I am\tfine \n", ["I am fine"]),
        ("I lost her. I want to follow.", ["I lost her.", "I lost her. I want to follow.", "I want to follow."]),
        ("¿Qué hago? ¡Ayuda!", ["¿Qué hago?", "¿Qué hago? ¡Ayuda!", "¡Ayuda!"]),
        ("im done\nbye", ["im done", "im done bye", "bye"]),
        ("no!i cant", ["no!", "no! i cant", "i cant"]),
        ("ok.I am off", ["ok.", "ok. I am off", "I am off"]),
        ("idk...maybe", ["idk...", "idk... maybe", "maybe"]),
        ("no puedo más; adiós", ["no puedo más;", "no puedo más; adiós", "adiós"]),
        ("so tired 😞💔 goodbye", ["so tired 😞💔", "so tired 😞💔 goodbye", "goodbye"]),
        ("I want to 💀 myself", ["I want to 💀", "I want to 💀 myself", "myself"]),
        ("我不想活了。帮帮我！", ["我不想活了。", "我不想活了。 帮帮我！", "帮帮我！"]),
        ("- one\n- two", ["- one", "- one - two", "- two"]),
        ("1. one\n2. two", ["1. one", "1. one 2. two", "2. two"]),
        ("Dr. Lee gave me 2.5 of it, e.g. at example.org", ["Dr. Lee gave me 2.5 of it, e.g. at example.org"]),
    ],
)
def test_sentences_and_short_pairs_are_windows(text: str, expected: list[str]) -> None:
    assert windows(text) == expected


@pytest.mark.parametrize("text", ["??? help", "Help!!! 😭😭", "---\nhelp", "help\n***\n😭", "😭", "…"])
def test_marks_without_a_word_make_no_window_of_their_own(text: str) -> None:
    assert windows(text) == [" ".join(text.split())]


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0\n"])
def test_nothing_to_read_gives_no_window(text: str) -> None:
    assert windows(text) == []


def test_a_line_sent_many_times_is_read_once() -> None:
    assert windows("Please answer me now.\n" * 100) == [
        "Please answer me now.",
        "Please answer me now. Please answer me now.",
    ]


@pytest.mark.parametrize("risk", RISK)
@pytest.mark.parametrize("place", [0, 8, 16, 20])
def test_a_sentence_stands_alone_also_after_300_tokens(risk: str, place: int) -> None:
    story = [f"{number}: {FILLER}" for number in range(20)]  # about 25 tokens each
    story.insert(place, risk)
    found = windows("\n".join(story))
    assert risk in found
    assert len(found) <= 24


@pytest.mark.parametrize("risk", RISK)
@pytest.mark.parametrize("place", [0, 40, 99, 150, 199])
def test_a_sentence_of_a_very_long_message_stands_in_some_window(risk: str, place: int) -> None:
    story = [f"{number}: {FILLER}" for number in range(200)]
    story.insert(place, risk)
    found = windows("\n".join(story))
    assert any(risk in window for window in found)
    assert len(found) == 24


@patient
@given(st.integers(0, 300), st.sampled_from(RISK))
def test_words_without_any_punctuation_are_cut_so_that_a_phrase_stays_whole(place: int, risk: str) -> None:
    words = [f"and{number}" for number in range(300)]
    words.insert(place, risk.strip("."))
    assert any(risk.strip(".") in window for window in windows(" ".join(words), limit=1000))


def test_a_message_just_over_the_limit_keeps_most_sentences_alone() -> None:
    story = [f"This is sentence number {number}." for number in range(26)]
    found = windows(" ".join(story))
    assert len(found) == 24
    assert sum(sentence in found for sentence in story) >= 22


@patient
@given(PROSE, st.sampled_from([60, 120, 240]), st.sampled_from([1, 3, 24, 10_000]))
def test_every_word_is_in_some_window(text: str, max_chars: int, limit: int) -> None:
    everything = "\n".join(windows(text, max_chars=max_chars, limit=limit))
    missing = [word for word in re.findall(r"\w+", text) if word not in everything]
    assert missing == []


@patient
@given(ANYTHING, st.integers(16, 300), st.integers(1, 40))
def test_any_text_gives_few_enough_windows_of_bounded_length(text: str, max_chars: int, limit: int) -> None:
    found = windows(text, max_chars=max_chars, limit=limit)
    assert len(found) <= limit
    assert bool(found) == bool(text.split())
    assert set("".join(found)) - {" "} == set("".join(text.split()))
    assert all(len(window) <= max(max_chars, 6 * len(text) / limit + 2) for window in found)


@patient
@given(ANYTHING, st.integers(16, 300))
def test_the_number_of_windows_grows_no_faster_than_the_text(text: str, max_chars: int) -> None:
    found = windows(text, max_chars=max_chars, limit=10**9)
    assert len(found) <= 2 * len(text)
    assert all(len(window) <= max_chars for window in found)


@pytest.mark.parametrize("unit", ["a. ", "a.", "!a", "x", "word ", "\n", "!", "😭 ", "\"'", "a.'", "1. "])
def test_endless_repetition_is_cut_like_any_text(unit: str) -> None:
    assert len(windows(unit * 20_000)) <= 24


@pytest.mark.parametrize(("max_chars", "limit"), [(15, 24), (240, 0)])
def test_impossible_bounds_are_refused(max_chars: int, limit: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        windows("Hi", max_chars=max_chars, limit=limit)
