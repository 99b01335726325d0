"""Filters: what is rendered, what it means, and that the sandbox's own parser reads the same meaning."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.errors import Refused
from wordferry.lionbridge import Condition, Job, where
from wordferry.sandbox.lionbridge.filters import matches, parse
from wordferry.tms.lionbridge.api.filters import filter_text, order_text

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)

RENDERED: list[tuple[Any, str]] = [
    (Job.status_code == "CREATED", "statusCode eq 'CREATED'"),
    (Job.job_name != "it's", "jobName ne 'it''s'"),
    (Job.has_error == True, "hasError eq true"),  # noqa: E712 - a filter, not a truth
    (where.should_quote.ne(False), "shouldQuote ne false"),
    (where.labels["pages"] > 20, "labels.pages gt 20"),
    (where.labels["pages"] >= 3.5, "labels.pages ge 3.5"),
    (where.labels["pages"] < 1e21, "labels.pages lt 1000000000000000000000"),
    (where.labels["pages"] <= Decimal("-0.00001"), "labels.pages le -0.00001"),
    (where.labels["env.name"] == "prod", "labels.env.name eq 'prod'"),
    (where.due_date < NOON, "dueDate lt '2026-06-21T12:00:00'"),
    (where.due_date < date(2026, 6, 3), "dueDate lt '2026-06-03T00:00:00'"),
    (where.due_date > NOON.astimezone(timezone(timedelta(hours=2))), "dueDate gt '2026-06-21T12:00:00'"),
    (where.due_date > NOON + timedelta(microseconds=1), "dueDate gt '2026-06-21T12:00:00'"),
    (where.due_date < NOON + timedelta(microseconds=1), "dueDate lt '2026-06-21T12:00:01'"),
    (~(where.labels["pages"] <= 3.5), "not (labels.pages le 3.5)"),
    (~where.status_code.eq("A") & where.site_id.eq("s"), "(not (statusCode eq 'A')) and siteId eq 's'"),
    (
        (Job.status_code == "A") & (Job.site_id == "b") & ((Job.creator_id == "c") | (Job.creator_id == "d")),
        "statusCode eq 'A' and siteId eq 'b' and (creatorId eq 'c' or creatorId eq 'd')",
    ),
    (
        (where.site_id.eq("a") & where.site_id.eq("b")) | where.site_id.eq("c"),
        "(siteId eq 'a' and siteId eq 'b') or siteId eq 'c'",
    ),
    (where.status_code.in_(["A", "B"]), "statusCode eq 'A' or statusCode eq 'B'"),
    (where.status_code.in_(["A"]), "statusCode eq 'A'"),
    # Python reads `==` last here; the literal waits for its field.
    (
        where.status_code == "A" & (where.due_date < NOON),
        "statusCode eq 'A' and dueDate lt '2026-06-21T12:00:00'",
    ),
    (
        where.status_code == "A" & where.site_id.eq("b") | where.site_id.eq("c"),
        "(statusCode eq 'A' and siteId eq 'b') or siteId eq 'c'",
    ),
]


@pytest.mark.parametrize(("condition", "text"), RENDERED)
def test_conditions_are_written_in_the_vendors_grammar(condition: Any, text: str) -> None:
    """Quotes, dates, numbers, labels and parentheses come out as the vendor documents them, and parse."""
    assert filter_text(condition) == text
    parse(text)


MISUSED: dict[str, Any] = {
    "and": lambda: (Job.status_code == "A") and (Job.job_name == "b"),
    "or": lambda: (Job.status_code == "A") or (Job.job_name == "b"),
    "not": lambda: bool(Job.status_code == "A"),
    "a chain": lambda: NOON < where.due_date < NOON,
    "two comparisons without parentheses": lambda: where.status_code == "A" & where.job_name == "b",
    "a field alone": lambda: where.has_error & where.should_quote,
    "a field for a condition": lambda: where.site_id.eq("a") & where.has_error,
    "a field's opposite": lambda: ~where.has_error,
    "a field as a truth": lambda: bool(where.has_error),
    "text for a condition": lambda: where.site_id.eq("a") & "b",
    "a field for a value": lambda: where.site_id == where.job_name,
    "nothing": lambda: where.due_date == None,  # noqa: E711 - that is the mistake
    "a number for text": lambda: where.site_id == 3,
    "text for a date": lambda: where.due_date < "2026-01-01",
    "a moment without zone": lambda: where.due_date < NOON.replace(tzinfo=None),
    "half a second, exactly": lambda: where.due_date == NOON + timedelta(microseconds=1),
    "text for a flag": lambda: where.has_error == "true",
    "more than true": lambda: where.has_error > False,
    "a label that is true": lambda: where.labels["a"] == True,  # noqa: E712 - that is the mistake
    "a label without end": lambda: where.labels["a"] < float("inf"),
    "a label with a blank": lambda: where.labels["a b"],
    "a label that breaks out": lambda: where.labels["a eq 1 or b"],
    "labels as a whole": lambda: where.labels == "a",
    "description": lambda: Job.description == "a",
    "latestErrorMessage": lambda: Job.latest_error_message == "a",
    "archived": lambda: where.archived == True,  # noqa: E712 - that is the mistake
    "extendedMetadata": lambda: Job.extended_metadata == {},
    "requestStats": lambda: where.request_stats > 1,
    "order by a barred field": lambda: where.description.descending(),
    "one of none": lambda: where.site_id.in_([]),
    "half a character": lambda: where.site_id == "\ud800",
    "a comparison of a job": lambda: filter_text(Job(status_code="A").status_code == "A"),
}


@pytest.mark.parametrize("case", MISUSED)
def test_what_python_or_the_vendor_would_misread_is_refused(case: str) -> None:
    """Misuse ends in an error that names the field or the filter and says how to write it."""
    with pytest.raises(Refused) as caught:
        MISUSED[case]()
    assert caught.value.object
    assert caught.value.next


def test_the_fields_of_a_job_are_still_its_values() -> None:
    """The class gives fields, an instance its values: reading, comparing, replacing and storing work as before."""
    job = Job(job_id="j", status_code="A", labels={"n": 1})
    assert job.status_code == "A"
    assert job == msgspec.structs.replace(Job(), job_id="j", status_code="A", labels={"n": 1})
    assert msgspec.json.decode(msgspec.json.encode(job), type=Job) == job
    assert {Job.status_code: 1}[Job.status_code] == 1


def test_orders_are_written_with_their_direction() -> None:
    """An order is a field with its direction, a field alone, or text."""
    assert order_text(where.due_date.descending()) == "dueDate desc"
    assert order_text(where.labels["n"].ascending()) == "labels.n asc"
    assert order_text(where.due_date) == "dueDate asc"
    assert order_text("dueDate") == "dueDate"
    assert order_text(None) is None


# ------------------------------------------------------------------------------ the builder and the sandbox's parser

WORDS = st.text(st.sampled_from("ab'\"() \\%&+=eqandornot日\n"), max_size=6)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
NEAR = st.integers(-3, 3).map(lambda seconds: NOON + timedelta(seconds=seconds))
NUMBERS = st.one_of(
    st.integers(-5, 5), st.integers(-(2**53), 2**53), st.floats(-9, 9), st.sampled_from([2.5, -0.1])
)
OPS = st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"])
TEXTS = [where.status_code, where.job_name, where.provider_id, where.archive_status]
DATES = [where.due_date, where.created_date, where.submitted_date]
FLAGS = [where.has_error, where.should_quote]
LABELS = [where.labels[name] for name in ("env", "n.1", "A-b_c", "0")]

simple = st.one_of(
    st.tuples(st.sampled_from(TEXTS), OPS, WORDS),
    st.tuples(st.sampled_from(DATES), st.sampled_from(["lt", "le", "gt", "ge"]), st.one_of(MOMENTS, NEAR)),
    st.tuples(st.sampled_from(DATES), OPS, NEAR),
    st.tuples(st.sampled_from(FLAGS), st.sampled_from(["eq", "ne"]), st.booleans()),
    st.tuples(st.sampled_from(LABELS), OPS, st.one_of(WORDS, NUMBERS)),
).map(lambda parts: getattr(parts[0], parts[1])(parts[2]))
conditions: st.SearchStrategy[Condition] = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: pair[0] & pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] | pair[1]),
        inner.map(lambda one: ~one),
    ),
    max_leaves=12,
)
jobs = st.builds(
    Job,
    status_code=st.none() | WORDS,
    job_name=st.none() | WORDS,
    provider_id=st.none() | WORDS,
    archive_status=st.none() | WORDS,
    due_date=st.none() | NEAR | MOMENTS,
    created_date=st.none() | NEAR,
    submitted_date=st.none() | MOMENTS,
    has_error=st.none() | st.booleans(),
    should_quote=st.booleans(),
    labels=st.none() | st.dictionaries(st.sampled_from(["env", "n.1", "A-b_c", "0"]), WORDS | NUMBERS),
)
_WIRE = {field.encode_name: field.name for field in msgspec.structs.fields(Job)}


def value_of(job: Job, name: str) -> Any:
    if name.startswith("labels."):
        return (job.labels or {}).get(name.removeprefix("labels."))
    value = getattr(job, _WIRE[name])
    return value.timestamp() if isinstance(value, datetime) else value


@given(condition=conditions, job=jobs)
def test_the_sandbox_reads_what_the_builder_means(condition: Condition, job: Job) -> None:
    """Any condition, rendered and then parsed and judged by the sandbox, gives the builder's own judgement."""
    tree = parse(condition.render())
    assert matches(tree, lambda name: value_of(job, name)) == condition.matches(job)
