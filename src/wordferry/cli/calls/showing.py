"""Shows what a call answered: JSON for programs; tables, or one line for each field, for people."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from wordferry.cli.wording import count, plain
from wordferry.transport import HIDDEN

if TYPE_CHECKING:
    from wordferry.cli.shell import Shell

__all__ = ["show"]

#: Fields that tell most, in the order of their columns; the others follow as they are declared.
_FIRST = (
    "uid",
    "request_id",
    "update_id",
    "listener_id",
    "invocation_id",
    "support_asset_id",
    "tm_update_id",
    "code",
    "name",
    "job_name",
    "template_name",
    "user_name",
    "filename",
    "file_name",
    "event",
    "trigger_event",
    "action",
    "id",
    "url",
    "status",
    "status_code",
    "target_native_language_code",
    "job_id",
    "source_lang",
    "target_lang",
    "target_langs",
    "workflow_level",
    "workflow_step",
    "date_due",
    "date_created",
    "created",
    "created_at",
)
#: What stands for a whole object in one cell, the first that it has.
_LABELS = (
    "name",
    "template_name",
    "user_name",
    "filename",
    "status",
    "code",
    "message",
    "error_code",
    "uid",
    "id",
)
#: Secrets that a vendor sends: a screen is looked at by many, `--json` by programs.
_SECRETS = frozenset({"secret_token", "token", "csrf_token", "password", "client_secret", "secret"})
_RIGHT = frozenset({"id", "order", "size"})
#: A list of more objects than this, or of objects with more fields, is shown below and not in a cell.
_SHORT = 3
#: Between two columns.
_GAP = 3


def show(shell: Shell, result: Any, *, more: bool, place: Path | None) -> None:
    """Show the result of a call.

    Args:
        shell: how.
        result: what it answered: an object, a list of them, text, or nothing.
        more: whether a list was cut.
        place: where a file was written.
    """
    if shell.json:
        _write(_document(result))
    elif isinstance(result, str):
        sys.stdout.write(result + "\n")
    elif shell.speaks:
        _tell(shell, result, more=more, place=place)


def _document(result: Any) -> Any:
    return {"done": True} if result is None else msgspec.to_builtins(result)


def _write(value: Any) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")
    sys.stdout.flush()


def _tell(shell: Shell, result: Any, *, more: bool, place: Path | None) -> None:
    if result is None:
        shell.say("Done.")
    elif place is not None:
        from wordferry.cli.calls.files import arrived

        shell.say(arrived(place, result))
    elif isinstance(result, list | tuple):
        _tell_list(shell, result, more=more)
    else:
        _tell_object(shell, result)


def _tell_list(shell: Shell, items: Sequence[Any], *, more: bool) -> None:
    if not items:
        shell.say("There are none.")
        return
    shell.say(_table(items, shell.screen.width))
    if more:
        shell.say("", f"These are the first {len(items)}; --limit 0 shows all.")


def _tell_object(shell: Shell, thing: Any) -> None:
    from wordferry.cli.screen import row

    pairs = list(_pairs(thing))
    short = [(name, value) for name, value in pairs if not _long(value)]
    width = max((len(_words(name)) for name, _ in short), default=0)
    for name, value in short:
        shell.say(row(_words(name), cell(value), margins=(0, width + 1)))
    for name, value in pairs:
        if _long(value):
            if short:
                shell.say()
            shell.say(f"{_words(name)} ({count(len(value), 'entry', 'entries')})")
            shell.say(_table(list(value), shell.screen.width) if _objects(value) else _facts(value))
    if any(value == HIDDEN for _, value in pairs):
        # Some come once, with the answer that made them.
        shell.say("", f"What is {HIDDEN} is shown by --json only.")
    if not pairs:
        shell.say("Done; the answer was empty.")


def _facts(values: Any) -> Any:
    from wordferry.cli.screen import columns

    entries = values.items() if isinstance(values, dict) else enumerate(values, 1)
    return columns(["", ""], [[str(name), cell(value)] for name, value in entries], wide="")


def _table(items: Sequence[Any], width: int) -> Any:
    from wordferry.cli.screen import columns

    names = _ordered(items)
    rows = [[cell(dict(_pairs(item)).get(name)) for name in names] for item in items]
    widths = [max(len(_words(name)), *(len(row[place]) for row in rows)) for place, name in enumerate(names)]
    kept = _fitting(widths, width)
    heads = [_words(names[place]) for place in kept]
    longest = max(kept, key=lambda place: widths[place])
    return columns(
        heads,
        [[row[place] for place in kept] for row in rows],
        right=[_words(name) for name in names if name in _RIGHT or name.endswith("_count")],
        wide=_words(names[longest]) if sum(widths[place] + _GAP for place in kept) > width else None,
    )


def _ordered(items: Sequence[Any]) -> list[str]:
    """Names of the fields that any of the items fills, those that tell most first."""
    filled: dict[str, None] = {}
    for item in items:
        filled |= {name: None for name, value in _pairs(item) if not isinstance(value, dict)}
    return [*(name for name in _FIRST if name in filled), *(name for name in filled if name not in _FIRST)]


def _fitting(widths: Sequence[int], width: int) -> list[int]:
    """Places of the columns that fit side by side; the first two are always among them."""
    used = 0
    kept: list[int] = []
    for place, own in enumerate(widths):
        if len(kept) < 2 or used + own + _GAP <= width:
            used += own + _GAP
            kept.append(place)
    return kept


def _pairs(thing: Any) -> Iterator[tuple[str, Any]]:
    """Fields of an object that say something."""
    found: Iterator[tuple[str, Any]]
    if isinstance(thing, msgspec.Struct):
        found = ((name, _shown(name, getattr(thing, name))) for name in thing.__struct_fields__)
    elif isinstance(thing, dict):
        found = ((str(name), value) for name, value in thing.items())
    else:
        found = iter((("value", thing),))
    return ((name, value) for name, value in found if value is not None and value != () and value != {})


def _shown(name: str, value: Any) -> Any:
    return HIDDEN if value is not None and name in _SECRETS else value


def cell(value: Any) -> str:
    """A value in one cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return ", ".join(cell(one) for one in value)
    if isinstance(value, msgspec.Struct | dict):
        return _label(dict(_pairs(value)))
    return plain(value)


def _label(fields: dict[str, Any]) -> str:
    if "first_name" in fields and "last_name" in fields:
        return plain(f"{fields['first_name']} {fields['last_name']}")
    for name in _LABELS:
        if name in fields:
            return cell(fields[name])
    return ", ".join(f"{_words(name)} {cell(value)}" for name, value in list(fields.items())[:_SHORT])


def _objects(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, msgspec.Struct | dict) for one in value)


def _long(value: Any) -> bool:
    if isinstance(value, dict):
        return True
    if not isinstance(value, list | tuple):
        return False
    return len(value) > _SHORT * 4 or (_objects(value) and any(_wide(dict(_pairs(one))) for one in value))


def _wide(fields: dict[str, Any]) -> bool:
    """Whether an object is too much for a cell: it has many fields, or none that stands for it."""
    return len(fields) > _SHORT or not any(name in _LABELS for name in fields)


def _words(name: str) -> str:
    return name.replace("_", " ")
