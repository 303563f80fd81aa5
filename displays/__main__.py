"""``python -m displays``: a display without a screen, for a small box with a loudspeaker in a zone."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shlex
import signal
import sys

from .speaker import Followed, Speaker
from .speaker_sound import PLAYERS, NoSound, OwnVoice, Player, ServerClips, Sound, find_player


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m displays",
        description="Prints the calls of a zone as lines, plays their sound, and reports what was shown and spoken.",
        epilog="example: python -m displays --url http://hall-box:8000 --zone A --token-file /etc/youxu/token",
    )
    made.add_argument("--url", default="http://localhost:8000", help="address of the server (%(default)s)")
    made.add_argument("--hall", default="hall", help="id of the hall (%(default)s)")
    made.add_argument("--zone", help="id of the zone; without it, the whole hall")
    made.add_argument("--token", default=os.environ.get("YOUXU_TOKEN", ""), help="display token; or set YOUXU_TOKEN")
    made.add_argument("--token-file", help="file that holds the token: it is then not seen in the list of processes")
    made.add_argument("--name", default="speaker", help="what the manager sees this box as (%(default)s)")
    made.add_argument(
        "--sound", choices=("server", "pyttsx3", "none"), default="server",
        help="play the server's clips, speak here with pyttsx3, or only print (%(default)s)",
    )  # fmt: skip
    made.add_argument(
        "--player", help=f"command that plays a WAV file; default: the first found of {', '.join(PLAYERS)}"
    )
    made.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the lines (%(default)s)")
    return made


def main(argv: list[str] | None = None) -> int:
    args = parser().parse_args(argv)
    try:
        token = _token(args)
        sound = _sound(args, token)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"python -m displays: {error}\n")
        return 2
    speaker = Speaker(Followed(args.url, args.hall, args.zone, args.name), token, sound, lang=args.lang, out=_line)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(speaker))
    return 0


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _token(args: argparse.Namespace) -> str:
    if not args.url.startswith(("http://", "https://")):
        raise ValueError("--url must begin with http:// or https://")
    if not args.token_file:
        return str(args.token)
    with open(args.token_file, encoding="utf-8") as file:
        return file.read().strip()


def _sound(args: argparse.Namespace, token: str) -> Sound:
    """Raises ValueError when nothing here can play a file."""
    if args.sound == "none":
        return NoSound()
    command = shlex.split(args.player) if args.player else find_player()
    if not command:
        raise ValueError(f"no player found ({', '.join(PLAYERS)}); install alsa-utils, or use --player or --sound none")
    player = Player(command)
    return OwnVoice(player) if args.sound == "pyttsx3" else ServerClips(player, args.url, token)


async def _run(speaker: Speaker) -> None:
    """Until the service manager says stop."""
    task = asyncio.current_task()
    assert task is not None, "asyncio.run made one"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await speaker.run()


if __name__ == "__main__":
    sys.exit(main())
