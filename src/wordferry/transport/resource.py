"""Bind calls that are data to a transport: a client's resources are classes that list their calls.

    class Projects(Resource):
        get = Made(projects.get)

Then `client.projects.get(uid)` takes the arguments of the function, with its documentation, and is awaited.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, Generic, ParamSpec, TypeVar

from wordferry.transport.calls import Calls
from wordferry.transport.endpoint import Call

__all__ = ["Made", "Resource"]

P = ParamSpec("P")
T = TypeVar("T")


class Resource:
    """One resource of a vendor's API.

    Args:
        calls: the way of its calls.
    """

    def __init__(self, calls: Calls) -> None:
        self.calls = calls


class Made(Generic[P, T]):
    """A function from arguments to a `Call` as a method: same arguments, same documentation, awaitable result.

    Args:
        build: makes the call.
    """

    def __init__(self, build: Callable[P, Call[T]]) -> None:
        self._build = build
        self._name = ""
        self.__doc__ = build.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, resource: Resource, owner: type | None = None) -> Callable[P, Coroutine[Any, Any, T]]:
        if resource is None:
            return self._build  # type: ignore[unreachable]
        run, build = resource.calls.run, self._build

        def make(*args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]:
            return run(build(*args, **kwargs))

        functools.update_wrapper(make, build)
        # Kept on the instance, which Python looks at first from now on.
        resource.__dict__[self._name] = make
        return make
