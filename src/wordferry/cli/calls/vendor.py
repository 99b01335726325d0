"""What a vendor says about itself so that its client's calls become commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Setting", "Vendor"]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting of a connection that may be given on the command line, or by the environment.

    Args:
        name: the field of the connection's settings; the option is the same with dashes.
        variable: the environment variable that stands in for the option.
        help: one sentence.
        default: taken when neither is given. Only for references to secrets: an address is never guessed.
    """

    name: str
    variable: str
    help: str
    default: str | None = None


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """A vendor whose calls are commands.

    Args:
        kind: the word after `wordferry`, and the `kind` of its connections in `wordferry.toml`.
        title: the vendor's name for people.
        help: the sentence in the overview of all commands.
        settings: what is needed to connect without a configuration.
        resources: imports the client and names its resources: attribute of the client → class.
        connect: makes the client from its settings (the Struct of `[tms.NAME]`) and `ports.registry.Surroundings`.
            The client is an asynchronous context manager.
    """

    kind: str
    title: str
    help: str
    settings: tuple[Setting, ...]
    resources: Callable[[], Mapping[str, type[Any]]]
    connect: Callable[[Any, Any], Any]
