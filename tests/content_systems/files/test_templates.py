"""Where translations go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.content_systems.files.templates import Place, Template
from wordferry.errors import NeedsOperator, Refused

PLACE = Place(path="en/guide/start.intro.md", below="guide/start.intro.md")


def template(text: str) -> Template:
    return Template(text, source_locale="en", where="content.docs.target")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("{locale}/{path}", "de/guide/start.intro.md"),
        ("i18n/{locale}/{dir}/{name}", "i18n/de/guide/start.intro.md"),
        ("{dir}/{stem}.{locale}.{ext}", "guide/start.intro.de.md"),
        ("{dir}/{locale}/{name}", "guide/de/start.intro.md"),
        ("{source_locale}-{locale}/{path}", "en-de/guide/start.intro.md"),
        ("{locale}/{stem}_{locale}.{ext}", "de/start.intro_de.md"),
        ("res/values-{locale}/strings.xml", "res/values-de/strings.xml"),
    ],
)
def test_filled(text: str, target: str) -> None:
    """Each placeholder stands for what the docs' table says."""
    assert template(text).target(PLACE, "de") == target


@pytest.mark.parametrize(
    ("below", "text", "target"),
    [
        ("a.md", "{dir}/{stem}.{locale}.{ext}", "a.de.md"),
        ("README", "{dir}/{stem}.{locale}.{ext}", "README.de"),
        (".env", "{stem}.{locale}.{ext}", ".env.de"),
        ("odd.", "{stem}.{locale}.{ext}", "odd..de"),
        ("a b/ü \udcff.md", "{locale}/{path}", "de/a b/ü \udcff.md"),
    ],
)
def test_missing_parts(below: str, text: str, target: str) -> None:
    """A missing folder or extension takes its slash or dot with it."""
    assert template(text).target(Place(path=f"en/{below}", below=below), "de") == target


@pytest.mark.parametrize(
    ("text", "sentence", "cure"),
    [
        ("", "is empty", "{locale}/{path}"),
        ("translated/{path}", "has no {locale}", "Add {locale}"),
        ("{source_locale}/{path}", "has no {locale}", "Add {locale}"),
        ("/srv/{locale}/{path}", "absolute", "relative"),
        ("../{locale}/{path}", "'..'", "root"),
        ("{locale}/./{path}", "'.'", "root"),
        ("{locale}\\{path}", "backslash", "slash"),
        ("{locale}/", "folder", "file name"),
        ("{locale}/{pth}", "unknown placeholder {pth}", "{path}"),
        ("{locale}/{zzz}", "unknown placeholder {zzz}", "Known placeholders"),
        ("{locale}/{}", "unknown placeholder {}", "Known placeholders"),
        ("{locale}/{path", "brace", "{locale}"),
        ("{locale}/path}", "brace", "{locale}"),
        ("{{locale}}/{path}", "brace", "{locale}"),
    ],
)
def test_bad_templates(text: str, sentence: str, cure: str) -> None:
    """A template that makes no sense is refused at load: what is wrong, in which setting, and the cure."""
    with pytest.raises(NeedsOperator) as caught:
        template(text)
    assert sentence in caught.value.what
    assert cure in caught.value.next
    assert caught.value.object == "content.docs.target"


@pytest.mark.parametrize("locale", ["en", "EN"])
def test_own_source(locale: str) -> None:
    """A target is never its own source, not even where case does not count."""
    with pytest.raises(Refused, match="overwrite") as caught:
        template("{locale}/{path}").target(PLACE, locale)
    assert caught.value.object == PLACE.path


@pytest.mark.parametrize("locale", ["", ".", "..", "a/b", "a\\b", "a\0b", "a\nb"])
def test_bad_locales(locale: str) -> None:
    """A locale that would change the folder structure is refused."""
    with pytest.raises(NeedsOperator, match="file name"):
        template("{locale}/{path}").target(PLACE, locale)


@pytest.mark.parametrize("folder", [".git", ".wordferry"])
def test_tools_folders(folder: str) -> None:
    """Translations never land in a tool's own folder."""
    with pytest.raises(Refused, match="not for content"):
        template("{locale}/{path}").target(Place(path=f"en/{folder}/x", below=f"{folder}/x"), "de")


PART = st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=6).filter(
    lambda part: part not in {".", "..", ".git", ".wordferry"}
)
TEMPLATES = st.sampled_from(
    [
        "{locale}/{path}",
        "{dir}/{stem}.{locale}.{ext}",
        "{dir}/{locale}/{name}",
        "x-{locale}/{path}",
        "{locale}/{path}.{locale}",
        "{path}-{source_locale}-{locale}",
    ]
)


@given(
    text=TEMPLATES,
    parts=st.lists(PART, min_size=1, max_size=4),
    locale=st.sampled_from(["de", "pt-BR", "x", "sr@latin"]),
)
def test_round(text: str, parts: list[str], locale: str) -> None:
    """What a target was made from is among the ways to read it back."""
    one = template(text)
    below = "/".join(parts)
    place = Place(path=f"en/{below}", below=below)
    target = one.target(place, locale)
    assert (one.claim(place), locale) in set(one.claims_behind(target, ["zz", locale]))


@given(
    text=st.sampled_from(["{locale}/{path}", "x/{path}.{locale}", "{dir}/{locale}/{name}"]),
    first=st.lists(PART, min_size=1, max_size=3),
    second=st.lists(PART, min_size=1, max_size=3),
)
def test_different_sources_make_different_claims(text: str, first: list[str], second: list[str]) -> None:
    """Templates that carry the whole path never send two sources to one target of one locale."""
    one = template(text)
    places = [Place(path="en/" + "/".join(parts), below="/".join(parts)) for parts in (first, second)]
    assert (one.claim(places[0]) == one.claim(places[1])) == (first == second)
