"""A content folder to try things in, and short words for what the tests do with it."""

from __future__ import annotations

import ctypes
import hashlib
import os
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from wordferry.content_systems.files import FilesSettings, FilesSystem
from wordferry.model.content import Item, ItemProblem

T = TypeVar("T")

OLD, NEW, EDIT = b"alt\n", b"neu\n", b"von Hand\n"


def sha(data: bytes) -> str:
    """Content hash, made without the code under test."""
    return hashlib.sha256(data).hexdigest()


def put(root: Path, **files: bytes | str) -> None:
    """Write files; in names, `__` stands for a slash and a trailing `_md` for `.md`."""
    for name, data in files.items():
        path = root / name.replace("__", "/").replace("_md", ".md").replace("_json", ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)


def system(root: Path, **settings: Any) -> FilesSystem:
    """A content system at a root; en/**/*.md → {locale}/{path} unless told otherwise."""
    values = {"include": ("en/**/*.md",), "target": "{locale}/{path}", "source_locale": "en", **settings}
    return FilesSystem("docs", FilesSettings(**values), folder=root)


async def listed(shore: FilesSystem) -> tuple[list[Item], dict[str, str]]:
    """What a listing yields: items in order, and problems by id."""
    items, problems = [], {}
    async for entry in shore.items():
        if isinstance(entry, ItemProblem):
            problems[entry.id] = entry.error
        else:
            items.append(entry)
    return items, problems


async def ids(shore: FilesSystem) -> list[str]:
    """Ids of the items, when there is no problem."""
    items, problems = await listed(shore)
    assert not problems
    return [item.id for item in items]


def ours_left(root: Path) -> list[str]:
    """Temporary files of ours below a root."""
    return sorted(path.name for path in root.rglob(".wordferry-*"))


def without_privileges(work: Callable[[], T]) -> T:
    """Do work as a user to whom permissions apply: root's powers are dropped in a thread that ends with the work."""

    def run() -> T:
        if os.geteuid() == 0:
            libc = ctypes.CDLL(None, use_errno=True)
            # linux/capability.h: version 3, this thread; two sets of effective, permitted, inheritable.
            assert libc.capset(struct.pack("=Ii", 0x20080522, 0), bytes(24)) == 0
        return work()

    with ThreadPoolExecutor(max_workers=1) as once:
        return once.submit(run).result()
