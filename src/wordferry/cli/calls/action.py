"""The actions of a resource: which methods become commands, and what kind of value each parameter takes."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from wordferry.cli.calls.manual import Manual, read
from wordferry.transport import File, Stream, Writable

__all__ = ["Action", "Form", "Parameter", "actions", "dashed"]


class Form(Enum):
    """How a value is given on a command line."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    FLAG = "flag"
    REFERENCE = "reference to a secret"
    DATE = "date"
    JSON = "JSON"
    FILE = "a file that is sent"
    FILES = "files that are sent"
    SINK = "where a file is written"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a call.

    Args:
        name: as the method has it.
        form: see `Form`.
        kind: its type, for values given as JSON.
        many: whether it may be repeated.
        required: whether it has no default.
        default: the method's own.
        positional: whether it stands without an option.
        choices: the only words allowed; any when empty.
        help: one sentence.
    """

    name: str
    form: Form
    kind: Any
    many: bool
    required: bool
    default: Any
    positional: bool
    choices: tuple[str, ...]
    help: str

    @property
    def option(self) -> str:
        """What it is called on the command line."""
        return "--output" if self.form is Form.SINK else f"--{dashed(self.name)}"


@dataclass(frozen=True, kw_only=True)
class Action:
    """One call of a resource.

    Args:
        resource: the client's attribute.
        name: the resource's method.
        manual: its docstring.
        parameters: in order.
        listing: whether it iterates over items.
    """

    resource: str
    name: str
    manual: Manual
    parameters: tuple[Parameter, ...]
    listing: bool

    @property
    def command(self) -> str:
        """The word of the command."""
        return dashed(self.name)


class _Nowhere:
    """Stands in for a client's way to the network: methods are looked at, not called."""

    run = stream = None


def actions(resource: str, kind: type[Any]) -> dict[str, Action]:
    """The actions of a resource by command word, in the order in which the class names them.

    Args:
        resource: the client's attribute.
        kind: its class.
    """
    looked_at = object.__new__(kind)
    looked_at.calls = _Nowhere()
    found: dict[str, Action] = {}
    for name, value in vars(kind).items():
        if name.startswith("_") or not (inspect.isfunction(value) or hasattr(type(value), "__get__")):
            continue
        method = getattr(looked_at, name)
        if callable(method) and (action := _action(resource, name, method)) is not None:
            found[action.command] = action
    return found


def _action(resource: str, name: str, method: Callable[..., Any]) -> Action | None:
    own = getattr(method, "__func__", method)
    bare = inspect.unwrap(own)
    hints = get_type_hints(bare)
    signature = inspect.signature(method)
    result = signature.return_annotation
    result = hints.get("return") if isinstance(result, str) else result
    kind = get_origin(result) or result
    if kind is AbstractAsyncContextManager:
        return None  # a body piece by piece: the same as a download, for programs
    manual = read(bare)
    parameters = tuple(
        _parameter(part, hints.get(part.name, part.annotation), manual)
        for part in signature.parameters.values()
    )
    return Action(
        resource=resource,
        name=name,
        manual=manual,
        parameters=_named_after_file(parameters),
        listing=kind is AsyncIterator,
    )


def _parameter(part: inspect.Parameter, hint: Any, manual: Manual) -> Parameter:
    form, many, choices, kind = _form(hint)
    if form is Form.TEXT and part.name in _SECRETS:
        # Whoever lists the processes of a machine sees what was typed.
        form = Form.REFERENCE
    required = part.default is part.empty
    return Parameter(
        name=part.name,
        form=form,
        kind=kind,
        many=many,
        required=required,
        default=None if required else part.default,
        positional=part.kind is not part.KEYWORD_ONLY and required and form in _STANDING,
        choices=choices,
        help=manual.arguments.get(part.name) or f"The {part.name.replace('_', ' ')}.",
    )


def _named_after_file(parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """A file that is sent has a name already."""
    if sum(one.form is Form.FILE for one in parameters) != 1:
        return parameters
    return tuple(replace(one, required=False) if one.name == "filename" else one for one in parameters)


_PLAIN: dict[Any, Form] = {
    str: Form.TEXT,
    int: Form.WHOLE,
    float: Form.NUMBER,
    bool: Form.FLAG,
    datetime: Form.DATE,
    Writable: Form.SINK,
}
_SECRETS = frozenset({"password", "token", "secret_token", "client_secret", "connector_token"})
_STANDING = (Form.TEXT, Form.WHOLE, Form.FILES)
_SENT = (File, Stream, Path)
_REPEATED = (Form.TEXT, Form.WHOLE, Form.NUMBER, Form.DATE)


def _form(hint: Any) -> tuple[Form, bool, tuple[str, ...], Any]:
    """Form, whether it may be repeated, allowed words, and the type without None."""
    options = [one for one in _options(hint) if one is not NoneType]
    if any(one in _SENT for one in options):
        return Form.FILE, False, (), hint
    if date in options and datetime in options:
        return Form.DATE, False, (), date
    # Where there are several ways to say the same (a list or a tuple), the first one will do.
    kind = options[0]
    if kind in _PLAIN:
        return _PLAIN[kind], False, (), kind
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return Form.TEXT, False, tuple(str(one) for one in inner), kind
    if origin in (list, tuple, Sequence) and inner:
        form, _, choices, one = _form(inner[0])
        if form in _REPEATED:
            return form, True, choices, one
    if origin is Mapping and _form(inner[1])[0] is Form.FILE:
        return Form.FILES, True, (), kind
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Form.TEXT, False, tuple(str(one.value) for one in kind), kind
    return Form.JSON, False, (), kind


def _options(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def dashed(name: str) -> str:
    """A name of Python as a word of the command line."""
    return name.strip("_").replace("_", "-")
