"""From bytes to a page, by format."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping

from wordferry.formats import Document, parse
from wordferry.formats.encoding import decode
from wordferry.formats.front_matter import read as read_front_matter

__all__ = ["RENDERED", "render"]

_STYLE = (
    "body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:16px/1.55 system-ui,sans-serif;color:#1b1f24}"
    "img{max-width:100%}pre{overflow:auto;background:#f4f5f7;padding:.8rem}code{background:#f4f5f7}"
    "table{border-collapse:collapse}td,th{border:1px solid #c9ced6;padding:.3rem .6rem;vertical-align:top}"
    "blockquote{margin-left:0;padding-left:1rem;border-left:3px solid #c9ced6}"
    "dl.matter{background:#f4f5f7;padding:.6rem 1rem}dl.matter dt{font-size:.8rem;color:#57606a}"
    "dl.matter dd{margin:0 0 .4rem}"
)


def _page(body: str, *, title: str, locale: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{html.escape(locale)}"><head><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{body}</body></html>\n"
    )


def _markdown(data: bytes, encoding: str | None, title: str, locale: str) -> str:
    from markdown_it import MarkdownIt

    text = decode(data, format="markdown", encoding=encoding).text
    front = read_front_matter(text)
    parts = []
    if front is not None:
        # A translator meets these texts as well, so the page shows them.
        rows = "".join(
            f"<dt>{html.escape(segment.key)}</dt><dd>{html.escape(segment.text)}</dd>"
            for segment in front.segments
        )
        if rows:
            parts.append(f'<dl class="matter">{rows}</dl>\n')
        text = text[front.end :]
    parts.append(MarkdownIt("commonmark").enable("table").render(text))
    return _page("".join(parts), title=title, locale=locale)


def _html(data: bytes, encoding: str | None, title: str, locale: str) -> str:
    return decode(data, format="html", encoding=encoding).text


def _plain(data: bytes, encoding: str | None, title: str, locale: str) -> str:
    text = decode(data, format="plain", encoding=encoding).text
    return _page(f"<pre>{html.escape(text)}</pre>", title=title, locale=locale)


def _strings(document: Document, title: str, locale: str) -> str:
    rows = "".join(
        f"<tr><td><code>{html.escape(segment.key)}</code></td><td>{html.escape(segment.text)}</td></tr>\n"
        for segment in document.segments
    )
    return _page(f"<table>\n{rows}</table>\n", title=title, locale=locale)


_PAGES: Mapping[str, Callable[[bytes, str | None, str, str], str]] = {
    "markdown": _markdown,
    "html": _html,
    "plain": _plain,
}
#: Formats whose page says more to a translator than their list of texts would: these get a package.
RENDERED = frozenset({"markdown", "html"})


def render(data: bytes, *, format: str, encoding: str | None, title: str, locale: str) -> str:
    """How a file looks; files of texts alone become a table of them.

    Args:
        data: the whole file.
        format: one of `formats.FORMATS`.
        encoding: declared text encoding, or None.
        title: what a person calls it.
        locale: the language of the text.

    Returns:
        HTML, with whatever references the file has.

    Raises:
        FormatError: the file is broken.
    """
    page = _PAGES.get(format)
    if page is not None:
        return page(data, encoding, title, locale)
    return _strings(parse(data, format=format, encoding=encoding), title, locale)
