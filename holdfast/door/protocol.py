"""The public page on what the chat does in a crisis, with the clinic's own name, lines and days of retention."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from holdfast.clinic import Clinic
from holdfast.door.texts import Texts

_HERE = Path(__file__).resolve().parent
_PAGE = Template(_HERE.joinpath("protocol.html").read_text(encoding="utf-8"))
_SPANISH = Template(_HERE.joinpath("protocol_es.html").read_text(encoding="utf-8"))
_DEMONSTRATION = '    <p class="demo">Demonstration of Holdfast. This is not a clinic at work.</p>'
_TO_SPANISH = '<nav aria-label="Language"><a href="#es" lang="es">Español</a></nav>'


class ProtocolPage:
    """The page of one clinic. Made anew for each visitor, because lines open and close."""

    def __init__(self, clinic: Clinic, texts: Texts) -> None:
        self._clinic, self._texts = clinic, texts

    def html(self, now: datetime | None = None) -> str:
        """The whole page at ``now`` (aware; default is the present), every fact escaped."""
        clinic, now = self._clinic, now or datetime.now(UTC)
        spanish = "es" in clinic.languages
        days = str(clinic.retention_days)
        return _PAGE.substitute(
            demonstration="" if clinic.production else _DEMONSTRATION,
            name=escape(clinic.name),
            phone=escape(clinic.phone),
            days=days,
            to_spanish=_TO_SPANISH if spanish else "",
            lines="\n".join(self._lines(language, now) for language in clinic.languages),
            spanish=_SPANISH.substitute(days=days) if spanish else "",
        )

    def _lines(self, language: str, now: datetime) -> str:
        """The numbers alone: they come first on the page, and no word before them."""
        blocks = self._texts.plain_lines(None, language, now).blocks
        lines = "\n".join(_paragraph(block) for block in blocks if block["type"] != "text")
        return f'      <div lang="{language}">\n{lines}\n      </div>'


def _paragraph(block: Mapping[str, Any]) -> str:
    """A block of the card as a paragraph in which each number is a link."""
    if block["type"] == "emergency":
        words = f"{escape(block['label'])}: {_link(block['tel'], block['display'])}"
        return f"        <p><strong>{words}</strong></p>"
    if block["type"] == "line":
        ways = [_link(each[key], each["display"]) for key, each in _contacts(block)]
        if block["chat_url"]:
            ways.append(_link(block["chat_url"], block["chat_url"]))
        note = f" {escape(block['note'])}" if block["note"] else ""
        hours = f" ({escape(block['hours_label'])})." if block["hours_label"] else "."
        return f"        <p>{escape(block['name'])}: {', '.join(ways)}{hours}{note}</p>"
    return f"        <p>{escape(block['text'])}</p>"


def _contacts(block: Mapping[str, Any]) -> list[tuple[str, Mapping[str, str]]]:
    pairs = (("tel", block["phone"]), ("sms", block["text"]))
    return [(key, each) for key, each in pairs if each]


def _link(address: str, words: str) -> str:
    return f'<a href="{escape(address, quote=True)}" rel="noreferrer">{escape(words)}</a>'
