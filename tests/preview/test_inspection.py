"""The gate refuses what a vendor would refuse and what could harm who opens it."""

from __future__ import annotations

import stat
import struct
import zipfile
from pathlib import Path

import pytest

from wordferry.preview import inspect


def pack(path: Path, files: dict[str, bytes] | list[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=zipfile.ZIP_DEFLATED)
    return path


PAGE = b"<!DOCTYPE html><html><body><p>Hello</p></body></html>"


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "0 HTML pages"),
        ({"a.html": PAGE, "b.html": PAGE}, "2 HTML pages"),
        ({"sub/index.html": PAGE}, "does not stand at the top"),
        ({"index.html": PAGE, "../x.png": b"x"}, "leads out"),
        ({"index.html": PAGE, "/etc/x.png": b"x"}, "leads out"),
        ({"index.html": PAGE, "C:/x.png": b"x"}, "leads out"),
        ({"index.html": PAGE, "a\\..\\x.png": b"x"}, "leads out"),
        ({"index.html": b'<img src="gone.png">'}, "gone.png, which is not in it"),
        ({"index.html": b'<img src="/root.png">', "root.png": b"x"}, "/root.png, which is not in it"),
        ({"index.html": b'<img src="https://x.test/a.png">'}, "calls something outside"),
        ({"index.html": b"<style>p{background:url(//x.test/a)}</style><p>x"}, "calls something outside"),
        ({"index.html": b'<link rel=stylesheet href="a.css"><p>x', "a.css": b"@import 'http://x.test'"}, "a.css calls"),
        ({"index.html": b"<p>x<script>1</script>"}, "<script>"),
        ({"index.html": PAGE, "a.svg": b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>'}, "declares entities"),
        ({"index.html": PAGE, "big.png": b"\0" * 4_000_000}, "unpacks to 4000000 bytes"),
        ([("index.html", PAGE), ("a.png", b"x"), ("a.png", b"y")], "is in it twice"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_each_rule_is_kept(tmp_path: Path, files: dict[str, bytes], says: str) -> None:
    """A package that breaks a rule is named with the rule and the file."""
    assert says in "; ".join(inspect(pack(tmp_path / "p.zip", files)))


def test_a_good_package_passes(tmp_path: Path) -> None:
    """One page with relative assets, style sheets among them, has nothing wrong."""
    files = {
        "index.html": b'<link rel="stylesheet" href="css/a.css"><img src="img/a.png?v=1"><a href="https://x.test/">x</a>',
        "css/a.css": b"body{background:url(../img/a.png)}",
        "img/a.png": b"x",
    }
    assert inspect(pack(tmp_path / "p.zip", files)) == ()


def test_a_broken_archive_is_said(tmp_path: Path) -> None:
    """No ZIP, half a ZIP and a ZIP with a damaged file are problems, not crashes."""
    path = pack(tmp_path / "p.zip", {"index.html": PAGE * 200})
    whole = path.read_bytes()
    for data in (b"", b"PK", b"no archive", whole[: len(whole) // 2], whole[:60] + b"\xff" * 8 + whole[68:]):
        path.write_bytes(data)
        assert "no whole ZIP" in "; ".join(inspect(path)), data[:20]


def test_a_lying_header_does_not_help(tmp_path: Path) -> None:
    """A file that claims to be small and unpacks to more than the limit is noticed while it is read."""
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("index.html", PAGE)
        archive.writestr("a.bin", b"x" * 5000)
    assert "unpacked it has more than 4000 bytes" in inspect(path, limit=10_000)[0:0] or inspect(
        path, limit=4000
    )
    assert inspect(path, limit=10_000) == ()
    data = path.read_bytes()
    # The size in the central directory is made a lie.
    path.write_bytes(data.replace(struct.pack("<II", 5000, 5000), struct.pack("<II", 5000, 10)))
    assert inspect(path, limit=10_000) != ()


def test_links_and_secrets_are_refused(tmp_path: Path) -> None:
    """A symbolic link or an encrypted file has no place in a package."""
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("index.html", PAGE)
        link = zipfile.ZipInfo("a.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert inspect(path) == ("a.png is no plain file",)
