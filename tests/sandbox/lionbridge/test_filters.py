"""The filter grammar: what is taken, how it binds, and where it is wrong."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.sandbox.lionbridge.filters import BARRED, FilterError, matches, parse

JOB: dict[str, Any] = {
    "statusCode": "IN_TRANSLATION",
    "jobName": "it's",
    "hasError": True,
    "dueDate": 1624276800.0,  # 2021-06-21T12:00:00Z
    "submittedDate": None,
    "providerId": "p",
    "labels.pages": 3,
    "labels.env": "prod",
}


def _fits(source: str, **options: bool) -> bool:
    return matches(parse(source), JOB.get, **options)


@pytest.mark.parametrize(
    ("source", "fits"),
    [
        ("hasError eq true", True),
        ("hasError ne true", False),
        ("statusCode ne 'CREATED'", True),
        ("STATUSCODE EQ 'IN_TRANSLATION'", True),
        ("statusCode eq 'in_translation'", False),
        ("jobName eq 'it''s'", True),
        ("labels.pages gt 20", False),
        ("labels.pages le 3.5", True),
        ("labels.pages eq 3.0", True),
        ("labels.pages eq '3'", False),
        ("labels.pages ne '3'", True),
        ("labels.pages ge -1e2", True),
        ("labels.none eq 'x'", False),
        ("labels.none ne 'x'", True),
        ("not labels.pages le 3.5", False),
        ("not not labels.pages le 3.5", True),
        ("not labels.pages le 3.5 and hasError eq true", False),
        ("not (labels.pages le 3.5 and hasError eq false)", True),
        ("labels.pages le 200 and labels.pages gt 3.5", False),
        ("labels.pages le 3.5 or labels.pages gt 200", True),
        ("hasError eq true or hasError eq true and hasError eq false", True),
        ("(hasError eq true or hasError eq true) and hasError eq false", False),
        ("(labels.priority eq 1 or labels.env eq 'prod') and labels.pages gt 100", False),
        ("dueDate le '2021-06-21T12:00'", True),
        ("dueDate lt '2021-06-21T12:00'", False),
        ("dueDate gt '2021-06-21'", True),
        ("dueDate eq '2021-06-21T14:00:00+02:00'", True),
        ("dueDate eq '2021-06-21T12:00:00.000Z'", True),
        ("submittedDate lt '2999-01-01'", False),
        ("submittedDate ne '2999-01-01'", True),
        ("not submittedDate lt '2999-01-01'", True),
        ("statusCode gt 'A' AND statusCode lt 'Z'", True),
        ("(providerId eq 'p')AND(hasError eq true)", True),
    ],
)
def test_what_fits(source: str, fits: bool) -> None:
    """Precedence, literals, dates, labels and unset values, as the vendor's own examples read."""
    assert _fits(source) is fits


def test_the_undecided_points_are_options() -> None:
    """Letter case of text, and `ne` on unset fields, can be read the other way."""
    assert _fits("statusCode eq 'in_translation'", case_sensitive=False)
    assert not _fits("submittedDate ne '2999-01-01'", null_ne=False)


@pytest.mark.parametrize(
    ("source", "position", "reason"),
    [
        ("", 0, "empty"),
        ("   ", 0, "empty"),
        ("name eq 'x'", 0, "unknown field 'name'"),
        ("hasError eq true and status eq 'x'", 21, "unknown field"),
        ("description eq 'x'", 0, "cannot be used"),
        ("jobName contains 'x'", 8, "expected one of eq, ne"),
        ("jobName eq", 10, "expected a value"),
        ("jobName eq 'x", 11, "not closed"),
        ("jobName eq 'it''s", 11, "not closed"),
        ("jobName eq 'it's'", 15, "expected 'and', 'or' or the end"),
        ("jobName eq x", 11, "expected a value"),
        ("jobName eq 5", 11, "text in single quotes"),
        ('jobName eq "x"', 11, "unexpected character"),
        ("hasError eq 'true'", 12, "true or false"),
        ("hasError gt true", 9, "no meaning"),
        ("dueDate lt 'soon'", 11, "not a date"),
        ("dueDate lt '2021-02-30'", 11, "not a date"),
        ("dueDate lt 2021-06-03", 11, "text in single quotes"),
        ("labels. eq 1", 0, "label is missing"),
        ("labels.x eq true", 12, "text or a number"),
        ("labels.x eq 1e999", 12, "too large"),
        ("(hasError eq true", 17, "expected ')'"),
        ("hasError eq true)", 16, "expected 'and'"),
        ("hasError eq true and", 20, "expected a field"),
        ("and hasError eq true", 0, "unknown field"),
        ("not", 3, "expected a field"),
        ("()", 1, "expected a field"),
        ("hasError eq true hasError eq true", 17, "expected 'and'"),
        ("(" * 200, 100, "too deeply"),
    ],
)
def test_where_it_is_wrong(source: str, position: int, reason: str) -> None:
    """An error tells its position and its reason."""
    with pytest.raises(FilterError) as found:
        parse(source)
    assert (found.value.position, reason in found.value.reason) == (position, True), found.value


@pytest.mark.parametrize("name", sorted(BARRED))
def test_barred_fields(name: str) -> None:
    """The five fields that the vendor bars by name are refused."""
    with pytest.raises(FilterError, match="cannot be used"):
        parse(f"{name} eq 'x'")


@given(st.text(alphabet="abcT'()<> .=-019éjobNamedueDatelabelsandornotEQeqltgtrue", max_size=60))
def test_any_text_is_parsed_or_refused(source: str) -> None:
    """Nothing but a filter error comes of nonsense, and its position is within the text."""
    position = 0
    with contextlib.suppress(FilterError):
        try:
            parse(source)
        except FilterError as error:
            position = error.position
            raise
    assert 0 <= position <= len(source)


@given(st.text(max_size=40))
def test_any_value_can_be_quoted(value: str) -> None:
    """Whatever stands between the quotes, a doubled quote being one, is the value."""
    node = parse("jobName eq '" + value.replace("'", "''") + "'")
    assert matches(node, {"jobName": value}.get)
