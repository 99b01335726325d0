"""Takes the part named `file` out of a multipart body as it comes, in constant memory."""

from __future__ import annotations

import re
from email.parser import HeaderParser

from wordferry.sandbox.blob import Blob, BlobWriter
from wordferry.sandbox.lionbridge.errors import LionbridgeError

_MOST_HEADER = 64 * 1024
_BOUNDARY = re.compile(r"""boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))""", re.IGNORECASE)


def boundary_of(content_type: str) -> bytes:
    """The boundary of a multipart content type.

    Raises:
        LionbridgeError: 415 when it is no form, 400 without a boundary.
    """
    if content_type.partition(";")[0].strip().lower() != "multipart/form-data":
        raise LionbridgeError(415, "Send multipart/form-data.")
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise LionbridgeError(400, "The content type has no boundary.")
    return (match[1] or match[2]).encode("utf-8", "replace")


class MultipartSink:
    """Reads the envelope and hands the file on to a writer.

    Args:
        boundary: without the leading dashes.
        writer: takes the file's bytes.
    """

    def __init__(self, boundary: bytes, writer: BlobWriter) -> None:
        self._mark = b"\r\n--" + boundary
        self._writer = writer
        # A body begins with its boundary; the line end before it is supplied.
        self._buffer = b"\r\n"
        self._in_header = False
        self._in_file = False
        self._ended = False
        self._found = False
        # Bytes of the line end between header and content that are still to come.
        self._skip = 0

    def write(self, piece: bytes) -> None:
        """Take bytes of the body.

        Raises:
            LionbridgeError: 400 for a broken envelope or a second file.
            TooLarge: when the file passes the writer's limit.
        """
        self._buffer += piece
        while not self._ended and (self._header() if self._in_header else self._content()):
            pass

    def _content(self) -> bool:
        at = self._buffer.find(self._mark)
        if at < 0:
            keep = len(self._mark) - 1
            self._pass_on(self._buffer[:-keep])
            self._buffer = self._buffer[-keep:]
            return False
        after = at + len(self._mark)
        if len(self._buffer) < after + 2:
            return False
        self._pass_on(self._buffer[:at])
        self._in_file = False
        if self._buffer[after : after + 2] == b"--":
            self._ended = True
        else:
            self._in_header = True
        self._buffer = self._buffer[after:]
        return True

    def _pass_on(self, data: bytes) -> None:
        if self._in_file and data:
            skip = min(self._skip, len(data))
            self._skip -= skip
            self._writer.write(data[skip:])

    def _header(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _MOST_HEADER:
                raise LionbridgeError(400, "The header of a part is too long.")
            return False
        header = HeaderParser().parsestr(self._buffer[:end].lstrip().decode("utf-8", "replace"))
        # The line end stays: an empty part is followed by its boundary at once.
        self._buffer = self._buffer[end + 2 :]
        self._in_header = False
        name = header.get_param("name", header="content-disposition")
        if name == "file":
            if self._found:
                raise LionbridgeError(400, "Send one part named 'file', not several.")
            if header.get_filename() is None:
                raise LionbridgeError(400, "The part named 'file' needs a file name.")
            self._found = self._in_file = True
            self._skip = 2
        return True

    def finish(self) -> Blob:
        """The file.

        Raises:
            LionbridgeError: 400 when the body ended early or had no file.
        """
        if not self._ended or not self._found:
            self._writer.discard()
            reason = "has no part named 'file'" if self._ended else "ended before its last boundary"
            raise LionbridgeError(400, f"The multipart body {reason}.")
        return self._writer.finish()

    def discard(self) -> None:
        """Throw away what came."""
        self._writer.discard()
