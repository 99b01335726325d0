"""The inline level of Markdown: code, links, references, raw HTML, shortcodes and placeholders in a block's text."""

from __future__ import annotations

import re

from wordferry.formats.document import Token
from wordferry.formats.icu import is_icu
from wordferry.formats.placeholders import (
    BRACE,
    COMMENT,
    EMAIL,
    ENTITY,
    PRINTF,
    TEMPLATE,
    URL,
    URL_BEGINS,
    pieces,
    text_tokens,
)

# CommonMark allows any attribute spelling in raw HTML that its grammar names; text in angle brackets is a tag there.
_VALUE = r"(?:\s*=\s*(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?"
_HTML = rf"</?[A-Za-z][A-Za-z0-9\-.:]*+(?:\s+[A-Za-z_:@][\w.:\-]*{_VALUE})*+\s*+/?>"
_DESTINATION = (
    r"(?:<[^<>\n]*>"
    r"|(?:\{\{.{0,1000}?\}\}|\{%.{0,1000}?%\}|\\.|[^\s()<>\\{]|\{(?![{%])|\((?:[^\s()\\]|\\.)*\))*)"
)
_TITLE = r"(?:\s+(?:\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\)))?"
_PATTERN = "|".join(
    f"(?P<{kind}>{pattern})"
    for kind, pattern in (
        ("code", r"(?<!`)(`++)(?!`).{1,2000}?(?<!`)\2(?!`)"),
        ("escape", r"\\[!-/:-@\[-`{-~]"),
        ("template", TEMPLATE),
        ("math", r"\$\$.{1,2000}?\$\$"),
        (
            "link",
            rf"\]\(\s*{_DESTINATION}{_TITLE}\s*\)|<[A-Za-z][A-Za-z0-9+.\-]{{1,31}}:[^\s<>]*>|<[\w.+\-]+@[\w.\-]+>",
        ),
        ("tag", f"{COMMENT}|{_HTML}"),
        ("footnote", r"\[\^[^\]\s]+\]"),
        ("alert", r"\[![A-Z]+\]"),
        ("task", r"(?<![^\s])\[[ xX]\](?=\s)"),
        ("shortcut", r"\[[^\[\]]+\]\[\]|\[[^\[\]]+\](?![\[(])"),
        ("reference", r"\]\[[^\[\]]+\]"),
        ("url", URL),
        ("attribute", r"\{:?\s*[#.][^{}\n]*\}|\{:[^{}\n]*\}"),
        ("brace", BRACE),
        ("printf", PRINTF),
        ("entity", ENTITY),
        (
            "directive",
            r"(?m:^(?::::+[ \t]*\{?[\w\-]*\}?|(?:!!!|\?\?\?\+?)[ \t]+[\w\-]+(?:[ \t]+[\w\-]+)*|===[!+]?))",
        ),
        ("emoji", r"(?<![\w:]):[a-z][a-z0-9_+\-]*:(?![\w:])"),
    )
)
_PATTERN = rf"(?=[`\\{{<\[\]%&$#:!?=]|{URL_BEGINS})(?:{_PATTERN})"
_INLINE = re.compile(_PATTERN, re.DOTALL)
_INLINE_WITH_EMAIL = re.compile(f"{_PATTERN}|(?P<email>{EMAIL})", re.DOTALL)
# What may begin a token; a text without any of these is one run.
_TRIGGER = re.compile(r"[`\\{<\[\]%&$@#]|://|www\.|mailto:|tel:|:::|!!!|\?\?\?|===|:[a-z]")


def markdown_tokens(text: str) -> tuple[Token, ...]:
    """Tokens of the text of one block."""
    if _TRIGGER.search(text) is None:
        return (Token("text", text),) if text else ()
    if "{" in text and is_icu(text):
        return text_tokens(text)
    return tuple(pieces(_INLINE_WITH_EMAIL if "@" in text else _INLINE, text, prose=False))


_LINK = re.compile(rf"\]\(\s*({_DESTINATION}){_TITLE}\s*\)\Z", re.DOTALL)


def link_target(token: str) -> str:
    """The destination of a link token, without brackets and title."""
    match = _LINK.match(token)
    if match is None:
        return token.strip("<>")
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", match[1].strip("<>"))


def resolved(tokens: tuple[Token, ...], references: dict[str, str]) -> list[Token]:
    """Tokens with reference links replaced by the links they stand for; brackets without a definition are text.

    Args:
        tokens: tokens of one block.
        references: destinations by normalised label.
    """
    if not references:
        return [token for token in tokens if token.kind not in ("shortcut", "reference")]
    found: list[Token] = []
    for token in tokens:
        if token.kind not in ("shortcut", "reference"):
            found.append(token)
            continue
        label = token.text.removesuffix("[]").lstrip("]")[1:-1]
        target = references.get(normal_label(label))
        if target is not None:
            found.append(Token("link", f"<{target}>"))
    return found


def normal_label(label: str) -> str:
    """A reference label as CommonMark compares it: spaces collapsed, case folded."""
    return " ".join(label.split()).lower().upper()
