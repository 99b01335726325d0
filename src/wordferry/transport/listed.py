"""Bind a paged call to a transport: a method that iterates over all items of all pages."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from wordferry.transport.endpoint import Call

__all__ = ["Listed"]

S = TypeVar("S")
P = ParamSpec("P")
G = TypeVar("G")
T = TypeVar("T")


class Listed(Generic[S, P, G, T]):
    """A function from a place in a list and arguments to the `Call` of one page, as a method without the place.

    Args:
        build: makes the call of one page; its first parameter says which.
        walk: turns the resource and "the call of this page" into the items of all pages: the vendor's way.
    """

    def __init__(
        self,
        build: Callable[Concatenate[S, P], Call[G]],
        walk: Callable[[Any, Callable[[S], Call[G]]], AsyncIterator[T]],
    ) -> None:
        self._build = build
        self._walk = walk
        self._name = ""
        self.__doc__ = build.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, resource: Any, owner: type | None = None) -> Callable[P, AsyncIterator[T]]:
        if resource is None:
            return self._build  # type: ignore[return-value]
        build, walk = self._build, self._walk

        def items(*args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
            return walk(resource, lambda place: build(place, *args, **kwargs))

        functools.update_wrapper(items, build)
        signature = inspect.signature(build)
        items.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=list(signature.parameters.values())[1:],
            # So whoever looks at a client, as the command line does, tells a list from a single answer.
            return_annotation=AsyncIterator,
        )
        resource.__dict__[self._name] = items
        return items
