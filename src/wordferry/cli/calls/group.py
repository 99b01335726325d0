"""The groups of commands of a vendor, made when somebody looks into them."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import typer
from typer.core import TyperGroup

from wordferry.cli.calls.vendor import Vendor

__all__ = ["group"]


def group(vendor: Vendor) -> typer.Typer:
    """The command group of a vendor: `wordferry <kind>`. Nothing of the client is imported here."""

    class Calls(_Lazy):
        def fill(self) -> dict[str, Any]:
            return {
                resource.replace("_", "-"): _resource(vendor, resource, kind)
                for resource, kind in vendor.resources().items()
            }

    return typer.Typer(
        cls=Calls,
        name=vendor.kind,
        help=vendor.help,
        epilog=(
            f"`wordferry {vendor.kind} RESOURCE --help` names its actions, "
            f"`wordferry {vendor.kind} RESOURCE ACTION --help` their options."
        ),
        no_args_is_help=True,
        rich_markup_mode=None,
        subcommand_metavar="RESOURCE ACTION [ARGS]...",
    )


def _resource(vendor: Vendor, resource: str, kind: type[Any]) -> Any:
    from wordferry.cli.calls.manual import read

    class Actions(_Lazy):
        def fill(self) -> dict[str, Any]:
            from wordferry.cli.calls.action import actions
            from wordferry.cli.calls.command import command

            return {name: command(vendor, action) for name, action in actions(resource, kind).items()}

    app = typer.Typer(
        cls=Actions,
        name=resource.replace("_", "-"),
        help=read(kind).text,
        no_args_is_help=True,
        rich_markup_mode=None,
        subcommand_metavar="ACTION [ARGS]...",
    )
    return typer.main.get_group(app)


class _Lazy(TyperGroup):
    """A group whose commands are made at the first look."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        del self.commands

    def fill(self) -> dict[str, Any]:
        """The commands by word."""
        raise AssertionError("a subclass fills the group")

    def __getattr__(self, name: str) -> Any:
        if name != "commands":
            raise AttributeError(name)
        found: MutableMapping[str, Any] = self.fill()
        self.commands = found
        return found
