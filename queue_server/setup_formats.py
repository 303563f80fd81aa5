"""A hall's catalogue as a file of one of three kinds, and back: for the API, the page and the command line alike.

``yaml`` is the whole hall file; ``csv`` has the services, ``xlsx`` five sheets, and both leave the rest of the hall as it is.
"""

from __future__ import annotations

from typing import Literal

from .core.catalogue import Setup
from .setup_csv import from_csv, to_csv
from .setup_export import to_yaml
from .setup_file import SetupError, load_setup
from .setup_tree import make_problem, quote
from .setup_xlsx import from_xlsx, to_xlsx

Format = Literal["yaml", "csv", "xlsx"]
FORMATS: tuple[Format, ...] = ("yaml", "csv", "xlsx")


def exported(setup: Setup, form: Format) -> bytes:
    if form == "xlsx":
        return to_xlsx(setup)
    return (to_csv(setup) if form == "csv" else to_yaml(setup)).encode()


def imported(raw: bytes, form: Format, setup: Setup) -> tuple[Setup, str]:
    """The set-up that a file makes of the present one, and its text as a hall file. Raises :class:`SetupError`."""
    if form == "yaml":
        return _hall_file(raw, setup)
    new = (from_csv if form == "csv" else from_xlsx)(raw, setup)
    text = to_yaml(new)
    return load_setup(text), text


def _hall_file(raw: bytes, setup: Setup) -> tuple[Setup, str]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SetupError([make_problem("not-text-file")]) from None
    new = load_setup(text)
    if new.id != setup.id:
        raise SetupError([make_problem("wrong-hall", (1, 1), ("id",), text=quote(new.id), hall=quote(setup.id))])
    return new, text
