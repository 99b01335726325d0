"""From what a person types to the value that a call takes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import typer

from wordferry.cli.calls.action import Form, Parameter

__all__ = ["value"]

#: Letters of a date without a time: 2026-11-21.
_DAY = 10


def value(parameter: Parameter, typed: Any) -> Any:
    """The value of a parameter that is neither a file nor the place for one.

    Args:
        parameter: what is wanted.
        typed: as the command line gave it: text, a number, a truth, or a list of them.

    Raises:
        typer.BadParameter: it cannot be read as that; the sentence says how to write it.
    """
    if parameter.many:
        return [_one(parameter, one) for one in typed]
    return _one(parameter, typed)


def _one(parameter: Parameter, typed: Any) -> Any:
    if parameter.choices and typed not in parameter.choices:
        raise _wrong(parameter, f"{typed!r} is none of {', '.join(parameter.choices)}")
    if parameter.form is Form.REFERENCE:
        return _secret(parameter, typed)
    if parameter.form is Form.DATE:
        return _date(parameter, typed)
    if parameter.form is Form.JSON:
        return _json(parameter, typed)
    return typed


def _secret(parameter: Parameter, typed: str) -> str:
    from wordferry.configuration import resolve_secret
    from wordferry.errors import NeedsOperator

    if not typed.startswith(("env:", "file:", "keyring:")):
        raise _wrong(parameter, "a secret is not typed; write env:NAME, file:PATH or keyring:SERVICE/USER")
    try:
        return resolve_secret(typed, folder=Path())
    except NeedsOperator as error:
        raise _wrong(parameter, f"{error.object}: {error.what.rstrip('.')}") from None


def _date(parameter: Parameter, typed: str) -> datetime | date:
    try:
        if parameter.kind is date and len(typed) == _DAY:
            return date.fromisoformat(typed)
        moment = datetime.fromisoformat(typed)
    except ValueError:
        raise _wrong(parameter, f"{typed!r} is no date; write 2026-11-21T10:15Z") from None
    if moment.tzinfo is None:
        raise _wrong(parameter, f"{typed!r} has no time zone; write {moment.isoformat()}Z or …+01:00")
    return moment


def _json(parameter: Parameter, typed: str) -> Any:
    text = _text(parameter, typed)
    try:
        return msgspec.json.decode(text, type=_concrete(parameter.kind))
    except msgspec.ValidationError as error:
        raise _wrong(parameter, f"its JSON does not fit: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong(parameter, f"it is not JSON: {error}") from None


def _text(parameter: Parameter, typed: str) -> bytes:
    if typed == "-":
        return sys.stdin.buffer.read()
    if not typed.startswith("@"):
        return typed.encode(errors="surrogateescape")
    try:
        return Path(typed[1:]).read_bytes()
    except OSError as error:
        raise _wrong(parameter, f"{typed[1:]} cannot be read: {error.strerror}") from None


def _concrete(kind: Any) -> Any:
    # msgspec decodes abstract collections, too; only a bare `Mapping` of anything needs to be said plainly.
    return dict[str, Any] if kind is Mapping else kind


def _wrong(parameter: Parameter, what: str) -> typer.BadParameter:
    return typer.BadParameter(f"{what}.", param_hint=f"'{parameter.option}'")
