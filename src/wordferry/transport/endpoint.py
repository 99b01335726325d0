"""A vendor's call as data: what never changes about it (`Endpoint`), and one use of it (`Call`). No I/O here.

A resource file of a vendor's API is a list of endpoints plus one function for each, from arguments to a
`Call`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urljoin, urlsplit

import msgspec

from wordferry.errors import Surprise, WordferryError
from wordferry.transport.message import Body

__all__ = ["Call", "Dialect", "Endpoint", "Kind", "Said", "query"]

T = TypeVar("T")


class Kind(enum.Enum):
    """What repeating a call would do."""

    READ = "read"
    """Nothing: repeat as often as needed. Not always a GET, not every GET."""
    EFFECT = "effect"
    """The work twice: repeat only when it is certain that it was not done."""
    ONCE = "once"
    """The call itself is used up when it starts: never repeat what was sent."""


class Endpoint(msgspec.Struct, Generic[T], frozen=True):
    """One operation of a vendor's API.

    Args:
        name: resource and verb, for logs, metrics and errors: `jobs.create`.
        method: HTTP method in capitals.
        path: template with named parameters, for example `/api2/v1/projects/{projectUid}`.
        decode: turns the bytes of a 2xx answer into the result; raises `ValueError` when it cannot.
        kind: see `Kind`.
        reactions: status → error class, where this endpoint differs from the general table.
        transfer: a file moves in one direction: the longer time limit applies.
        signed: False for the calls that fetch a token.
        accepts: statuses beyond 2xx that are this call's success: a redirect that we follow ourselves.
    """

    name: str
    method: str
    path: str
    decode: Callable[[bytes], T]
    kind: Kind
    reactions: Mapping[int, type[WordferryError]] = {}
    transfer: bool = False
    signed: bool = True
    accepts: frozenset[int] = frozenset()


class Call(msgspec.Struct, Generic[T], frozen=True):
    """One use of an endpoint.

    Args:
        endpoint: what is called.
        params: values of the path template.
        query: encoded query text without the question mark, see `query`.
        headers: further fields; ASCII on one line.
        body: see `message.Body`.
        subject: what an error names as its object, when the path parameters do not say it (a file name).
        link: an address from a vendor's answer, instead of path and query; see `address`.
    """

    endpoint: Endpoint[T]
    params: Mapping[str, str] = {}
    query: str = ""
    headers: Mapping[str, str] = {}
    body: Body | None = None
    subject: str | None = None
    link: str | None = None

    def __repr__(self) -> str:
        return f"Call({self.endpoint.name}, {dict(self.params)})"

    def path(self) -> str:
        """The path with its parameters filled in and percent-encoded, and the query."""
        params = self.params
        for value in params.values():
            if not value.isalnum() or not value.isascii():
                params = {name: quote(text, safe="") for name, text in params.items()}
                break
        path = self.endpoint.path.format_map(params) if params else self.endpoint.path
        return f"{path}?{self.query}" if self.query else path

    def address(self, base: str) -> str:
        """The whole address.

        Args:
            base: where the vendor's paths begin, without a slash at its end; empty for calls that go wherever their
                link leads (storage hosts).

        Raises:
            Surprise: the link leads away from the base's host; a token must not follow it there.
        """
        if self.link is None:
            return base + self.path()
        return _linked(base, self.link) if base else self.link

    def object(self) -> str | None:
        """What an error is about: the subject, else the most specific path parameter."""
        if self.subject is not None:
            return self.subject
        return ", ".join(f"{name} {value}" for name, value in self.params.items()) or None


class Said(msgspec.Struct, frozen=True):
    """What a vendor's error body said: its code and a short text, each None when absent."""

    code: str | None = None
    text: str | None = None


class Dialect(msgspec.Struct, frozen=True):
    """How one vendor speaks of errors.

    Args:
        vendor: display name, `Phrase`.
        request_id: the header that carries the vendor's id of a call.
        read: finds code and text in a JSON error body; None when the body has another shape.
        codes: vendor's error code → error class, where the code says more than the status.
        crowded: tells from the headers of a 429 whether it means "too many at once".
        started: finds in an answer the id of asynchronous work that it began, for the log.
    """

    vendor: str
    request_id: str
    read: Callable[[bytes], Said | None]
    codes: Mapping[str, type[WordferryError]] = {}
    crowded: Callable[[Mapping[str, str]], bool] = lambda headers: False
    started: Callable[[Any], str | None] = lambda answer: None


def _linked(base: str, link: str) -> str:
    start = urlsplit(base)
    # A vendor's root-relative link repeats the end of the base (`/v2/…` after `…/v2`), also behind a proxy that has put
    # something in front of it.
    last = start.path.rpartition("/")[2]
    if last and link.startswith(f"/{last}/"):
        return base + link[len(last) + 1 :]
    whole = urljoin(base + "/", link)
    end = urlsplit(whole)
    if (end.scheme, end.netloc) != (start.scheme, start.netloc):
        raise Surprise("The answer links to another host; its link was not followed.", object=end.hostname)
    return whole


def query(values: Iterable[tuple[str, Any]]) -> str:
    """Encode a query: None is left out, booleans become `true` / `false`, lists repeat their name.

    Args:
        values: names and values in order.

    Returns:
        Text without a question mark; empty when nothing is left.
    """
    parts = []
    for name, value in values:
        if value is None:
            continue
        for one in value if isinstance(value, list | tuple) else (value,):
            text = ("true" if one else "false") if isinstance(one, bool) else quote(str(one), safe="")
            parts.append(f"{name}={text}")
    return "&".join(parts)
