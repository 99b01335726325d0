"""How an answer goes onto the wire, whole or damaged as a fault demands."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

from aiohttp import web

from wordferry.sandbox.blob import Blob
from wordferry.sandbox.faults import FaultRule
from wordferry.sandbox.routing import Answer

ERROR_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>{status}</title></head>\n"
    "<body><center><h1>{status}</h1></center><hr><center>gateway</center></body></html>\n"
)


async def write(
    request: web.BaseRequest, answer: Answer, rule: FaultRule | None, *, standard: dict[str, str]
) -> web.StreamResponse:
    """Send an answer.

    Args:
        request: what it answers.
        answer: the answer as the vendor meant it.
        rule: the fault that strikes it, if any.
        standard: headers of every answer of this vendor.
    """
    kind = rule.kind if rule is not None else None
    headers = {**standard, **answer.headers}
    # An empty value takes a standard header back.
    headers = {name: value for name, value in headers.items() if value}
    if answer.content_type is not None:
        headers["content-type"] = answer.content_type
    if rule is not None and kind == "lost" and rule.status is not None:
        page = ERROR_PAGE.format(status=rule.status).encode()
        return web.Response(status=rule.status, body=page, headers={"content-type": "text/html"})
    size = answer.blob.size if answer.blob is not None else len(answer.body)
    if kind in ("lost", "late", "dropped") or (kind in ("reset", "truncate") and size == 0):
        return _hang_up(request)
    if kind in ("reset", "truncate"):
        return await _send_half(request, answer, headers, size, reset=kind == "reset")
    if rule is not None and kind == "encoding":
        sent = answer.body if answer.blob is None else answer.blob.read()
        return web.Response(status=answer.status, body=_recoded(sent, rule.encoding), headers=headers)
    if answer.blob is None or answer.blob.data is not None:
        body = answer.body if answer.blob is None else answer.blob.data
        return web.Response(status=answer.status, body=body, headers=headers)
    response = web.StreamResponse(status=answer.status, headers=headers)
    response.content_length = size
    await response.prepare(request)
    for piece in answer.blob.chunks():
        await response.write(piece)
    await response.write_eof()
    return response


def _recoded(content: bytes, encoding: str) -> bytes:
    try:
        return content.decode("utf-8").encode(encoding, "replace")
    except UnicodeDecodeError:
        return content


async def _send_half(
    request: web.BaseRequest, answer: Answer, headers: dict[str, str], size: int, *, reset: bool
) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=headers)
    response.content_length = size
    await response.prepare(request)
    left = size // 2
    blob = answer.blob if answer.blob is not None else Blob.of(answer.body)
    for piece in blob.chunks():
        await response.write(piece[:left])
        left -= min(left, len(piece))
        if not left:
            break
    if reset:
        # Give the client time to take the first half: a reset may throw away what is still on its way.
        await asyncio.sleep(0.02)
        _reset(request)
    else:
        _hang_up(request)
    return response


def _hang_up(request: web.BaseRequest) -> web.StreamResponse:
    transport = request.transport
    if transport is not None:
        transport.close()
    return web.Response(status=204)


def _reset(request: web.BaseRequest) -> None:
    transport = request.transport
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        # Linger zero: the kernel sends RST instead of FIN.
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
