"""Events of Phrase: every shape is read as far as it goes, and only the right secret opens the door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.ports.events import Event, Told
from wordferry.tms.phrase.events import PhraseReceiver

RECEIVER = PhraseReceiver()


def parsed(body: Any, *, told: Told = Told.WEBHOOK) -> Event:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    [event] = RECEIVER.parse(raw, connection="phrase", told=told)
    return event


JOB = {
    "id": 604393366,
    "uid": "J1",
    "internalId": "2",
    "task": "T",
    "fileName": "a.json",
    "targetLang": "de",
    "workflowLevel": 1,
    "status": "COMPLETED_BY_LINGUIST",
    "dateDue": None,
    "project": {"id": 34691877, "uid": "P1", "lastWorkflowLevel": 1},
    "assignedTo": [{"linguist": {"uid": "x"}}],
}
JOBS = {"event": "JOB_STATUS_CHANGED", "timestamp": 1770664466, "eventUid": "E" * 22, "jobParts": [JOB]}


@pytest.mark.parametrize(
    ("headers", "good"),
    [
        ({"x-memsource-token": "s3cret"}, True),
        ({"X-Memsource-Token": "s3cret"}, True),
        ({"Authorization": "s3cret"}, True),
        ({"Authorization": "Bearer s3cret"}, True),
        ({"x-phrase-token": "s3cret"}, True),
        ({"x-memsource-token": "older"}, True),
        ({"x-memsource-token": "wrong"}, False),
        ({"x-memsource-token": ""}, False),
        ({"x-memsource-token": "s3cret\udcff"}, False),
        ({"x-other": "s3cret"}, False),
        ({}, False),
    ],
)
def test_only_a_secret_in_its_header_verifies(headers: dict[str, str], good: bool) -> None:
    """Both token types are taken, in any case of the header's name; nothing else is."""
    assert RECEIVER.verify(headers, b"{}", secrets=["s3cret", "older"]) is good


def test_no_secret_verifies_nothing() -> None:
    """Without a secret, and with an empty one, nobody is believed."""
    assert not RECEIVER.verify({"authorization": ""}, b"", secrets=[""])
    assert not RECEIVER.verify({"authorization": "x"}, b"", secrets=[])


def test_job_events_name_jobs_and_project() -> None:
    """A job event names every job part and its project; its word is for people."""
    event = parsed(JOBS | {"metadata": {"project": {"uid": "P1"}}})
    assert event == Event(
        id="E" * 22,
        connection="phrase",
        told=Told.WEBHOOK,
        kind="JOB_STATUS_CHANGED",
        batches=("P1",),
        units=("J1",),
        word="COMPLETED_BY_LINGUIST",
        at=1770664466.0,
        payload=event.payload,
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"event": "JOB_TARGET_UPDATED", "eventUid": "e", "jobPart": JOB},
            {"units": ("J1",), "batches": ("P1",)},
        ),
        ({"event": "JOB_UNEXPORTED", "eventUid": "e", "jobUid": "J9", "error": "x"}, {"units": ("J9",)}),
        (
            {"event": "PROJECT_DELETED", "eventUid": "e", "project": {"id": "5", "uid": "P2"}},
            {"batches": ("P2",)},
        ),
        ({"event": "PROJECT_TEMPLATE_CREATED", "projectTemplate": {"uid": "T"}}, {"batches": ()}),
        ({"event": "ANALYSIS_CREATED", "analyse": {"uid": "A"}}, {"units": ()}),
        (
            {
                "event": "ASYNC_REQUEST_FINISHED",
                "eventUid": "e",
                "asyncRequest": {"id": 7, "project": {"uid": "P3"}},
            },
            {"tickets": ("7",), "batches": ("P3",)},
        ),
        (
            {"_meta": {}, "event": "JOB_CREATED", "jobParts": [JOB, JOB | {"uid": "J2"}]},
            {"units": ("J1", "J2")},
        ),
        ({"event": "SOMETHING_NEW", "eventUid": "e"}, {"kind": "SOMETHING_NEW"}),
        ({"event": "JOB_CREATED", "jobParts": None}, {"units": ()}),
        ({"event": "JOB_CREATED", "jobParts": [None, 3, {"uid": 4}, {"project": "x"}]}, {"units": ()}),
        ({"event": 5, "eventUid": ["x"]}, {"kind": "unreadable"}),
        ({"timestamp": "2026-02-09T01:00:00.000"}, {"at": 1770598800.0}),
        ({"timestamp": 1e300}, {"at": None}),
        ({"timestamp": 9e11}, {"at": None}),
        ({"timestamp": "soon"}, {"at": None}),
        ([], {"kind": "unreadable"}),
        (b"", {"kind": "unreadable"}),
        (b"\xff\x00", {"kind": "unreadable"}),
        (b"[" * 100_000, {"kind": "unreadable"}),
        (b'{"event": "JOB_CREATED"', {"kind": "unreadable"}),
    ],
)
def test_every_shape_is_read_as_far_as_it_goes(body: Any, expected: dict[str, Any]) -> None:
    """Old, new, partial and senseless bodies give one event each; what they do not say is left empty."""
    event = parsed(body)
    assert {name: getattr(event, name) for name in expected} == expected


def test_callbacks_are_one_event_per_request() -> None:
    """A callback is known by its asynchronous request, whatever else it carries; retries repeat that id."""
    body = {
        "asyncRequest": {"id": "950791", "action": "IMPORT_JOB", "project": {"uid": "P1"}},
        "jobs": [{"uid": "J1"}],
    }
    event = parsed(body, told=Told.CALLBACK)
    assert (event.id, event.kind) == ("async:950791", "IMPORT_JOB")
    assert (event.tickets, event.batches, event.units) == (("950791",), ("P1",), ("J1",))
    assert parsed({"analyse": {}}, told=Told.CALLBACK).id.startswith("sha256:")


@pytest.mark.parametrize(
    ("words", "echo"),
    [
        (["COMPLETED"], True),
        (["COMPLETED", "COMPLETED"], True),
        (["COMPLETED_BY_LINGUIST"], False),
        (["COMPLETED", "NEW"], False),
        (["DELIVERED"], False),
        ([], False),
    ],
)
def test_the_legacy_word_for_delivered_is_an_echo(words: list[str], echo: bool) -> None:
    """`COMPLETED` in a webhook means delivered, which is what we said ourselves; every other word is news."""
    body = JOBS | {"jobParts": [JOB | {"uid": str(n), "status": word} for n, word in enumerate(words)]}
    assert parsed(body).echo is echo


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "event",
                    "eventUid",
                    "timestamp",
                    "jobParts",
                    "jobPart",
                    "project",
                    "metadata",
                    "asyncRequest",
                    "id",
                    "uid",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(_JSON)
def test_no_json_raises(body: Any) -> None:
    """Whatever JSON comes, it is one event with an id that fits the ledger."""
    for told in Told:
        event = parsed(body, told=told)
        assert 0 < len(event.id) <= 255


@given(st.binary(max_size=200))
def test_no_bytes_raise(body: bytes) -> None:
    """Whatever bytes come, they are one event."""
    assert parsed(body).payload
