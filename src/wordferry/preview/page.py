"""A page made safe: nothing in it runs, nothing in it calls anybody, and its assets are files beside it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from wordferry.errors import Refused
from wordferry.preview.addresses import local, outside, rewrite_css

__all__ = ["ACTIVE", "ADDRESSES", "CSP", "addresses", "made_safe", "read_page"]

#: Enforced by the browser that opens the page: should a filter here ever miss something, nothing is fetched still.
CSP = (
    "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline' data:; font-src 'self' data:;"
    " media-src 'self' data:"
)
#: Elements that run, embed other pages, move the page's base, or that browsers read by other rules than our parser, so
#: that what is text here would be markup there.
ACTIVE = frozenset(
    "script noscript iframe frame frameset object embed applet base portal template dialog"
    " xmp listing plaintext noembed noframes math foreignobject annotation-xml desc".split()
)
#: Attributes that the browser follows by itself, by element; `*` is any.
ADDRESSES: dict[str, tuple[str, ...]] = {
    "img": ("src",),
    "source": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "input": ("src",),
    "link": ("href",),
    "image": ("href", "{http://www.w3.org/1999/xlink}href", "xlink:href"),
    "use": ("href", "{http://www.w3.org/1999/xlink}href", "xlink:href"),
    "*": ("background",),
}
#: Links that bring something the eye sees; others prefetch, or describe the site.
_LINKS = frozenset({"stylesheet", "icon", "shortcut icon", "apple-touch-icon"})
_SETS = ("srcset", "imagesrcset")
_SENT = ("action", "formaction", "ping", "manifest", "longdesc", "cite", "profile", "srcdoc", "integrity")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_CANDIDATE = re.compile(r"\s*(\S+)((?:\s+[^,]*)?)(?:,|$)")


def read_page(text: str) -> Any:
    """The tree of a page; broken HTML is read as browsers read it.

    Raises:
        Refused: there is nothing in it.
    """
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True)
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise Refused("it has no page to show.") from error
    return tree


def addresses(tree: Any) -> Iterator[tuple[Any, str, str]]:
    """(element, attribute, address) of everything that a browser would fetch by itself, style sheets left out."""
    for element in tree.iter(etree.Element):
        tag = element.tag
        for attribute in (*ADDRESSES.get(tag, ()), *ADDRESSES["*"]):
            value = element.get(attribute)
            if value is not None:
                yield element, attribute, value
        for attribute in _SETS:
            for match in _CANDIDATE.finditer(element.get(attribute) or ""):
                yield element, attribute, match[1].rstrip(",")


async def made_safe(text: str, fetch: Callable[[str], Awaitable[str | None]]) -> tuple[str, tuple[str, ...]]:
    """Take out what runs or calls anybody, and let every asset be a file of the package.

    Args:
        text: the page.
        fetch: from a relative path as written to the name of its file in the package; None when there is none.

    Returns:
        The page, and one remark for each thing that was left out.

    Raises:
        Refused: there is no page in the text.
    """
    tree = read_page(text)
    remarks: dict[str, None] = {}
    _quieten(tree, remarks)
    wanted: dict[str, str | None] = {}

    async def learn(address: str) -> None:
        path = local(address)
        if path is not None and address not in wanted:
            wanted[address] = await fetch(path)
            if wanted[address] is None:
                remarks[f"{path} is not there"] = None
        elif path is None and outside(address):
            remarks[f"{_short(address)} lies outside and is not shown"] = None

    def name(address: str) -> str | None:
        if address.startswith("#") or address.lower().startswith("data:image/"):
            return address
        return wanted.get(address)

    styles = [(element, element.text or "") for element in tree.iter("style")]
    inline = [(element, element.get("style")) for element in tree.iter(etree.Element) if element.get("style")]
    for _, _, address in list(addresses(tree)):
        await learn(address)
    for _, css in (*styles, *inline):
        for address in css_addresses(css):
            await learn(address)
    for element, css in styles:
        # Within a drawing a browser takes the content of <style> for markup: no tag may begin there.
        element.text = _TAG.sub("", rewrite_css(css, name))
    for element, css in inline:
        element.set("style", rewrite_css(css, name))
    _point(tree, name)
    return _finished(tree), tuple(remarks)


def css_addresses(text: str) -> list[str]:
    """The addresses in a style sheet, as written."""
    found: list[str] = []

    def note(address: str) -> str:
        found.append(address)
        return address

    rewrite_css(text, note)
    return found


def _quieten(tree: Any, remarks: dict[str, None]) -> None:
    for comment in list(tree.iter(etree.Comment, etree.ProcessingInstruction)):
        # Old browsers ran what stands in conditional comments.
        comment.drop_tree() if comment.getparent() is not None else None
    for element in list(tree.iter(etree.Element)):
        tag = element.tag
        if str(tag).lower() in ACTIVE and tag != "noscript":
            remarks[f"<{tag}> is left out"] = None
            element.drop_tree()
            continue
        if tag == "noscript":
            element.tag = "div"
        if tag == "meta" and (element.get("http-equiv") or element.get("charset")):
            element.drop_tree()
            continue
        if tag == "link" and (element.get("rel") or "").strip().lower() not in _LINKS:
            element.drop_tree()
            continue
        for attribute in list(element.attrib):
            low = attribute.lower()
            if low.startswith("on") or low in _SENT:
                del element.attrib[attribute]
        if (
            (element.get("href") or "")
            .strip()
            .lower()
            .startswith(("javascript:", "vbscript:", "data:text/html"))
        ):
            del element.attrib["href"]


def _point(tree: Any, name: Callable[[str], str | None]) -> None:
    for element in list(tree.iter(etree.Element)):
        for attribute in (*ADDRESSES.get(element.tag, ()), *ADDRESSES["*"]):
            value = element.get(attribute)
            if value is None:
                continue
            found = name(value)
            if found is not None:
                element.set(attribute, found)
            elif element.tag == "link":
                element.drop_tree()
                break
            else:
                del element.attrib[attribute]
        for attribute in _SETS:
            if attribute in element.attrib:
                kept = [
                    f"{found}{match[2]}"
                    for match in _CANDIDATE.finditer(element.get(attribute))
                    if (found := name(match[1].rstrip(",")))
                ]
                if kept:
                    element.set(attribute, ", ".join(kept))
                else:
                    del element.attrib[attribute]


def _finished(tree: Any) -> str:
    head = tree.find("head")
    if head is None:
        head = lxml_html.Element("head")
        tree.insert(0, head)
    head.insert(0, lxml_html.Element("meta", charset="utf-8"))
    head.insert(1, lxml_html.Element("meta", {"http-equiv": "Content-Security-Policy", "content": CSP}))
    text: str = lxml_html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")
    return text + "\n"


def _short(address: str) -> str:
    """Without query and fragment, which may hold secrets."""
    bare = re.split(r"[?#]", address.strip(), maxsplit=1)[0]
    return bare if len(bare) <= 80 else bare[:79] + "…"
