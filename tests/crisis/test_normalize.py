"""What disguise and hurry do to a text is undone; what is only untidy stays as it is (SM-27)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.crisis.detector import Detector
from holdfast.crisis.normalize import Normalizer
from holdfast.crisis.phrases import BOUNDARIES
from holdfast.crisis.types import Level

NORMALIZER = Normalizer.load()
PLAIN = "i want to kill myself"
ANY = st.text(max_size=300)


def words(text: str, *, repaired: bool = True) -> str:
    found = NORMALIZER(text)
    form = found.repaired if repaired else found.plain
    return " ".join(word for word in form.words if word not in BOUNDARIES)


@pytest.mark.parametrize(
    "written",
    [
        "I WANT TO KILL MYSELF!!!",
        "i want to k1ll mys3lf",
        "i w4nt t0 k!ll my$elf",
        "i want to k i l l myself",
        "i want to k.i.l.l myself",
        "i want to kiiiiill myselffff",
        "i want to ki\u200bll my\u00adself",
        "\u0456 want to k\u0456ll m\u0443self",  # Cyrillic letters that look like Latin ones
        "\uff49 \uff57\uff41\uff4e\uff54 to kill myself",  # full width
        "i want to k\u0336i\u0336l\u0336l\u0336 myself",  # struck through
        "i want to kill my self",
        "i want to klil myself",
        "iwanttokillmyself",
        "i wanna kill myself",
        "\U0001d422 \U0001d430\U0001d41a\U0001d427\U0001d42d to kill myself",  # mathematical bold
    ],
)
def test_a_disguise_reads_like_the_plain_words(written: str) -> None:
    assert words(written) == PLAIN


@pytest.mark.parametrize("apostrophe", ["'", "\u2019", "\u2018", "`", "\u00b4", "\u02bc", ""])
def test_every_apostrophe_and_none_is_the_same(apostrophe: str) -> None:
    assert words(f"i don{apostrophe}t want to live") == words("i do not want to live")


@pytest.mark.parametrize(
    "innocent",
    ["I will skill up this year", "the dye is cast", "a diet plan", "she sells shells", "call me at 911 or 555 0100"],
)
def test_an_innocent_word_is_not_repaired_into_a_dangerous_one(floor: Detector, innocent: str) -> None:
    """SM-23."""
    assert floor.assess(innocent).level == Level.NONE


@settings(max_examples=400, deadline=None)
@given(ANY)
def test_any_text_at_all_is_taken(text: str) -> None:
    form = NORMALIZER(text)
    for found in (form.plain, form.repaired):
        assert found.words[0] == "^^" and found.words[-1] == "$$"
        assert all(0 < place < len(found.words) for place in found.pauses)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*"aeiou kst01'.,!?-\n", "kill ", "my", "self "]), max_size=80).map("".join))
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = NORMALIZER(text).plain.words[1:-1]
    assert NORMALIZER(" ".join(once)).plain.words[1:-1] == once


@settings(max_examples=300, deadline=None)
@given(ANY, ANY)
def test_nothing_around_it_hides_a_plain_statement(before: str, after: str) -> None:
    """G6, SM-27: whatever stands before and after in its own paragraph."""
    floor = _floor()
    assert floor.assess(f"{before}\n\n{PLAIN}\n\n{after}").level >= Level.CONCERN


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f", min_size=1, max_size=3),
    st.integers(1, len(PLAIN) - 1),
)
def test_invisible_characters_change_nothing(invisible: str, at: int) -> None:
    assert words(PLAIN[:at] + invisible + PLAIN[at:]) == PLAIN


_LOADED: list[Detector] = []


def _floor() -> Detector:
    if not _LOADED:
        _LOADED.append(Detector.load(lexicon_only=True))
    return _LOADED[0]


@pytest.mark.parametrize(
    ("apart", "together"),
    [
        ("well, my self and you, then", "well, myself and you, then"),
        ("no, any more, my self", "no, anymore, myself"),
        ("some one, him self", "someone, himself"),
    ],
)
def test_pauses_stay_between_the_same_words_where_a_phrase_is_spelled_out(apart: str, together: str) -> None:
    assert NORMALIZER(apart).plain == NORMALIZER(together).plain
    assert NORMALIZER(together).plain.pauses
