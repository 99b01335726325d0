"""Flat front matter is read exactly as the full parser reads it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordferry.formats import FormatError, flat_yaml, front_matter

TYPICAL = (
    "title: Getting started: no",
    "title: Getting started",
    "title: Über uns – 日本語 😀, it's [new] {really} & *bold* ?",
    "description: \"How to install it: all # steps\"",
    "subtitle: 'It is  \"here\" '",
    "summary: ''",
    "url: https://example.com/a?b=c",
    "url: a:b:c",
    "url: a:[b",
    "url: a:,b",
    "time: x 10:30",
    "lang: en",
    "date: 2024-03-01",
    "date: 2024-13-41",
    "weight: 10",
    "weight: 0",
    "weight: 010",
    "version: 1.0",
    "version: 0.50",
    "version: 1.2.3",
    "draft: false",
    "draft: True",
    "draft: tRUE",
    "toc: yes",
    "toc: y",
    "cover: null",
    "cover: Null",
    "cover:",
    "cover: ",
    "cover: |",
    "cover: ~",
    "anchor: &a x",
    "again: *a",
    "tags: [install, first steps]",
    "tags:",
    "tags: ",
    "- install",
    "  - install",
    "  - First steps: none",
    "  - First steps, then more",
    "    - \"quoted\"",
    "  - 12",
    "  - - nested",
    "  -",
    "  continued",
    "  nested: value",
    "a word: two words",
    "key:value",
    "null: x",
    "null: y",
    "on: \"off\"",
    "# a comment",
    "title: a # comment",
    "title: a#b",
    "title: a:",
    "title: trailing   ",
    "title:   leading",
    "title: tab\tinside",
    "title: no\u00a0break",
    "title: line\u2028break",
    "title: a\ufeffb",
    "title: it''s",
    "title: 'it''s'",
    "title: \"a\\nb\"",
    "title: \"a\" b",
    "...",
    "? x",
    "",
    "   ",
)  # fmt: skip


def _read(text: str) -> object:
    try:
        return front_matter.read(text)
    except FormatError as error:
        return str(error)


def _full(text: str) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flat_yaml, "compose", lambda body: None)
        return _read(text)


@pytest.mark.parametrize("line", TYPICAL)
def test_each_line_reads_the_same(line: str) -> None:
    """A single line, alone, before and after others, means what the full parser says."""
    for body in (f"{line}\n", f"tags:\n{line}\n", f"{line}\n  - item\n", f"first: one\n{line}\nlast: two\n"):
        for text in (f"---\n{body}---\n", f"---\n{body}---\n".replace("\n", "\r\n")):
            assert _read(text) == _full(text), text


_LETTERS = st.text(
    st.sampled_from("aZé日«(/$tFnN😀 :#,'\"[]{}-_?!&*|>%@`=<~.0129\\/\t\u00a0\u200b\u0301\x85"), max_size=12
)
_SCALARS = st.one_of(
    _LETTERS,
    st.text(max_size=8),
    _LETTERS.map(lambda text: f"w{text}"),
    _LETTERS.map(lambda text: f"'{text}'"),
    _LETTERS.map(lambda text: f'"{text}"'),
    st.from_regex(r"[0-9]{1,4}([-.:_e+][0-9]{1,3}){0,2}", fullmatch=True),
)
_LINES = st.one_of(
    st.builds("{}:{}{}".format, st.sampled_from("title tags a-b _x null x2".split()),
              st.sampled_from(("", " ", "  ")), _SCALARS),
    st.builds("{}- {}".format, st.sampled_from(("", "  ", "    ")), _SCALARS),
    st.sampled_from(TYPICAL),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_LINES, min_size=1, max_size=5), st.sampled_from(("\n", "\r\n")))
def test_any_block_reads_the_same(lines: list[str], newline: str) -> None:
    """No block of generated lines is read in another way than by the full parser."""
    text = newline.join(["---", *lines, "---", ""])
    assert _read(text) == _full(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(_SCALARS, min_size=1, max_size=4))
def test_any_values_read_the_same(values: list[str]) -> None:
    """Distinct keys with any values, alone and as lists, are read as by the full parser."""
    flat = "".join(f"key{number}: {value}\n" for number, value in enumerate(values))
    listed = "list:\n" + "".join(f"  - {value}\n" for value in values) + "end: x\n"
    for text in (f"---\n{flat}---\n", f"---\n{listed}---\n"):
        assert _read(text) == _full(text)


def test_typical_front_matter_is_flat() -> None:
    """The block of an ordinary page needs no full parser."""
    body = (
        'title: Getting started\ndescription: "What it needs: nothing"\nslug: getting-started\ndate: 2024-03-01\n'
        "tags:\n  - install\n  - first steps\nweight: 10\ndraft: false\nurl: https://example.com/a\n"
    )
    assert flat_yaml.compose(body) is not None
    assert flat_yaml.compose(body.replace("\n", "\r\n")) is not None


@pytest.mark.parametrize(
    "body", ["a: x\na: y\n", "a: &b x\n", "a: x # y\n", "a: x: y\n", "a:\n", "a:\n - x\n  - y\n"]
)
def test_everything_else_goes_to_the_full_parser(body: str) -> None:
    """Repeated keys, anchors, comments, nested keys, missing values and odd indentation are not guessed at."""
    assert flat_yaml.compose(body) is None


def test_an_anchor_used_twice_prints_nothing() -> None:
    """Valid but odd YAML is read without a warning, which would quote the file."""
    found = front_matter.read("---\nfirst: &a one word\nsecond: &a two words\nthird: *a\n---\n")
    assert found is not None
    assert [value.value for value in found.values] == ["", "one word", "two words", "two words"]
