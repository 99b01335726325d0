"""The page `lionbridge-client.md`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import wordferry.tms.lionbridge.api as api
from scripts.docs.phrase_client import REPEAT, arguments
from scripts.docs.reading import code, first_sentence, table
from wordferry.lionbridge import LionbridgeClient
from wordferry.tms.lionbridge.api import auth
from wordferry.tms.lionbridge.resources import RESOURCES
from wordferry.transport import Endpoint

__all__ = ["endpoints", "lionbridge_client_page"]

#: Calls that make their requests through other ones, or at the file service.
THROUGH = {
    "source_files.upload": ("fms.form", "fms.begin", "fms.piece", "fms.offset"),
    "source_files.begin": ("fms.begin",),
    "source_files.resume": ("fms.offset", "fms.piece"),
    "source_files.send": ("source_files.create", "fms.form", "fms.begin", "fms.piece", "fms.offset"),
    "source_files.stream": ("source_files.download", "fms.fetch"),
    "source_files.download": ("source_files.download", "fms.fetch"),
    "requests.stream_file": ("requests.retrieve_file", "fms.fetch"),
    "requests.retrieve_file": ("requests.retrieve_file", "fms.fetch"),
}


@cache
def endpoints() -> dict[str, Endpoint[Any]]:
    """Every endpoint of `api/` by its name."""
    modules = [import_module(f"{api.__name__}.{found.name}") for found in iter_modules(api.__path__)]
    return {one.name: one for module in modules for one in vars(module).values() if isinstance(one, Endpoint)}


def lionbridge_client_page() -> str:
    """The resources of `LionbridgeClient`."""
    client = LionbridgeClient(client_id="-", client_secret="-")  # noqa: S106 - never used to call anybody
    parts = []
    for resource, kind in RESOURCES.items():
        rows = []
        for name in vars(kind):
            if name.startswith("_"):
                continue
            method = getattr(getattr(client, resource), name)
            used = [endpoints()[one] for one in THROUGH.get(f"{resource}.{name}", (f"{resource}.{name}",))]
            rows.append(
                (
                    code(f"{resource}.{name}({arguments(method)})"),
                    ", ".join(code(f"{one.method} {one.path}".strip()) for one in used if one.path) or "–",
                    ", ".join(sorted({REPEAT[one.kind] for one in used})),
                    first_sentence(method),
                )
            )
        parts.append(
            f"## `client.{resource}`\n\n{first_sentence(kind)}\n\n"
            f"{table(('call', 'request', 'kind', 'does'), rows)}"
        )
    token = auth.token("-", "-").endpoint
    return f"""# Calls of the Lionbridge client

`from wordferry.lionbridge import LionbridgeClient`. [How to use it alone](../howto/lionbridge-client.md) has an example
that runs. Paths stand below `base_url`; the token is asked for below `login_url` at `{token.method} {token.path}` and
renewed by itself. Bytes of files travel to and from the file service, at addresses that the vendor gives.

*read*: repeated by itself after anything that passes. *effect*: repeated by itself only when it certainly did not
happen; otherwise it ends as `OutcomeUnknown`. *single use*: never repeated once it left. Methods named `list`,
`archived`, `pending`, `failed`, `for_job` and `for_provider` are asynchronous iterators over all pages.
`help(client.jobs.create)` shows arguments, results and errors.

{(chr(10)).join(parts)}"""
