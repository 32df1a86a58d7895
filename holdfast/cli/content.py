"""`holdfast content export | sign | status`: the texts for review, who has signed them, and what waits for it."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from holdfast.cli.content_choice import chosen, signer
from holdfast.cli.review_sources import all_texts
from holdfast.cli.signature_book import add
from holdfast.clinic import Clinic, load_clinic
from holdfast.content.card_text import WORDS
from holdfast.content.cards import render_card
from holdfast.content.directory import Directory
from holdfast.content.errors import ContentError
from holdfast.content.reading import DATA, read
from holdfast.content.review import ReviewText, changed, is_open, state_of, tally
from holdfast.content.review_page import MARK, Example, Review, review_page
from holdfast.content.types import LEVELS, CardRequest
from holdfast.content.wording import LANGUAGES, Wording
from holdfast.paths import ROOT, signatures_file
from holdfast.signatures import Signature, SignatureError

_RULES = ROOT / "docs" / "safe-messaging.md"
#: So many keys are printed one by one.
_MOST_NAMED = 12


def content(options: argparse.Namespace) -> int:
    """Runs one of the three. Returns 2 on bad input or broken files, with what to do about it."""
    try:
        match options.action:
            case "export":
                return export(options.out, options.language, options.country, only_open=options.unsigned)
            case "sign":
                return sign(options)
            case _:
                return status()
    except (ContentError, SignatureError) as error:
        print(error, file=sys.stderr)
        return 2


def export(out: str, language: str | None, country: str | None, *, only_open: bool) -> int:
    """Writes the review document to ``out`` (``-``: standard output), with the lines of one country or of all."""
    clinic, directory, wording = load_clinic(), Directory.load(), Wording.load()
    texts = _of_country(all_texts(directory, wording), country)
    languages = [language] if language else list(LANGUAGES)
    now = datetime.now(UTC)
    review = Review(
        clinic=clinic.name,
        country=clinic.country,
        made_on=now.date().isoformat(),
        languages=languages,
        texts=texts,
        signatures=wording.signatures,
        sources=wording.sources,
        rules=_rules(_RULES),
        meanings=read(DATA / "placeholders.yml", "placeholders.schema.json")["placeholders"],
        examples=_examples(clinic, languages, directory, wording, now),
        only_open=only_open,
    )
    page = review_page(review)
    if out == "-":
        sys.stdout.write(page)
        return 0
    file = Path(out)
    _write(file, page)
    shown = (text for text in review.texts if text.language in languages or (text.area == "languages" and not language))
    waiting = sum(is_open(text, wording.signatures) for text in shown)
    print(f"{file}: written. Waiting for a signature: {_texts(waiting)}. Open it in a browser; it prints as it is.")
    return 0


def sign(options: argparse.Namespace) -> int:
    """Records signatures; those that already count are left as they are."""
    by, role, on = signer(options.by, options.role, options.on, date.today())
    wording = Wording.load()
    if wording.signatures.problem:
        raise SignatureError(wording.signatures.problem)
    texts = all_texts(Directory.load(), wording)
    meant = chosen(texts, options.files, options.key or [], options.language, everything=options.all)
    new = [text for text in meant if not _has_signed(by, text, wording)]
    if new:
        add(signatures_file(), {text.key: Signature(by, role, on, text.code) for text in new})
    for text in new[:_MOST_NAMED]:
        print(f"  {text.key}  code {text.code}")
    if len(new) > _MOST_NAMED:
        print(f"  and {len(new) - _MOST_NAMED} more")
    kept = f" {_texts(len(meant) - len(new))} signed by {by} before." if len(meant) > len(new) else ""
    print(f"{_texts(len(new))} signed by {by} ({role}) on {on}.{kept}")
    if new:
        print(f"Now commit {signatures_file().name}, and restart so that the running chat knows of it.")
    return 0


def status() -> int:
    """Prints the counts of each file, and every text that was changed after its signature."""
    wording = Wording.load()
    texts, signatures = all_texts(Directory.load(), wording), wording.signatures
    print(f"{'texts':>6} {'signed':>7} {'changed':>8} {'unsigned':>9}  file")
    for file in dict.fromkeys(text.file for text in texts):
        _print_counts([text for text in texts if text.file == file], file, wording)
    _print_counts(texts, "all", wording)
    for text in changed(texts, signatures):
        print(f"\n{text.key}: {state_of(text, signatures)}. Read it again and sign it anew.")
    if gone := sorted(signatures.entries.keys() - {text.key for text in texts}):
        print(f"\nSignatures of texts that are no longer there: {', '.join(gone)}. Remove them from the file.")
    if signatures.problem:
        raise SignatureError(signatures.problem)
    return 0


def _print_counts(texts: Sequence[ReviewText], name: str, wording: Wording) -> None:
    count = tally(name, texts, wording.signatures)
    print(f"{count.texts:>6} {count.signed:>7} {count.changed:>8} {count.unsigned:>9}  {name}")


def _texts(count: int) -> str:
    return f"{count} text{'' if count == 1 else 's'}"


def _has_signed(by: str, text: ReviewText, wording: Wording) -> bool:
    given = wording.signatures.entries.get(text.key, ())
    return any(each.by == by and each.code == text.code for each in given)


def _of_country(texts: list[ReviewText], country: str | None) -> list[ReviewText]:
    """Without the lines of other countries. Raises SignatureError."""
    if country is None:
        return texts
    here = f"lines/{country.upper()}/"
    if not any(text.key.startswith(here) for text in texts):
        raise SignatureError(f"--country {country}: has no file of lines. Use an ISO code such as US, GB or MX.")
    return [text for text in texts if text.area != "lines" or text.key.startswith(here)]


def _write(file: Path, page: str) -> None:
    """Writes the document, but over nothing that is not one. Raises SignatureError."""
    try:
        if file.exists() and MARK not in file.read_text(encoding="utf-8", errors="replace")[:1000]:
            raise SignatureError(f"{file}: exists and is no review document. Choose another name with --out.")
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise SignatureError(f"{file}: cannot be written: {error.strerror}. Choose another place with --out.") from None


def _rules(file: Path) -> dict[str, str]:
    """What each id such as SM-40 says, from the table of `docs/safe-messaging.md`; empty without the file."""
    if not file.exists():
        return {}
    found = re.findall(r"^\| (SM-\d+|G\d) \| (.+?) \|", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {key: words.strip() for key, words in found}


def _examples(
    clinic: Clinic, languages: Sequence[str], directory: Directory, wording: Wording, now: datetime
) -> list[Example]:
    """Cards of the clinic's country as people would see them: by level, subject and variant, then by situation."""
    asked = [
        (
            f"Full card, {level}, about {whom}",
            {"level": level, "subject": subject, "ask_question": level != "emergency"},
        )
        for subject, whom in (("self", "the person"), ("other", "somebody else"))
        for level in LEVELS
    ]
    asked += [("Short card", {"variant": "short", "level": "crisis"}), ("Discreet link", {"variant": "link"})]
    asked += [(f"Situation: {name}", {"level": "crisis", "situations": frozenset({name})}) for name in WORDS]
    found = []
    for language in languages:
        for title, given in asked:
            request = CardRequest(
                country=clinic.country,
                language=language,
                now=now,
                notice="recorded",
                on_call_phone=clinic.on_call_phone,
                **given,  # type: ignore[arg-type]
            )
            found.append(Example(title, language, render_card(request, directory, wording).text))
    return found
