"""Lenient decoding: odd fields fall back, everything else stays."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordferry.tms.phrase.api.analyses import AnalysesCreated, AnalysesStarted, Analysis
from wordferry.tms.phrase.api.answers import Answer, Numbered, Page, reader
from wordferry.tms.phrase.api.async_requests import AsyncRequest, Concurrency
from wordferry.tms.phrase.api.auth import WhoAmI
from wordferry.tms.phrase.api.email_templates import EmailTemplate
from wordferry.tms.phrase.api.jobs import Job, JobsCreated, SourceUpdated
from wordferry.tms.phrase.api.languages import Languages
from wordferry.tms.phrase.api.previews import PreviewPackage
from wordferry.tms.phrase.api.projects import Project, ProjectSteps
from wordferry.tms.phrase.api.providers import Assigned
from wordferry.tms.phrase.api.target_files import ExportStarted, Warnings
from wordferry.tms.phrase.api.templates import Template

KINDS: list[Any] = [
    AnalysesCreated,
    AnalysesStarted,
    Analysis,
    Assigned,
    AsyncRequest,
    Concurrency,
    ExportStarted,
    Job,
    JobsCreated,
    Languages,
    Page[EmailTemplate],
    Page[Job],
    Page[Project],
    PreviewPackage,
    Project,
    ProjectSteps,
    SourceUpdated,
    Template,
    Warnings,
    WhoAmI,
]

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def _keys(kind: Any) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(kind)]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@settings(max_examples=25)
@given(data=st.data())
def test_any_object_of_the_coarse_shape_decodes(kind: Any, data: st.DataObject) -> None:
    """Fields that are absent, null, new or of another type never stop an answer from being read."""
    value = data.draw(
        st.dictionaries(st.sampled_from(_keys(kind)) | st.text(max_size=6), anything, max_size=8)
    )
    answer = reader(kind)(json.dumps(value).encode())
    assert isinstance(answer, Answer)
    for name in kind.numbers if isinstance(kind, type) and issubclass(kind, Numbered) else ():
        assert getattr(answer, name) is None or type(getattr(answer, name)) is str


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_empty_objects_decode(kind: Any) -> None:
    """Every field of every answer has a default."""
    assert reader(kind)(b"{}") == reader(kind)(b'{"somethingNew": {"deep": [1]}}')


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"5", b"<html>", b'{"a":', b'"\xff"', b'{"uid":"\xff"}', b"[" * 9999],
)
def test_what_is_not_an_object_is_refused(body: bytes) -> None:
    """Anything but a JSON object raises one kind of error, which does not quote the body."""
    with pytest.raises(ValueError, match=r"^not (JSON|a JSON object)$") as caught:
        reader(Job)(body)
    assert caught.value.__cause__ is None


def test_one_odd_field_does_not_spoil_the_rest() -> None:
    """Around an odd field everything else keeps its value, nested objects and lists included."""
    body = b"""{"totalPages": "2", "content": [
        {"uid": "a", "innerId": 7, "wordsCount": "many", "status": "NEW",
         "importStatus": {"status": 5, "errorMessage": "e"}},
        "not a job", null,
        {"uid": "b", "providers": [{"id": 1, "type": null}, 5], "dateCreated": "2023-02-09T01:00:00.000", "begin": []}
    ]}"""
    page = reader(Page[Job])(body)
    assert page.total_pages == 2
    first, second = page.content
    assert (first.uid, first.inner_id, first.words_count, first.status) == ("a", "7", None, "NEW")
    assert first.import_status is not None
    assert (first.import_status.status, first.import_status.error_message) == ("5", "e")
    assert second.providers is not None
    assert [provider.id for provider in second.providers] == ["1"]
    assert second.date_created is not None
    assert second.date_created.isoformat() == "2023-02-09T01:00:00+00:00"


def test_ids_are_text_whatever_was_sent() -> None:
    """A numeric id becomes text, so that ids compare equal wherever they came from."""
    assert (
        reader(AsyncRequest)(b'{"id": 889934}').id == reader(AsyncRequest)(b'{"id": "889934"}').id == "889934"
    )


def test_answers_can_be_stored() -> None:
    """A decoded answer encodes to JSON and back without change."""
    job = reader(Job)(b'{"uid": "a", "innerId": 7, "dateCreated": "2023-11-10T18:13:51+0000"}')
    assert reader(Job)(msgspec.json.encode(job)) == job
