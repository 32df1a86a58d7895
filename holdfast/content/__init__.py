"""What the assistant may say: lines by country, cards, replies and answers. Knows no other room."""

from __future__ import annotations

from holdfast.content.cards import crisis_hint, lines_card, lines_text, more_lines_text, render_card
from holdfast.content.country import country_name, country_named_in, country_of_locale, country_of_timezone
from holdfast.content.directory import Directory
from holdfast.content.errors import ContentError
from holdfast.content.hours import Hours, is_open, parse_hours
from holdfast.content.language import language_of, looks_unsupported
from holdfast.content.types import Answer, Button, Card, CardRequest, Reply
from holdfast.content.wording import Wording

__all__ = [
    "Answer",
    "Button",
    "Card",
    "CardRequest",
    "ContentError",
    "Directory",
    "Hours",
    "Reply",
    "Wording",
    "country_name",
    "country_named_in",
    "country_of_locale",
    "country_of_timezone",
    "crisis_hint",
    "is_open",
    "language_of",
    "lines_card",
    "lines_text",
    "looks_unsupported",
    "more_lines_text",
    "parse_hours",
    "render_card",
]
