"""An HTTP server in a thread that writes down what it is told; it shares nothing with the product."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Listener:
    """What was heard, and what is answered."""

    def __init__(self, url: str) -> None:
        self.url = url
        # (headers, JSON body) of every POST
        self.heard: list[tuple[dict[str, str], Any]] = []
        # Answered one after the other; afterwards 200.
        self.statuses: list[int] = []

    def events(self, name: str) -> list[Any]:
        """The bodies of one event."""
        return [body for _, body in self.heard if body.get("event") == name]


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            found.heard.append(
                ({name.lower(): value for name, value in self.headers.items()}, json.loads(body))
            )
            self.send_response(found.statuses.pop(0) if found.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Listener(f"http://127.0.0.1:{server.server_address[1]}/hear")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
