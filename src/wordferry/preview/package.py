"""From an item's bytes to a package on disk."""

from __future__ import annotations

import hashlib
import posixpath
import re
import stat
import zipfile
from pathlib import Path

import msgspec

from wordferry.errors import Refused
from wordferry.formats import FormatError
from wordferry.ports.preview import BringsAssets, BringsPages
from wordferry.preview.addresses import local, relative_to, rewrite_css
from wordferry.preview.inspection import LARGEST, MOST_FILES, inspect
from wordferry.preview.page import css_addresses, made_safe
from wordferry.preview.renderers import render

__all__ = ["Built", "build"]

ENTRY = "index.html"
#: Style sheets may import style sheets; a ring of them ends here.
DEEPEST = 8
#: A ZIP knows no date before this one. One fixed date makes equal packages equal files.
_DATE = (1980, 1, 1, 0, 0, 0)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_XML = frozenset({".svg", ".xml", ".xhtml"})


class Built(msgspec.Struct, frozen=True):
    """A package.

    Attributes:
        path: the ZIP.
        size: bytes.
        files: number of files in it.
        remarks: one sentence for each thing that could not be shown.
    """

    path: Path
    size: int
    files: int
    remarks: tuple[str, ...] = ()


async def build(
    content: object,
    item: str,
    source: Path,
    *,
    name: str,
    format: str | None,
    encoding: str | None,
    locale: str,
    to: Path,
    limit: int = LARGEST,
) -> Built:
    """Render an item and pack its page with everything the page needs.

    Args:
        content: where the item lives; asked for a page of its own and for assets, if it brings them.
        item: the item's id.
        source: file with the bytes to show: the source, or a translation.
        name: what a person calls the item.
        format: a name known to `formats`, or None.
        encoding: declared text encoding, or None.
        locale: our code of the language of these bytes.
        to: the ZIP to write.
        limit: most bytes, packed and unpacked.

    Returns:
        The package, inspected.

    Raises:
        Refused: there is no page for this kind of item, it is broken, or the package breaks a rule.
    """
    page = await content.page(item, source, locale=locale) if isinstance(content, BringsPages) else None
    if page is None:
        if format is None:
            raise Refused(
                "nothing here can show this kind of file.",
                object=name,
                next="Only files of known formats have a preview; its content system may bring a page of its own.",
            )
        try:
            # Larger sources are refused when they are read, so one fits in memory.
            page = render(source.read_bytes(), format=format, encoding=encoding, title=name, locale=locale)  # noqa: ASYNC240
        except FormatError as error:
            raise Refused(f"{error.sentence} ({error.position}).", object=name, next=error.cure) from error
    files = _Files(content, item, limit)
    html, remarks = await made_safe(page, files.named)
    files.put(ENTRY, html.encode("utf-8", "replace"))
    _pack(files.contents, to)
    problems = inspect(to, limit=limit)
    if problems:
        to.unlink(missing_ok=True)  # noqa: ASYNC240
        raise Refused(
            f"its preview breaks a rule: {problems[0]}.", object=name, next="Mend the page or its assets."
        )
    return Built(
        path=to,
        size=to.stat().st_size,  # noqa: ASYNC240
        files=len(files.contents),
        remarks=(*remarks, *files.remarks),
    )


class _Files:
    """The files of one package, fetched as the page asks for them."""

    def __init__(self, content: object, item: str, limit: int) -> None:
        self._content = content
        self._item = item
        self._left = limit
        self.contents: dict[str, bytes] = {}
        self.remarks: list[str] = []
        self._names: dict[str, str | None] = {}

    def put(self, name: str, data: bytes) -> None:
        if name not in self.contents:
            self._left -= len(data)
            if self._left < 0 or len(self.contents) >= MOST_FILES:
                raise Refused("its preview is too large.", object=self._item, next="Use smaller pictures.")
            self.contents[name] = data

    async def named(self, path: str, depth: int = 0) -> str | None:
        """The file's name in the package, made from its bytes: no path of the site can lead anywhere."""
        if path in self._names:
            return self._names[path]
        self._names[path] = None  # a ring of style sheets finds this
        if not isinstance(self._content, BringsAssets) or depth > DEEPEST:
            return None
        data = await self._content.asset(self._item, path, limit=max(self._left, 0))
        if data is None:
            return None
        suffix = match[0].lower() if (match := _SUFFIX.search(posixpath.basename(path))) else ""
        if suffix in _XML and _ENTITY.search(data):
            self.remarks.append(f"{path} declares entities and is left out")
            return None
        if suffix == ".css":
            data = await self._style(path, data, depth)
        name = f"assets/{hashlib.sha256(data).hexdigest()[:20]}{suffix}"
        self.put(name, data)
        self._names[path] = name
        return name

    async def _style(self, path: str, data: bytes, depth: int) -> bytes:
        text = data.decode("utf-8-sig", "replace")
        wanted: dict[str, str | None] = {}
        for address in css_addresses(text):
            below = local(address)
            found = await self.named(relative_to(path, below), depth + 1) if below is not None else None
            # A style sheet's addresses start at its own folder.
            wanted[address] = posixpath.basename(found) if found else None
        return rewrite_css(
            text, lambda address: address if address.startswith(("#", "data:image/")) else wanted.get(address)
        ).encode()


def _pack(files: dict[str, bytes], to: Path) -> None:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files, key=lambda name: (name != ENTRY, name)):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[name])
