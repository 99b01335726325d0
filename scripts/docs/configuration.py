"""The page `configuration.md`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from scripts.docs.reading import Gap, attributes, code, complete, table
from wordferry.configuration import General, Token, Web, _RouteTable
from wordferry.model.route import Watching
from wordferry.ports.registry import BUILT_IN, find

#: `[route.NAME]`.
ROUTE = {
    "content": "name of a `[content.…]` table",
    "tms": "name of the `[tms.…]` table that the route uses now. Changing this one line moves the route.",
    "variant": "which musts of the vendor's guide are switched on and checked by `doctor`: `canonical` (token refresh,"
    " template), `live` (those, webhooks, previews, source updates, observability) or `continuous` (the same without"
    " previews, and sources are watched). See [Continuous localization](../howto/continuous.md)",
    "watch": "how the sources of a continuous route are watched: see the next table",
    "on": "one table for each connection that the route may use: `[route.NAME.on.CONNECTION]`, see below",
}


def _type(kind: msgspec.inspect.Type) -> str:
    inspected = msgspec.inspect
    match kind:
        case inspected.LiteralType(values=values):
            return ", ".join(code(f'"{value}"') for value in values)
        case inspected.UnionType(types=types):
            return " or ".join(_type(one) for one in types if not isinstance(one, inspected.NoneType))
        case inspected.DictType(value_type=inspected.AnyType() | inspected.DictType()):
            return "table of tables"
        case inspected.DictType(value_type=inspected.StructType()):
            return "table of tables"
        case inspected.DictType():
            return "table: text = text"
        case inspected.VarTupleType(item_type=item):
            return f"list of {_type(item)}"
        case inspected.StructType():
            return "table"
        case inspected.BoolType():
            return "true or false"
        case inspected.IntType(ge=least) | inspected.FloatType(ge=least) if least is not None:
            return f"number, at least {least}"
        case inspected.FloatType(gt=above) if above is not None:
            return f"number above {above}"
        case inspected.IntType() | inspected.FloatType():
            return "number"
        case inspected.StrType():
            return "text"
    raise Gap(f"scripts/docs cannot name the type {kind!r}")


def _default(field: msgspec.inspect.Field) -> str:
    if field.required:
        return "**required**"
    value = field.default
    if value is msgspec.NODEFAULT:
        value = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else None
    if isinstance(value, msgspec.Struct):
        return "its defaults"
    if value is None or value in ((), {}, []):
        return "none" if value is None else "empty"
    if isinstance(value, str):
        return code(f'"{value}"')
    return code(
        str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else value
    )


def settings(kind: type[Any], sentences: Mapping[str, str] | None = None) -> str:
    """The settings of a struct as a table."""
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    told = complete(kind.__name__, sentences or attributes(kind), (field.name for field in info.fields))
    rows = []
    for field in sorted(info.fields, key=lambda field: not field.required):
        text = told[field.name]
        rows.append((code(field.name), _type(field.type), _default(field), text))
    return table(("setting", "type", "default", "meaning"), rows)


def configuration_page() -> str:
    """`configuration.py` and the settings that each plugin declares."""
    complete("ROUTE", ROUTE, _RouteTable.__struct_fields__)
    parts = [
        f'## `[content.NAME]` with `kind = "{kind}"`\n\n{settings(find("content", kind).settings)}'
        for kind in BUILT_IN["content"]
    ]
    for kind in BUILT_IN["tms"]:
        plugin = find("tms", kind)
        assert plugin.route is not None
        secrets = ", ".join(code(name) for name in plugin.secrets)
        parts.append(
            f'## `[tms.NAME]` with `kind = "{kind}"`\n\n{settings(plugin.settings)}\n'
            f"References to secrets: {secrets}.\n\n"
            f"## `[route.NAME.on.CONNECTION]` when that connection is `{kind}`\n\n{settings(plugin.route)}"
        )
    return f"""# `wordferry.toml`

One file holds the whole configuration. Commands look for it in the current folder, or in the one that
`--directory` names. Relative paths in it start at its folder. A table or setting that is not on this page is an error.

A secret never stands in the file. A setting that needs one holds a reference: `env:NAME` (environment variable),
`file:PATH` or `keyring:SERVICE/USER` (needs the package `keyring`). See [Secrets](../howto/secrets.md).

A batch under way keeps the route settings it was accepted with. A change counts from the next plan on.

## `[wordferry]`

{settings(General)}
## `[web]`

{settings(Web)}
## `[web.tokens.NAME]`

{settings(Token)}
## `[route.NAME]`

{settings(_RouteTable, ROUTE)}
## `[route.NAME.watch]`

{settings(Watching)}
{(chr(10)).join(parts)}"""
