"""Collections as values: a list that is read page by page, and an answer that comes in pages."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from wordferry.errors import OutcomeUnknown, Surprise, WordferryError
from wordferry.tms.lionbridge.api import requests
from wordferry.tms.lionbridge.api.answers import Answer, Page, Step
from wordferry.tms.lionbridge.api.limits import groups
from wordferry.transport import Call, Calls, Listed, Resource

__all__ = ["Collected", "Collection", "Grouped"]

P = ParamSpec("P")
A = TypeVar("A", bound=Answer)


class Collection(Listed[Step, P, Page[A], A]):
    """A collection of `api/` as a method that iterates over all items of all pages."""

    def __init__(self, build: Callable[Concatenate[Step, P], Call[Page[A]]]) -> None:
        super().__init__(build, _items)


async def _items(resource: Resource, build: Callable[[Step], Call[Page[A]]]) -> AsyncIterator[A]:
    step: Step | None = Step()
    # A list that grows while it is read may show the same item again; a cursor that comes again would never end.
    seen: set[str] = set()
    steps: set[Step] = set()
    while step is not None:
        if step in steps:
            raise Surprise("The list leads in a circle.", object=build(step).object())
        steps.add(step)
        page = await resource.calls.run(build(step))
        for item in page.items:
            key = item.key()
            if key is not None:
                if key in seen:
                    continue
                seen.add(key)
            yield item
        step = page.next


class Collected(Generic[P, A]):
    """A call that answers with a collection, as an awaitable method: the answer itself may come in pages."""

    def __init__(self, build: Callable[P, Call[Page[A]]]) -> None:
        self._build = build
        self._name = ""
        self.__doc__ = build.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(
        self, resource: Resource, owner: type | None = None
    ) -> Callable[P, Coroutine[Any, Any, tuple[A, ...]]]:
        if resource is None:
            return self._build  # type: ignore[unreachable]
        build, calls = self._build, resource.calls

        def make(*args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, tuple[A, ...]]:
            return _collect(calls, build(*args, **kwargs))

        functools.update_wrapper(make, build)
        resource.__dict__[self._name] = make
        return make


async def _collect(calls: Calls, call: Call[Page[A]]) -> tuple[A, ...]:
    page = await calls.run(call)
    items = list(page.items)
    job_id = call.params["jobId"]
    steps: set[Step] = set()
    try:
        while page.next is not None and page.next not in steps:
            steps.add(page.next)
            page = await calls.run(requests.following(page.next, job_id, call.endpoint.decode))
            items += page.items
    except WordferryError as error:
        raise OutcomeUnknown(
            f"{call.endpoint.name} was done, but the rest of its answer could not be read.",
            object=call.object(),
            next="List the requests of the job.",
            status=error.status,
            request_id=error.request_id,
        ) from error
    return tuple({item.key() or str(place): item for place, item in enumerate(items)}.values())


class Grouped(Collected[P, A]):
    """A call with a limited number of `ids`, as a method that takes any number of them, in groups.

    A group that fails leaves those before it changed; all of it may be repeated.
    """

    def __get__(
        self, resource: Resource, owner: type | None = None
    ) -> Callable[P, Coroutine[Any, Any, tuple[A, ...]]]:
        if resource is None:
            return self._build  # type: ignore[unreachable]
        build, calls = self._build, resource.calls

        async def make(*args: P.args, **kwargs: P.kwargs) -> tuple[A, ...]:
            ids: Any = kwargs["ids"]
            done: tuple[A, ...] = ()
            # All are built before the first is sent: what is refused here is refused as a whole.
            changes: dict[str, Any] = kwargs
            calls_to_make = [
                build(*args, **{**changes, "ids": group}) for group in tuple(groups(ids)) or ((),)
            ]
            for call in calls_to_make:
                done += await _collect(calls, call)
            return done

        functools.update_wrapper(make, self._build)
        resource.__dict__[self._name] = make
        return make
