"""Parses the command line and hands over to one command; each lives in a file of its own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from holdfast.clinic import ClinicError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns its exit status: 0 well, 1 something is wrong, 2 bad input or configuration."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except ClinicError as error:
        print(error, file=sys.stderr)
        return 2
    except (KeyboardInterrupt, BrokenPipeError):
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="holdfast", description="A crisis-first chat assistant for ketamine clinics.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="start all processes in the foreground (behind make run)")
    run.set_defaults(run=_run)

    assess = commands.add_parser("assess", help="what the detector says of messages")
    assess.add_argument("--jsonl", action="store_true", required=True, help="JSON Lines in and out")
    assess.add_argument("--lexicon-only", action="store_true", help="the floor: no models")
    assess.set_defaults(run=_assess)

    ask = commands.add_parser("ask", help="messages through the whole assistant")
    ask.add_argument("--jsonl", action="store_true", required=True, help="JSON Lines in and out")
    ask.set_defaults(run=_ask)

    chat = commands.add_parser("chat", help="a terminal chat")
    chat.add_argument("--language", choices=("en", "es"), default="en")
    chat.set_defaults(run=_chat)

    lines = commands.add_parser("lines", help="the card of a country")
    lines.add_argument("country", help="ISO code such as US")
    lines.add_argument("--language", choices=("en", "es"), default="en")
    lines.set_defaults(run=_lines)

    doctor = commands.add_parser("doctor", help="check this installation end to end")
    doctor.set_defaults(run=_doctor)

    _content_parser(commands.add_parser("content", help="the texts: export them for review, sign them, see what waits"))

    telegram = commands.add_parser("telegram", help="register the Telegram bot's webhook, show it, remove it")
    actions = telegram.add_subparsers(required=True, metavar="ACTION", dest="action")
    register = actions.add_parser("register", help="have updates sent to the door")
    register.add_argument("url", help="the door's public address, such as https://chat.example.org")
    actions.add_parser("status", help="what Telegram says of the bot and its webhook")
    actions.add_parser("remove", help="have no more updates sent")
    telegram.set_defaults(run=_telegram)
    return parser


def _content_parser(content: argparse.ArgumentParser) -> None:
    actions = content.add_subparsers(required=True, metavar="ACTION", dest="action")
    export = actions.add_parser("export", help="write every text into one document for review")
    export.add_argument("--out", default="holdfast-review.html", metavar="FILE", help="where to; - for standard output")
    export.add_argument("--language", choices=("en", "es"), help="only this one")
    export.add_argument("--unsigned", action="store_true", help="only what waits for a signature")
    export.add_argument("--country", metavar="CODE", help="crisis lines of this country only, such as US")
    sign = actions.add_parser("sign", help="record that somebody has read texts and stands behind them")
    sign.add_argument("files", nargs="*", metavar="FILE", help="content file or folder, such as answers/ask_cost.yml")
    sign.add_argument("--by", required=True, metavar="NAME", help="who has read them")
    sign.add_argument("--role", required=True, help="such as psychiatrist")
    sign.add_argument("--key", action="append", help="a single text, such as answers/ask_cost or answers/ask_cost/es")
    sign.add_argument("--all", action="store_true", help="every text")
    sign.add_argument("--language", choices=("en", "es"), help="only this one")
    sign.add_argument("--on", metavar="DATE", help="the day of the signature as YYYY-MM-DD; today when left out")
    actions.add_parser("status", help="how many texts of each file are signed")
    content.set_defaults(run=_content)


def _run(options: argparse.Namespace) -> int:
    from holdfast.cli.run import run

    return run()


def _assess(options: argparse.Namespace) -> int:
    from holdfast.cli.assess import assess

    return assess(sys.stdin, sys.stdout, lexicon_only=options.lexicon_only)


def _ask(options: argparse.Namespace) -> int:
    from holdfast.cli.ask import ask

    return ask(sys.stdin, sys.stdout)


def _chat(options: argparse.Namespace) -> int:
    from holdfast.cli.chat import chat

    return chat(options.language)


def _lines(options: argparse.Namespace) -> int:
    from holdfast.cli.lines import lines

    return lines(options.country, options.language)


def _doctor(options: argparse.Namespace) -> int:
    from holdfast.cli.doctor import doctor

    return doctor()


def _content(options: argparse.Namespace) -> int:
    from holdfast.cli.content import content

    return content(options)


def _telegram(options: argparse.Namespace) -> int:
    from holdfast.cli.telegram import telegram

    return telegram(options.action, getattr(options, "url", None))
