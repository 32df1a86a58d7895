"""Conversation ids of platforms: stable, different for everybody, and without the platform's own ids."""

from holdfast.channels.identity import conversation_id


def test_the_same_person_has_the_same_conversation_and_another_one_another() -> None:
    assert conversation_id(b"k", "t", 12345) == conversation_id(b"k", "t", "12345")
    others = {
        conversation_id(b"k", "t", 12345),
        conversation_id(b"k", "t", 12346),
        conversation_id(b"k", "s", 12345),
        conversation_id(b"other", "t", 12345),
        conversation_id(b"k", "s", "T1", "U2"),
        conversation_id(b"k", "s", "T1U", "2"),
    }
    assert len(others) == 6


def test_an_id_fits_the_store_and_tells_nothing() -> None:
    made = conversation_id(b"k", "t", 12345)
    assert made.startswith("t_") and len(made) <= 64 and "12345" not in made
