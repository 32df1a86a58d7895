"""Starts the desk: `python -m desk` serves, `python -m desk setup` makes the first administrator."""

from __future__ import annotations

import argparse
import signal
import sys

from desk import configuration
from desk.start import first_administrator, prepare


def main() -> int:
    """Runs until SIGTERM or SIGINT. Returns 2 on bad configuration, 1 when something must be done first."""
    parser = argparse.ArgumentParser(prog="python -m desk", description="The staff application.")
    parser.add_argument("command", nargs="?", choices=("serve", "setup"), default="serve")
    parser.add_argument("--reset", metavar="NAME", help="with setup: a new one-time password for this account")
    arguments = parser.parse_args()
    if code := prepare():
        return code
    return _setup(arguments.reset) if arguments.command == "setup" else _serve()


def _setup(reset: str | None) -> int:
    try:
        made = first_administrator(reset)
    except LookupError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(f"Desk: {configuration.public_url()}/")  # noqa: T201
    if made is None:
        print("There are accounts already. A new one-time password: python -m desk setup --reset NAME")  # noqa: T201
    else:
        name, password = made
        print(f"User name: {name}")  # noqa: T201
        print(f"One-time password: {password}")  # noqa: T201
        print("It is shown only now. Signing in leads through the second factor and your own password.")  # noqa: T201
    return 0


def _serve() -> int:
    import uvicorn  # noqa: PLC0415

    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises again what it caught; a wanted end is status 0
        signal.signal(number, lambda *_: None)
    # No access log: addresses of invitations and alerts carry their keys.
    uvicorn.run(
        "desk.asgi:application",
        host=configuration.host(),
        port=configuration.port(),
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
