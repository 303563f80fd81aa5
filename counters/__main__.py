"""``python -m counters``: the clerk's desk in a terminal, for thin machines and over SSH."""

from __future__ import annotations

import argparse
import os
import sys

from .terminal import DeskTerminal
from .terminal_link import Link


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m counters",
        description="The clerk's desk in a terminal: the same work, the same keys as the page (docs/desk-keys.md).",
        epilog="example: python -m counters --url http://hall-box:8000 --hall hall --counter 3 --token-file ~/.youxu",
    )
    made.add_argument("--url", default="http://localhost:8000", help="address of the server (%(default)s)")
    made.add_argument("--hall", default="hall", help="id of the hall (%(default)s)")
    made.add_argument("--counter", required=True, help="id of the counter, for example 3")
    made.add_argument("--token", default=os.environ.get("YOUXU_TOKEN", ""), help="bearer token; or set YOUXU_TOKEN")
    made.add_argument("--token-file", help="file that holds the token: it is then not seen in the list of processes")
    made.add_argument("--lang", choices=("zh", "en"), default="zh", help="language (%(default)s)")
    made.add_argument("--clerk", help="who sits here, when a manager opens the counter for somebody")
    made.add_argument("--take-over", action="store_true", help="take the counter over at the start")
    return made


def main(argv: list[str] | None = None) -> int:
    args = parser().parse_args(argv)
    token = args.token
    if args.token_file:
        try:
            with open(os.path.expanduser(args.token_file), encoding="utf-8") as file:
                token = file.read().strip()
        except OSError as error:
            sys.stderr.write(f"python -m counters: cannot read the token: {error}\n")
            return 2
    if not args.url.startswith(("http://", "https://")):
        sys.stderr.write("python -m counters: --url must begin with http:// or https://\n")
        return 2
    link = Link(args.url, args.hall, args.counter, token, args.lang)
    DeskTerminal(link, clerk=args.clerk, take_over=args.take_over).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
