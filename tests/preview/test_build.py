"""A package shows the item, holds all it needs, and neither runs nor calls anything."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.preview.site import PIXEL, Rendering, Site, built
from wordferry.errors import Refused
from wordferry.preview import inspect
from wordferry.preview.page import CSP


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_markdown_becomes_a_page_with_its_pictures(tmp_path: Path) -> None:
    """Markdown is rendered, its front matter's texts are shown, and a picture becomes a file of the package."""
    site = Site({"img/ship.png": PIXEL})
    text = (
        "---\ntitle: The harbour\n---\n# Hours\n\n![ship](img/ship.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    package = await built(tmp_path, text, site, format="markdown")
    files = files_of(package.path)
    page = files["index.html"].decode()
    assert (package.files, package.remarks) == (2, ())
    assert "<h1>Hours</h1>" in page
    assert "The harbour" in page
    assert "<table>" in page
    picture = re.search(r'src="(assets/[0-9a-f]{20}\.png)"', page)
    assert picture is not None
    assert files[picture[1]] == PIXEL


async def test_equal_items_make_equal_packages(tmp_path: Path) -> None:
    """The same bytes and assets give the same package, byte for byte, whenever it is built."""
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    site = Site({"a.png": PIXEL, "b.png": PIXEL + b"x"})
    text = '<p>Hello</p><img src="a.png"><img src="b.png"><img src="a.png">'
    one, two = await built(first, text, site), await built(second, text, site)
    assert one.path.read_bytes() == two.path.read_bytes()
    assert one.files == 3


async def test_style_sheets_bring_what_they_refer_to(tmp_path: Path) -> None:
    """Imports and addresses of a style sheet are seen from its own folder; a ring of imports ends."""
    site = Site(
        {
            "css/site.css": b'@import "more.css"; body { background: url(../img/sea.png) }',
            "css/more.css": b"@import 'site.css'; h1 { background: url( 'https://example.com/spy.png' ) }",
            "img/sea.png": PIXEL,
        }
    )
    package = await built(tmp_path, '<link rel="stylesheet" href="css/site.css"><p>Hello</p>', site)
    files = files_of(package.path)
    sheets = b"".join(data for name, data in files.items() if name.endswith(".css"))
    assert sum(name.endswith(".css") for name in files) == 2
    assert sum(name.endswith(".png") for name in files) == 1
    assert b"example.com" not in sheets


HARM = """<!DOCTYPE html><html><head><base href="https://example.com/">
<meta http-equiv="refresh" content="0;url=https://example.com/away"><meta charset="latin-1">
<link rel="preload" href="https://example.com/x.js"><link rel="stylesheet" href="//example.com/x.css">
<style>@import url(https://example.com/a.css); p { background: u\\72l(https://example.com/b.png) }</style>
<script src="https://example.com/x.js"></script></head>
<body onload="alert(1)" background="https://example.com/bg.png"><!--[if IE]><script>1</script><![endif]-->
<p style="background:url('https://example.com/c.png')">Text stays</p>
<img src="https://example.com/d.png" srcset="https://example.com/e.png 2x, https://example.com/f.png 3x" onerror="x()">
<img src="data:text/html,<script>1</script>"><a href="javascript:alert(1)">click</a>
<iframe src="https://example.com/"></iframe><object data="x.swf"></object><embed src="x.swf">
<form action="https://example.com/send">
<input formaction="https://example.com/" type="image" src="//example.com/g.png"></form>
<svg><script>1</script><image href="https://example.com/h.png"/><use xlink:href="https://example.com/i.svg#a"/></svg>
<video poster="https://example.com/j.png"><source src="https://example.com/k.mp4"></video>
</body></html>"""


async def test_nothing_runs_and_nothing_is_called(tmp_path: Path) -> None:
    """Scripts, frames, handlers and addresses outside are taken out; the text stays; the remarks say what left."""
    package = await built(tmp_path, HARM)
    page = files_of(package.path)["index.html"].decode()
    assert "Text stays" in page
    assert "example.com" not in page
    assert not re.search(
        r"<(script|iframe|object|embed|base)|\son\w+=|javascript:|http-equiv=.refresh", page, re.IGNORECASE
    )
    assert page.index("Content-Security-Policy") < page.index("</head>")
    assert CSP in html.unescape(page)
    assert any("lies outside" in remark for remark in package.remarks)


async def test_missing_assets_are_remarked(tmp_path: Path) -> None:
    """A picture that is not there leaves the page whole and is named in the remarks."""
    package = await built(tmp_path, '<p>Hello</p><img src="gone.png" alt="a ship">')
    assert package.remarks == ("gone.png is not there",)
    assert 'alt="a ship"' in files_of(package.path)["index.html"].decode()


async def test_entities_do_not_travel(tmp_path: Path) -> None:
    """A drawing that declares entities is left out, for it may grow without end where it is opened."""
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><svg>&b;</svg>'
    package = await built(tmp_path, '<p>Hello</p><img src="x.svg">', Site({"x.svg": bomb}))
    assert package.files == 1
    assert "x.svg declares entities and is left out" in package.remarks


async def test_a_content_system_brings_its_own_page(tmp_path: Path) -> None:
    """A page of the content system wins over the renderer of the format; None leaves it to the format."""
    package = await built(tmp_path, '{"a": "b"}', Rendering("<h1>As on the site</h1>"), format=None)
    assert "As on the site" in files_of(package.path)["index.html"].decode()
    package = await built(tmp_path, '{"a": "Texts too"}', Rendering(None), format="json")
    assert "Texts too" in files_of(package.path)["index.html"].decode()


@pytest.mark.parametrize(
    ("text", "format", "says"),
    [
        (b"\xff\xfe\x00", "html", "bytes"),
        (b"---\ntitle: a\n", "markdown", "front matter is not closed"),
        (b"", "html", "no page"),
        (b"anything", None, "nothing here can show"),
    ],
)
async def test_what_cannot_be_shown_is_refused(
    tmp_path: Path, text: bytes, format: str | None, says: str
) -> None:
    """A broken or unknown item has no preview, and the sentence says why; no half package is left."""
    with pytest.raises(Refused) as refused:
        await built(tmp_path, text, format=format)
    assert says in str(refused.value) or says == "bytes"
    assert not (tmp_path / "package.zip").exists()


async def test_a_package_keeps_to_the_limit(tmp_path: Path) -> None:
    """Pictures that do not fit are left out one by one; a page that alone is too large is refused."""
    site = Site({"large.png": PIXEL * 3000, "small.png": PIXEL})
    package = await built(tmp_path, '<img src="large.png"><img src="small.png">', site, limit=50_000)
    assert package.files == 2
    assert "large.png is not there" in package.remarks
    with pytest.raises(Refused, match="too large"):
        await built(tmp_path, "<p>" + "text " * 20_000, limit=50_000)


PIECES = st.sampled_from(
    ["<p>", "</p>", "<img src=", '"', "'", "../", "a.png", ">", "<style>", "url(", ")", "</style>", "text", "<script>",
     "</script>", "http://x.test/", "//x.test", "&lt;", "<!--", "-->", "srcset=", " 2x,", "<svg>", "</svg>", "\\75rl(",
     "<link rel=stylesheet href=", "@import ", "data:image/png,", "<body onload=x>",
     "\0", "é", "<template>", "<xmp>", "</xmp>", "<math>",
     "<title>", "</title>", "<textarea>", "<select>", "<table>", "<p title=", "<img src=x onerror=x>", "<noscript>",
     "<base href="]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25))
async def test_any_page_is_refused_or_safe(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    """Whatever HTML is made of, the package passes the gate or is refused with a sentence."""
    folder = tmp_path_factory.mktemp("page")
    try:
        package = await built(folder, "".join(pieces), Site({"a.png": PIXEL}))
    except Refused:
        return
    assert inspect(package.path) == ()
    # Read as browsers read it, by another parser than ours.
    tree = html5lib.parse(files_of(package.path)["index.html"], namespaceHTMLElements=False)
    assert [
        element.tag for element in tree.iter() if str(element.tag).endswith(("script", "iframe", "base"))
    ] == []
    assert [name for element in tree.iter() for name in element.attrib if str(name).startswith("on")] == []
