"""The vendors' way out: one POST to somebody's address, and what came of it."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

_AT_ONCE = 32


class Poster:
    """Sends callbacks and events. Its connections are no part of the sandbox's state."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._gate: asyncio.Semaphore | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"_session": None, "_gate": None}

    async def post(
        self, url: str, content: bytes, *, headers: dict[str, str], seconds: float
    ) -> tuple[int, str | None]:
        """Send once; redirects are not followed.

        Args:
            url: where to.
            content: JSON.
            headers: what goes with it besides the content type.
            seconds: real seconds to wait for an answer.

        Returns:
            The HTTP status, and what went wrong when there was no answer (then the status is 0).
        """
        if self._session is None:
            self._session = aiohttp.ClientSession()
        if self._gate is None:
            self._gate = asyncio.Semaphore(_AT_ONCE)
        async with self._gate:
            try:
                async with self._session.post(
                    url,
                    data=content,
                    headers={"Content-Type": "application/json", **headers},
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=seconds),
                ) as response:
                    return response.status, None
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                # No answer is a failed attempt like any other.
                return 0, type(error).__name__

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None
