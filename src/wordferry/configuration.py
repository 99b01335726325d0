"""Reads `wordferry.toml`: checked values, secrets by reference, one clear sentence per mistake."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from wordferry.errors import NeedsOperator
from wordferry.model.locales import LocaleMap
from wordferry.model.route import Route, Watching
from wordferry.model.variants import Must, demands
from wordferry.ports.registry import Plugin, find

if TYPE_CHECKING:
    from wordferry.ledger.seal import Seal

__all__ = ["Configuration", "General", "load", "resolve_secret"]

FILE = "wordferry.toml"


class General(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[wordferry]`.

    Attributes:
        database: `sqlite:///path` or `postgresql://…`.
        blobs: folder or object-store URL for sources and downloads.
        public_url: where vendors reach our receivers; absent means polling only.
        secret_key: reference to the key that encrypts vendors' secrets and signs callback addresses: 32 characters at
            least. Needed when vendors are to reach us.
        old_secret_keys: references to earlier keys, still good for reading.
        log_format: `console` or `json`.
        log_level: `debug`, `info`, `warning` or `error`.
        dead_after: seconds without a heartbeat until another worker's work is taken over (PostgreSQL); 1 at least.
    """

    database: str = "sqlite:///.wordferry/ledger.db"
    blobs: str = ".wordferry/blobs"
    public_url: Annotated[str, msgspec.Meta(pattern="^https?://[^/]+")] | None = None
    secret_key: str | None = None
    old_secret_keys: tuple[str, ...] = ()
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    dead_after: Annotated[float, msgspec.Meta(ge=1)] = 60.0


class Token(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table `[web.tokens.NAME]`: who may call our endpoints.

    Attributes:
        secret: reference to the token.
        scopes: what it is good for: `push` hands in translated files; `content` lists and fetches the items of all
            routes, `content:ROUTE` those of one.
    """

    secret: str
    scopes: tuple[str, ...] = ()


class Web(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[web]`: what listens.

    Attributes:
        listen: address and port; loopback, because a reverse proxy belongs in front.
        enabled: whether `wordferry serve` listens; when left out, it does as soon as `public_url` or a token is set.
        proxies: reverse proxies of ours in front, each of which adds an address to `X-Forwarded-For`.
        max_body: bytes of the largest webhook or callback.
        max_push: bytes of the largest pushed file.
        tokens: who may call our own endpoints, by name.
    """

    listen: str = "127.0.0.1:8925"
    enabled: bool | None = None
    proxies: Annotated[int, msgspec.Meta(ge=0)] = 0
    max_body: Annotated[int, msgspec.Meta(ge=1024)] = 1024**2
    max_push: Annotated[int, msgspec.Meta(ge=1024)] = 1024**3
    tokens: dict[str, Token] = {}


class _RouteTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    content: str
    tms: str
    variant: Literal["canonical", "live", "continuous"] = "canonical"
    on: dict[str, dict[str, Any]] = {}
    watch: Watching = Watching()


class Part(msgspec.Struct, frozen=True):
    """One `[content.…]` or `[tms.…]` table: its plugin and its checked settings."""

    plugin: Plugin
    settings: Any


class Configuration(msgspec.Struct, frozen=True):
    """Everything `wordferry.toml` says.

    Attributes:
        path: the file.
        general: `[wordferry]`.
        contents: content systems by name.
        connections: TMS connections by name.
        routes: routes by name.
        web: `[web]`.
    """

    path: Path
    general: General
    contents: dict[str, Part]
    connections: dict[str, Part]
    routes: dict[str, Route]
    web: Web = Web()

    @property
    def routes_by_connection(self) -> dict[str, list[str]]:
        """Connection → names of the routes that go there."""
        found: dict[str, list[str]] = {}
        for name, route in self.routes.items():
            found.setdefault(route.connection, []).append(name)
        return found

    def seal(self) -> Seal | None:
        """What encrypts and signs; None when no key is configured.

        Raises:
            NeedsOperator: vendors shall reach us and there is no key, or the key is of no use.
        """
        general = self.general
        if general.secret_key is None:
            if general.public_url is not None:
                raise NeedsOperator(
                    "vendors are to reach us, and there is no key to sign and encrypt with.",
                    object="[wordferry] secret_key",
                    next='Make one with `openssl rand -hex 32` and set secret_key = "env:WORDFERRY_SECRET_KEY".',
                )
            return None
        from wordferry.ledger.seal import Seal

        references = (general.secret_key, *general.old_secret_keys)
        return Seal([resolve_secret(reference, folder=self.folder) for reference in references])

    @property
    def listens(self) -> bool:
        """Whether `serve` starts the receivers."""
        if self.web.enabled is not None:
            return self.web.enabled
        return self.general.public_url is not None or bool(self.web.tokens)

    @property
    def folder(self) -> Path:
        """Where relative paths start."""
        return self.path.parent


def load(path: Path | None = None) -> Configuration:
    """Read the configuration.

    Args:
        path: the file, or the folder it lies in; the current folder when left out.

    Raises:
        NeedsOperator: the file is missing, is not TOML, or says something impossible.
    """
    path = (path or Path(FILE)).absolute()
    if path.is_dir():
        path = path / FILE
    tables = _read(path)
    unknown = sorted(set(tables) - {"wordferry", "content", "tms", "route", "web"})
    if unknown:
        raise _wrong(
            f"[{unknown[0]}]", "there is no such table.", "Tables are wordferry, content, tms, route and web."
        )
    general = _convert(tables.get("wordferry", {}), General, "[wordferry]")
    for reference in (general.secret_key, *general.old_secret_keys):
        if reference is not None:
            _check_reference(reference, "[wordferry] secret_key")
    web = _convert(tables.get("web", {}), Web, "[web]")
    contents = {name: _part("content", name, table) for name, table in _group(tables, "content").items()}
    connections = {name: _part("tms", name, table) for name, table in _group(tables, "tms").items()}
    routes = {
        name: _route(name, table, contents, connections) for name, table in _group(tables, "route").items()
    }
    for name, token in web.tokens.items():
        _check_token(token, routes, f"[web.tokens.{name}]")
    return Configuration(path, general, contents, connections, routes, web)


def _read(path: Path) -> dict[str, Any]:
    try:
        # Some editors put a byte order mark in front, which TOML does not know.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise NeedsOperator(
            "there is no configuration here.", object=str(path), next="Make one with `wordferry init`."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NeedsOperator(
            f"it is not valid TOML: {error}.", object=str(path), next="Correct that place."
        ) from error
    except OSError as error:
        raise NeedsOperator(f"it cannot be read: {error.strerror}.", object=str(path)) from error


def _group(tables: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    group = tables.get(name, {})
    if not isinstance(group, dict) or not all(isinstance(table, dict) for table in group.values()):
        raise _wrong(f"[{name}]", "it has to hold named tables.", f"Write [{name}.NAME].")
    return group


def _part(role: str, name: str, table: dict[str, Any]) -> Part:
    where = f"[{role}.{name}]"
    kind = table.get("kind")
    if not isinstance(kind, str):
        raise _wrong(where, "it has no `kind`.", 'Add kind = "…".')
    plugin = find(role, kind)
    settings = _convert({key: value for key, value in table.items() if key != "kind"}, plugin.settings, where)
    for secret in plugin.secrets:
        reference = getattr(settings, secret)
        if reference is not None:
            _check_reference(str(reference), f"{where} {secret}")
    return Part(plugin, settings)


def _route(
    name: str, table: dict[str, Any], contents: dict[str, Part], connections: dict[str, Part]
) -> Route:
    where = f"[route.{name}]"
    route = _convert(table, _RouteTable, where)
    if route.content not in contents:
        raise _wrong(where, f"there is no [content.{route.content}].", _known(contents))
    if route.tms not in connections:
        raise _wrong(where, f"there is no [tms.{route.tms}].", _known(connections))
    for other in route.on:
        if other not in connections:
            raise _wrong(f"[route.{name}.on.{other}]", f"there is no [tms.{other}].", _known(connections))
    mine = f"[route.{name}.on.{route.tms}]"
    if route.tms not in route.on:
        raise _wrong(where, f"it says nothing about {route.tms!r}.", f"Add {mine}.")
    plugin = connections[route.tms].plugin
    assert plugin.route is not None, f"the TMS kind {plugin.kind!r} declares no route settings"
    settings = _convert(_with_musts(route.on[route.tms], plugin.route, route.variant), plugin.route, mine)
    locales = LocaleMap(settings.locales, where=f"{mine} locales")
    if not len(locales):
        raise _wrong(f"{mine} locales", "it is empty.", 'Write locales = { de = "de" }.')
    source = settings.source_locale or contents[route.content].settings.source_locale
    return Route(
        name=name,
        content=route.content,
        connection=route.tms,
        variant=route.variant,
        watch=route.watch,
        settings=msgspec.to_builtins(settings),
        locales=locales,
        source_locale=source,
    )


#: What a scope may begin with → whether it may name a route.
SCOPES = {"push": False, "content": True}


def _check_token(token: Token, routes: dict[str, Route], where: str) -> None:
    _check_reference(token.secret, f"{where} secret")
    for scope in token.scopes:
        kind, colon, route = scope.partition(":")
        if kind not in SCOPES or (colon and not SCOPES[kind]):
            known = "push, content, content:ROUTE"
            raise _wrong(f"{where} scopes", f"there is no scope {scope!r}.", f"Known: {known}.")
        if colon and route not in routes:
            raise _wrong(f"{where} scopes", f"there is no route {route!r}.", _known(routes))


def _with_musts(table: dict[str, Any], settings: type[Any], variant: str) -> dict[str, Any]:
    """A route's table with what its variant demands, where the table itself says nothing."""
    if demands(variant, Must.PREVIEW) and "preview" in settings.__struct_fields__:
        return {"preview": "package"} | table
    return table


def _convert(table: Any, kind: type[Any], where: str) -> Any:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$.")
        setting = f"{where} {place.rstrip('`')}" if place else where
        raise _wrong(setting, f"{what[0].lower()}{what[1:]}.", "Correct the setting.") from error


def _known(parts: Mapping[str, Any]) -> str:
    return f"There are: {', '.join(sorted(parts)) or 'none'}."


def _wrong(where: str, what: str, cure: str) -> NeedsOperator:
    return NeedsOperator(what, object=f"{FILE} {where}", next=cure)


_SCHEMES = ("env:", "file:", "keyring:")


def _check_reference(reference: str, where: str) -> None:
    if not reference.startswith(_SCHEMES):
        # The value itself may be a secret: it is not repeated here.
        raise _wrong(
            where,
            "a secret must not stand in the file.",
            "Write a reference: env:NAME, file:PATH or keyring:SERVICE/USER.",
        )


def resolve_secret(reference: str, *, folder: Path) -> str:
    """The secret behind a reference; asked for anew each time, so that a rotated one is picked up.

    Args:
        reference: `env:NAME`, `file:PATH` or `keyring:SERVICE/USER`.
        folder: where a relative PATH starts.

    Raises:
        NeedsOperator: there is no secret there.
    """
    scheme, _, rest = reference.partition(":")
    if scheme == "env":
        value = os.environ.get(rest, "")
        if not value:
            raise NeedsOperator(
                "the environment variable is not set.", object=rest, next=f"Set it: export {rest}=…"
            )
        return value
    if scheme == "file":
        try:
            return (folder / rest).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise NeedsOperator("the file with the secret cannot be read.", object=rest) from error
    if scheme == "keyring":
        return _keyring(rest)
    raise _wrong(
        "secret", "the reference is not understood.", "Write env:NAME, file:PATH or keyring:SERVICE/USER."
    )


def _keyring(rest: str) -> str:
    try:
        # Optional: only who keeps secrets there has to install it.
        keyring: Any = import_module("keyring")
    except ImportError as error:
        raise NeedsOperator(
            "the keyring library is not installed.", object=f"keyring:{rest}", next="Install `keyring`."
        ) from error
    service, _, user = rest.partition("/")
    value: str | None = keyring.get_password(service, user)
    if not value:
        raise NeedsOperator("the keyring has no such secret.", object=f"keyring:{rest}")
    return value
