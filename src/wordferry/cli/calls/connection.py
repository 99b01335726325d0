"""Which account a call goes to: a connection of `wordferry.toml`, or options and the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from wordferry.cli.calls.vendor import Vendor
from wordferry.errors import NeedsOperator

if TYPE_CHECKING:
    from wordferry.cli.shell import Shell
    from wordferry.configuration import Configuration

__all__ = ["client"]


def client(vendor: Vendor, shell: Shell, *, connection: str | None, given: dict[str, str | None]) -> Any:
    """The vendor's client.

    A named connection wins, then options, then the environment, then the one connection of the configuration.

    Args:
        vendor: whose.
        shell: says where `wordferry.toml` lies.
        connection: name of a `[tms.NAME]`.
        given: setting → what its option said.

    Raises:
        NeedsOperator: no account is named, or several could be meant.
    """
    from wordferry import observe
    from wordferry.cli.shell import debugging

    if connection is None:
        said = {one.name: given.get(one.name) or os.environ.get(one.variable) for one in vendor.settings}
        if any(said[one.name] for one in vendor.settings if one.default is None):
            observe.configure(level="debug" if debugging() else "error")
            return _directly(vendor, shell, said)
    return _configured(vendor, shell, connection)


def _directly(vendor: Vendor, shell: Shell, said: dict[str, str | None]) -> Any:
    from wordferry.ports.registry import find

    values = {one.name: said[one.name] or one.default for one in vendor.settings}
    missing = [one for one in vendor.settings if not values[one.name]]
    if missing:
        one = missing[0]
        raise NeedsOperator(
            f"--{one.name.replace('_', '-')} is missing.",
            object=f"the account at {vendor.title}",
            next=f"Give it, or set {one.variable}, or name a connection of wordferry.toml with --connection.",
        )
    settings = msgspec.convert(values, find("tms", vendor.kind).settings)
    return vendor.connect(settings, _surroundings(shell.directory))


def _configured(vendor: Vendor, shell: Shell, connection: str | None) -> Any:
    options = " and ".join(
        f"--{one.name.replace('_', '-')}" for one in vendor.settings if one.default is None
    )
    if (
        connection is None
        and not (shell.directory / "wordferry.toml").is_file()
        and not shell.directory.is_file()
    ):
        raise NeedsOperator(
            "no account is named, and there is no wordferry.toml here.",
            object=f"the account at {vendor.title}",
            next=f"Give {options}, or go where a wordferry.toml lies (-C DIR).",
        )
    configuration = shell.configuration()
    name = connection or _only(vendor, configuration)
    part = configuration.connections.get(name)
    if part is None or part.plugin.kind != vendor.kind:
        raise NeedsOperator(
            f"there is no connection of that name to {vendor.title}.",
            object=f"[tms.{name}]",
            next=_names(vendor, configuration),
        )
    return vendor.connect(part.settings, _surroundings(configuration.folder))


def _only(vendor: Vendor, configuration: Configuration) -> str:
    names = _of_kind(vendor, configuration)
    if len(names) != 1:
        raise NeedsOperator(
            f"it has {len(names) or 'no'} connections to {vendor.title}.",
            object=str(configuration.path),
            next=f"Name one with --connection. {_names(vendor, configuration)}",
        )
    return names[0]


def _names(vendor: Vendor, configuration: Configuration) -> str:
    names = _of_kind(vendor, configuration)
    return f"There are: {', '.join(names)}." if names else "There are none."


def _of_kind(vendor: Vendor, configuration: Configuration) -> list[str]:
    found = configuration.connections.items()
    return sorted(name for name, part in found if part.plugin.kind == vendor.kind)


def _surroundings(folder: Path) -> Any:
    from wordferry.configuration import resolve_secret
    from wordferry.ports.registry import Surroundings

    return Surroundings(
        folder=folder,
        installation="",
        secret=lambda reference: resolve_secret(reference, folder=folder),
    )
