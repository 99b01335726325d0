"""Whether the bytes of a text file are what its encoding says, found while they stream by."""

from __future__ import annotations

import codecs

from wordferry.formats.document import FormatError
from wordferry.formats.encoding import sniff

__all__ = ["TextCheck"]


class TextCheck:
    """Decodes a text piece by piece and remembers the first thing that is wrong.

    Args:
        format: the format, which decides where a declaration is looked for.
        encoding: what the settings declare; None means that the file says it itself, else UTF-8.
    """

    def __init__(self, *, format: str, encoding: str | None) -> None:
        self._format = format
        self._wanted = encoding
        self._decoder: codecs.IncrementalDecoder | None = None
        self._encoding = ""
        self._fed = 0
        #: What is wrong, and what to do; None while all is well.
        self.problem: tuple[str, str] | None = None

    def _begin(self, head: bytes) -> None:
        try:
            # What is checked here is what is parsed later.
            self._encoding = sniff(head, format=self._format, encoding=self._wanted)
        except FormatError as error:
            self.problem = (f"{error.sentence} ({error.position}).", error.cure)
            return
        self._decoder = codecs.getincrementaldecoder(self._encoding)()

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Look at the next piece; the first one should hold `HEAD_SIZE` bytes when there are as many."""
        if self.problem:
            return
        if self._decoder is None:
            self._begin(piece)
            if self._decoder is None:
                return
        # Bytes of a character that the last piece cut off; the error's offset counts from their start.
        pending = self._decoder.getstate()[0]
        try:
            text = self._decoder.decode(piece, last)
        except UnicodeDecodeError as error:
            at = self._fed - len(pending) + error.start
            self.problem = (
                f"the bytes at byte {at} are not {self._encoding}.",
                "Save the file as UTF-8, or name the encoding it is really in under `encodings`.",
            )
            return
        except UnicodeError:  # stateful codecs give no offset
            self.problem = (
                f"the bytes after byte {self._fed} are not {self._encoding}.",
                "Save the file as UTF-8, or name the encoding it is really in under `encodings`.",
            )
            return
        if "\0" in text:
            before = text[: text.index("\0")]
            at = self._fed - len(pending) + len(before.encode(self._encoding))
            self.problem = (
                f"there is a NUL byte at byte {at}: this is no text in {self._encoding}.",
                "Exclude the file, or name its encoding under `encodings` if it is UTF-16 without a mark.",
            )
        self._fed += len(piece)
