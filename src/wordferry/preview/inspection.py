"""The gate of a preview package: what a vendor would refuse, or what could harm who opens it."""

from __future__ import annotations

import posixpath
import re
import stat
import zipfile
import zlib
from pathlib import Path

from wordferry.errors import Refused
from wordferry.preview.addresses import local, outside
from wordferry.preview.page import ACTIVE, addresses, css_addresses, read_page

__all__ = ["LARGEST", "MOST_FILES", "inspect"]

#: Bytes of a package, packed or unpacked. Phrase names no limit of its own; 100 MB is its cap for ZIP files in general.
LARGEST = 100 * 1024 * 1024
MOST_FILES = 2000
#: A file that unpacks to more than this many times its packed size, and to more than a megabyte, is a bomb.
RATIO = 200
_MEGABYTE = 1024 * 1024
_PIECE = 256 * 1024
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_PAGES = (".html", ".htm")
_MARKUP = (".html", ".htm", ".svg", ".xml", ".xhtml")


def inspect(package: Path, *, limit: int = LARGEST) -> tuple[str, ...]:
    """What is wrong with a package.

    Args:
        package: the ZIP.
        limit: most bytes, packed and unpacked.

    Returns:
        One sentence without a full stop for each problem; empty when it may be sent.

    Source: Phrase guide "Live Preview" for the entry point, relative assets and the classes of failure; sizes and
        ratios are our decision.
    """
    if package.stat().st_size > limit:
        return (f"it has {package.stat().st_size} bytes; the limit is {limit}",)
    try:
        with zipfile.ZipFile(package) as archive:
            return tuple(_problems(archive, limit))
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        RuntimeError,
        zlib.error,
        EOFError,
        ValueError,
        OSError,
    ) as error:
        return (f"it is no whole ZIP file ({type(error).__name__})",)


def _problems(archive: zipfile.ZipFile, limit: int) -> list[str]:
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        return [f"it has {len(entries)} files; the limit is {MOST_FILES}"]
    problems = [problem for entry in entries if (problem := _unsafe(entry))]
    names = [entry.filename for entry in entries]
    doubled = sorted({name for name in names if names.count(name) > 1})
    problems += [f"{name} is in it twice" for name in doubled]
    pages = [name for name in names if name.lower().endswith(_PAGES)]
    if len(pages) != 1:
        problems.append(f"it has {len(pages)} HTML pages; one entry point is wanted")
    elif "/" in pages[0]:
        problems.append(f"its entry point {pages[0]} does not stand at the top")
    if problems:
        return problems
    contents: dict[str, bytes] = {}
    left = limit
    for entry in entries:
        data = _read(archive, entry, left)
        if data is None:
            return [f"unpacked it has more than {limit} bytes"]
        left -= len(data)
        if entry.filename.lower().endswith((*_MARKUP, ".css")):
            contents[entry.filename] = data
    problems += [
        f"{name} declares entities"
        for name, data in contents.items()
        if name.lower().endswith(_MARKUP) and _ENTITY.search(data)
    ]
    return problems + _references(contents, frozenset(names), pages[0])


def _unsafe(entry: zipfile.ZipInfo) -> str | None:
    name = entry.filename
    parts = name.split("/")
    if not name or name.startswith("/") or "\\" in name or ":" in parts[0] or ".." in parts or "." in parts:
        return f"the path {name!r} leads out of it"
    if any(ord(sign) < 32 for sign in name):
        return f"the path {name!r} has control characters"
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return f"{name} is no plain file"
    if entry.flag_bits & 1:
        return f"{name} is encrypted"
    if entry.file_size > _MEGABYTE and entry.file_size > RATIO * max(entry.compress_size, 1):
        return f"{name} unpacks to {entry.file_size} bytes from {entry.compress_size}"
    return None


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes | None:
    """The bytes of an entry, whatever its header claims; None when there are more than `left`."""
    parts: list[bytes] = []
    size = 0
    with archive.open(entry) as file:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > left:
                return None
            parts.append(piece)
    return b"".join(parts)


def _references(contents: dict[str, bytes], names: frozenset[str], page: str) -> list[str]:
    problems: list[str] = []
    try:
        tree = read_page(contents[page].decode("utf-8", "replace"))
    except Refused:
        return [f"{page} is empty"]
    running = sorted({element.tag for element in tree.iter(*ACTIVE)})
    problems += [f"{page} has <{tag}>, which runs or embeds something" for tag in running]
    found = [(page, address) for _, _, address in addresses(tree)]
    found += [
        (page, address)
        for css in (
            *(element.text or "" for element in tree.iter("style")),
            *(element.get("style") for element in tree.iter("*") if element.get("style")),
        )
        for address in css_addresses(css)
    ]
    for name, data in contents.items():
        if name.lower().endswith(".css"):
            found += [(name, address) for address in css_addresses(data.decode("utf-8", "replace"))]
    for where, address in found:
        if outside(address):
            problems.append(f"{where} calls something outside of it")
        elif (path := local(address)) is not None:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(where), path))
            if path.startswith("/") or target not in names:
                problems.append(f"{where} refers to {path}, which is not in it")
    return list(dict.fromkeys(problems))
