"""Stands in while the formats room is being built: suffix-based formats and a marker before the source."""

from collections.abc import Iterable, Iterator

CORRUPTIONS = {"truncated": "cut in half"}
_FORMATS = {"json": "json", "md": "markdown", "html": "html", "xlf": "xliff", "po": "po", "txt": "plain"}


class FormatError(Exception):
    pass


def format_for(name: str) -> str | None:
    return _FORMATS.get(name.rpartition(".")[2].lower())


def pseudo_translate(data: bytes, *, format: str, locale: str, encoding: str | None = None) -> bytes:
    return data


def corrupt(data: bytes, *, format: str, kind: str, encoding: str | None = None) -> bytes | None:
    return data[: len(data) // 2]


def pseudo_translate_lines(lines: Iterable[bytes], *, locale: str, encoding: str) -> Iterator[bytes]:
    yield from lines
