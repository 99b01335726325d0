"""A world as bytes and back: the whole sandbox with its clock, its scheduled work and its counters.

The bytes are Python's pickle behind a header that says what they are. Loading admits the sandbox's own classes, a few
plain containers, and nothing that runs code; see the decision note on state. A header of another kind, a damaged body
and a state made by other classes than today's are refused in words.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import io
import pickle
import pkgutil
from functools import lru_cache
from pathlib import Path
from types import MethodType
from typing import Any

import msgspec

from wordferry.sandbox.blob import Blob

FORMAT = "wordferry-sandbox"
VERSION = 1
_OURS = "wordferry.sandbox."
# What a state may name besides our classes. None of it does anything but hold values.
_PLAIN = {
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("builtins", "bytearray"),
    ("builtins", "list"),
    ("builtins", "dict"),
    ("builtins", "tuple"),
    ("builtins", "int"),
    ("builtins", "float"),
    ("builtins", "str"),
    ("builtins", "bytes"),
    ("builtins", "bool"),
    ("collections", "Counter"),
    ("collections", "OrderedDict"),
    ("collections", "defaultdict"),
    ("collections", "deque"),
    ("datetime", "datetime"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("functools", "partial"),
    ("msgspec._core", "rebuild"),
    ("msgspec._utils", "rebuild"),
}
_HELPERS = {"_method", "_file"}


class StateError(ValueError):
    """A state that cannot be read, or a snapshot that is not there."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a state.

    Args:
        format: always `FORMAT`.
        version: version of the layout.
        shape: hash over the classes and fields of the sandbox that wrote it.
        product: version of the product that wrote it.
        folder: name of the folder that has its large files.
        seed: the sandbox's seed.
        now: virtual epoch seconds.
        saved: the machine's epoch seconds.
        size: bytes of the body.
        sha256: hash of the body.
    """

    format: str
    version: int
    shape: str
    product: str
    folder: str
    seed: int
    now: float
    saved: float
    size: int
    sha256: str


def _method(owner: object, name: str) -> Any:
    """A bound method of one of our objects."""
    kind = type(owner)
    if (
        not kind.__module__.startswith(_OURS)
        or name.startswith("__")
        or not callable(getattr(kind, name, None))
    ):
        raise pickle.UnpicklingError(f"{kind.__qualname__}.{name} is no method of the sandbox")
    return MethodType(getattr(kind, name), owner)


_folder: Path = Path()


def _file(name: str, size: int, sha256: str) -> Blob:
    """A large file of the state."""
    if Path(name).name != name:
        raise pickle.UnpicklingError(f"{name!r} is no file name")
    return Blob(path=_folder / name, size=size, sha256=sha256)


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, MethodType):
            return _method, (value.__self__, value.__name__)
        if isinstance(value, Blob) and value.path is not None:
            return _file, (value.path.name, value.size, value.sha256)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN or (module == __name__ and name in _HELPERS):
            return super().find_class(module, name)
        if module.startswith(_OURS) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a state")


@lru_cache(maxsize=1)
def shape() -> str:
    """A hash over the classes of the sandbox and their fields: what makes a state readable or not."""
    lines: list[str] = []
    for entry in pkgutil.walk_packages([str(Path(__file__).parent)], _OURS):
        module = importlib.import_module(entry.name)
        lines.extend(
            f"{entry.name}.{kind.__qualname__}:{','.join(_fields(kind))}"
            for kind in vars(module).values()
            if isinstance(kind, type) and kind.__module__ == entry.name
        )
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]


def _fields(kind: type) -> list[str]:
    if dataclasses.is_dataclass(kind):
        return sorted(field.name for field in dataclasses.fields(kind))
    if issubclass(kind, msgspec.Struct):
        return sorted(kind.__struct_fields__)
    code = getattr(kind.__init__, "__code__", None)
    return sorted(code.co_names) if code is not None else []


def freeze(root: dict[str, Any], *, header: dict[str, Any]) -> bytes:
    """The state as bytes.

    Args:
        root: what to store.
        header: the fields of `Header` that only the caller knows: product, folder, seed, now, saved.

    Raises:
        StateError: when something in the world cannot be stored; a bug of ours.
    """
    buffer = io.BytesIO()
    try:
        _Pickler(buffer, protocol=5).dump(root)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise StateError(f"the state cannot be stored: {error}") from error
    body = buffer.getvalue()
    first = Header(
        format=FORMAT,
        version=VERSION,
        shape=shape(),
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        **header,
    )
    return msgspec.json.encode(first) + b"\n" + body


def read_header(path: Path) -> Header:
    """The header of a state file.

    Raises:
        StateError: when it is not a state of the sandbox, or one of another layout.
        FileNotFoundError: when there is no file.
    """
    with path.open("rb") as file:
        line = file.readline(64 * 1024)
    try:
        header = msgspec.json.decode(line, type=Header)
    except msgspec.DecodeError:
        header = None
    if header is None or header.format != FORMAT:
        raise StateError(f"{path} is not a state of the sandbox")
    if header.version != VERSION:
        raise StateError(f"{path} has version {header.version} of the layout; this sandbox reads {VERSION}")
    return header


def thaw(path: Path, *, folder: Path) -> dict[str, Any]:
    """Read a state.

    Args:
        path: the state file.
        folder: where its large files are.

    Raises:
        StateError: when it is foreign, damaged, or made by other classes than today's.
        FileNotFoundError: when there is no file.
    """
    header = read_header(path)
    body = path.read_bytes().partition(b"\n")[2]
    if len(body) != header.size or hashlib.sha256(body).hexdigest() != header.sha256:
        raise StateError(f"{path} is damaged: its content does not fit its checksum")
    if header.shape != shape():
        raise StateError(
            f"{path} was made by another version of the sandbox ({header.product}) and cannot be read by this one"
        )
    global _folder
    _folder = folder
    try:
        root = _Unpickler(io.BytesIO(body)).load()
    except Exception as error:
        # Pickle raises whatever the bytes make it raise; the checksum only tells that they are as they were written.
        raise StateError(f"{path} cannot be read: {error}") from error
    if not isinstance(root, dict):
        raise StateError(f"{path} holds no sandbox")
    return root
