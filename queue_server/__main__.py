"""The command line: ``queue-server``. One function per command; each says what it does and gives an example."""

from __future__ import annotations

import argparse
import datetime
import logging
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from . import maintenance
from .clock import Clock, wall_us
from .settings import SettingError, Settings
from .setup_formats import FORMATS

ROLES = ("admin", "manager", "clerk", "kiosk", "display", "guest")
Parser = argparse.ArgumentParser


class Mistake(Exception):
    """The user asked for something that cannot be; the text is the one clear line (exit code 2)."""


def main(argv: list[str] | None = None) -> int:
    parser = _parser()
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        run: Callable[[argparse.Namespace], int] = args.run
        return run(args)
    except (Mistake, SettingError, maintenance.Trouble) as error:
        print(f"queue-server {args.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _parser() -> Parser:
    parser = Parser(prog="queue-server", description="Youxu: queue and window management for public service halls")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _demo(_command(commands, "demo", demo, "a living hall with simulated visitors and clerks", "demo --port 8000"))
    _serve(_command(commands, "serve", serve, "run the halls of a data directory", "serve --data /var/lib/youxu"))
    item = _command(
        commands, "init", init, "create a hall, or load a new hall file", "init --data DIR --hall hall.yaml"
    )
    _data(item)
    kinds = "hall file (YAML; default: the shipped hall), or with --update a table of its services (.csv, .xlsx)"
    item.add_argument("--hall", type=Path, help=kinds)
    item.add_argument("--update", action="store_true", help="bring the file into a hall that exists already")
    item.add_argument("--hall-id", default="hall", help="the hall that a .csv or .xlsx file is for")
    item = _command(commands, "token", token, "print a new bearer token", "token --data DIR --role clerk --name li.na")
    _data(item)
    item.add_argument("--role", choices=ROLES, required=True)
    item.add_argument("--name", default="", help="who or what uses it; for a clerk the clerk's id")
    item = _command(
        commands, "simulate", simulate, "a day of the hall with dice and a pretend clock", "simulate --visitors 1800"
    )
    item.add_argument("--hall", type=Path, help="hall file (YAML); default: the shipped hall")
    item.add_argument("--visitors", type=int, default=1200)
    item.add_argument("--seed", type=int, default=1)
    item.add_argument("--counters", type=int, help="open at most this many counters")
    item = _command(commands, "backup", backup, "copy a data directory while it runs", "backup --data DIR --to COPY")
    _data(item)
    item.add_argument("--to", type=Path, required=True, help="an empty or new directory")
    item.add_argument("--without-keys", action="store_true", help="leave the vault out: personal texts stay unreadable")
    item = _command(commands, "restore", restore, "put a backup into a new directory", "restore --from COPY --data DIR")
    _data(item)
    item.add_argument("--from", dest="source", type=Path, required=True)
    item = _command(commands, "verify", verify, "check chain, projections and checkpoints", "verify --data DIR")
    _data(item)
    item = _command(
        commands, "export", export, "write the log, the visits or the catalogue",
        "export --data DIR --what catalogue --format xlsx > catalogue.xlsx",
    )  # fmt: skip
    _data(item)
    kinds = "log: JSON lines; visits: CSV; catalogue: see --format"
    item.add_argument("--what", choices=("log", "visits", "catalogue"), default="log", help=kinds)
    forms = "of the catalogue: yaml (the whole hall file), csv (services) or xlsx; bring it back with init --update"
    item.add_argument("--format", choices=FORMATS, default="yaml", help=forms)
    item.add_argument("--hall-id", default="hall")
    item = _command(commands, "erase", erase, "make the notes of one visit unreadable", "erase --data DIR --ticket Ab3xK9")
    _data(item)
    item.add_argument("--ticket", required=True, help="the ticket's id")
    item.add_argument("--hall-id", default="hall")
    item = _command(commands, "forecast", forecast, "what the hall would promise now", "forecast --data DIR")
    _data(item)
    item.add_argument("--hall-id", default="hall")
    return parser


def _command(commands: argparse._SubParsersAction[Parser], name: str, run: object, text: str, example: str) -> Parser:
    parser = commands.add_parser(
        name, help=text, description=text[0].upper() + text[1:] + ".", epilog=f"Example: queue-server {example}"
    )
    parser.set_defaults(run=run)
    return parser


def _data(parser: Parser) -> None:
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="data directory")


def _demo(parser: Parser) -> None:
    parser.add_argument("--host", default="0.0.0.0")
    parser.add_argument("--port", type=_port, default=8000)
    parser.add_argument("--speed", type=_speed, default=1.0, help="hall seconds per second (1-600)")
    parser.add_argument("--seed", type=int, default=7)


def _serve(parser: Parser) -> None:
    _data(parser)
    parser.add_argument("--host", default="0.0.0.0")
    parser.add_argument("--port", type=_port, default=8000)
    parser.add_argument("--always-open", action="store_true", help="ignore opening hours, for trials")
    parser.add_argument("--trial-speed", type=_speed, default=1.0, help="hall seconds per second, for trials")
    parser.add_argument("--trial-start", type=_instant, default=None, metavar="ISO", help="hall time to begin at")


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port (1-65535)")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 < speed <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no speed (above 0, at most 10000)")
    return speed


def _instant(text: str) -> int:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no ISO time such as 2026-11-24T09:00+08:00") from None
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} lacks its offset from UTC, such as +08:00")
    return int(moment.timestamp() * 1_000_000)


# ------------------------------------------------------------------ the commands


def serve(args: argparse.Namespace) -> int:
    from .serving import run

    settings = Settings()
    _make_directory(args.data)
    clock = Clock(args.trial_speed, args.trial_start)
    maintenance.ensure_hall(args.data, clock.now())
    return run(settings, args.data, clock, (args.host, args.port), always_open=args.always_open)


def demo(args: argparse.Namespace) -> int:
    from .serving import run_demo

    with tempfile.TemporaryDirectory(prefix="youxu-demo-") as folder:
        return run_demo(Settings(), Path(folder), host=args.host, port=args.port, speed=args.speed, seed=args.seed)


def init(args: argparse.Namespace) -> int:
    if args.hall is not None and args.hall.suffix.lower() in (".csv", ".xlsx"):
        return _init_tables(args)
    text = maintenance.read_hall_file(args.hall)
    _make_directory(args.data)
    hall, created = maintenance.init_hall(args.data, text, update=args.update)
    print(f"hall {hall} {'created' if created else 'updated'} in {args.data}")
    return 0


def _init_tables(args: argparse.Namespace) -> int:
    if not args.update:
        raise Mistake("a table holds no whole hall: use --update on a hall that exists")
    maintenance.import_tables(_must_exist(args.data), args.hall_id, args.hall)
    print(f"hall {args.hall_id} updated in {args.data}")
    return 0


def token(args: argparse.Namespace) -> int:
    if len(args.name) > 64 or (args.name and not args.name.isprintable()):
        raise Mistake("--name takes 1 to 64 printable characters")
    _make_directory(args.data)
    print(maintenance.new_token(args.data, args.role, args.name, wall_us()))
    return 0


def simulate(args: argparse.Namespace) -> int:
    from .simulate import report

    if args.visitors < 0 or args.visitors > 100_000:
        raise Mistake("--visitors takes 0 to 100000")
    print(report(maintenance.read_hall_file(args.hall), args.visitors, args.seed, args.counters))
    return 0


def backup(args: argparse.Namespace) -> int:
    maintenance.backup(_must_exist(args.data), args.to, with_keys=not args.without_keys)
    print(f"copied to {args.to}")
    return 0


def restore(args: argparse.Namespace) -> int:
    maintenance.restore(_must_exist(args.source), args.data)
    print(f"restored into {args.data}")
    return 0


def verify(args: argparse.Namespace) -> int:
    problems = maintenance.verify(_must_exist(args.data))
    for problem in problems:
        print(problem)
    if not problems:
        print("ok: chain, projections and checkpoints agree")
    return 1 if problems else 0


def export(args: argparse.Namespace) -> int:
    if args.what == "catalogue":
        sys.stdout.buffer.write(maintenance.export_catalogue(_must_exist(args.data), args.hall_id, args.format))
    else:
        maintenance.export(_must_exist(args.data), args.hall_id, args.what, sys.stdout)
    return 0


def erase(args: argparse.Namespace) -> int:
    found = maintenance.erase(_must_exist(args.data), args.hall_id, args.ticket)
    print("erased" if found else "nothing of this visit was sealed")
    return 0


def forecast(args: argparse.Namespace) -> int:
    print(maintenance.forecast(_must_exist(args.data), args.hall_id))
    return 0


def _must_exist(path: Path) -> Path:
    if not path.is_dir():
        raise Mistake(f"{path} is no directory")
    return path


def _make_directory(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Mistake(f"cannot create {path}: {error.strerror}") from None


if __name__ == "__main__":
    sys.exit(main())
