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
        lines = "\n".join(self._paragraph(block, language) for block in blocks if block["type"] != "text")
        return f'      <div lang="{language}">\n{lines}\n      </div>'

    def _paragraph(self, block: Mapping[str, Any], language: str) -> str:
        """A block of the card as a paragraph in which each way of contact is a link."""
        if block["type"] == "emergency":
            words = f"{escape(block['label'])}: {_link(block['tel'], block['display'])}"
            return f"        <p><strong>{words}</strong></p>"
        if block["type"] != "line":
            return f"        <p>{escape(block['text'])}</p>"
        phone, text, chat = block["phone"], block["text"], block["chat_url"]
        ways = [
            *([("label.call", phone["tel"], phone["display"])] if phone else []),
            *([("label.text", text["sms"], text["display"])] if text else []),
            *([("label.chat", chat, chat)] if chat else []),
        ]
        links = [_link(address, self._texts.label(key, language, number=shown)) for key, address, shown in ways]
        hours = f" ({escape(block['hours_label'])})" if block["hours_label"] else ""
        note = f" {escape(block['note'])}" if block["note"] else ""
        return f"        <p>{escape(block['name'])}: {', '.join(links)}{hours}.{note}</p>"


def _link(address: str, words: str) -> str:
    return f'<a href="{escape(address, quote=True)}" rel="noreferrer">{escape(words)}</a>'
