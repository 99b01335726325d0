"""What our client sends, judged by two foreign packages made from the vendor's specifications of 2023 and 2026."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

import phrappy.models
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.judges.specification import Operation, bare, of_2023, of_2026, strangers
from wordferry.tms.phrase import api
from wordferry.tms.phrase.api.job_settings import (
    Assignment,
    NotifyProvider,
    ProviderChoice,
    SourceData,
    StepSettings,
)
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.transport import Call, Endpoint

NAMES = (
    "analyses async_requests auth bilingual_files email_templates job_changes job_files job_parts jobs languages"
    " pre_translation previews project_changes project_creation projects providers target_files templates"
    " webhook_calls webhooks"
).split()
#: No specification has these: the exchange is another service's, the parts are in the guide alone.
UNWRITTEN = {"POST /idm/oauth/token", "GET /api2/v1/projects/{}/jobs/{}/parts"}
#: What the guide asks for and no schema has.
GUIDE = {"jobs.create": {".sourceData"}}
STATUSES = st.sampled_from("NEW EMAILED ACCEPTED DECLINED REJECTED COMPLETED DELIVERED CANCELLED".split())
#: The words that a field takes, where the vendor lists them.
WORDS: dict[tuple[str, str], st.SearchStrategy[Any]] = {
    ("project_changes", "status"): st.sampled_from(["NEW", "ASSIGNED", "COMPLETED", "CANCELLED"]),
    ("webhooks", "status"): st.sampled_from(["ENABLED", "DISABLED"]),
    ("", "status"): STATUSES,
    ("", "events"): st.lists(st.sampled_from(["JOB_CREATED", "PROJECT_DELETED"]), min_size=1, unique=True),
    ("", "secret_token_type"): st.sampled_from(["AUTHORIZATION", "X_MEMSOURCE_TOKEN"]),
    ("", "type"): st.sampled_from(["PreAnalyse", "PostAnalyse", "Compare"]),
    ("", "compare_workflow_level"): st.integers(1, 15),
    ("", "segment_filters"): st.lists(st.sampled_from(["LOCKED", "NOT_LOCKED"]), unique=True),
    ("", "version"): st.just(3),
    ("", "filename"): st.just("ä b.json"),
    ("", "file"): st.just(b"x"),
    ("", "package"): st.just(b"x"),
    ("", "files"): st.just({"a.mxliff": b"x"}),
    ("", "extra"): st.none(),
    ("", "settings"): st.none() | st.just({"includeNumbers": False, "countSourceUnits": True}),
    ("", "pre_translate_settings"): st.none()
    | st.just(
        {"translationMemorySettings": {"useTranslationMemory": True, "translationMemoryThreshold": 0.7}}
    ),
    ("", "sheet"): st.builds(Sheet, st.integers(0, 9), st.integers(1, 50)),
}
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
DATES = st.integers(1_600_000_000, 2_200_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))
CHOICE = st.builds(ProviderChoice, TEXT, st.sampled_from(["USER", "VENDOR"]))
ASSIGNMENT = st.builds(Assignment, TEXT, st.lists(CHOICE, max_size=2).map(tuple))
NOTICE = st.builds(NotifyProvider, st.just({"id": "5"}), st.none() | st.integers(0, 1440))
STEP = st.builds(
    StepSettings,
    st.integers(1, 99999).map(str),
    st.none() | st.just("2026-12-01T09:30:00.000Z"),
    st.none() | st.lists(ASSIGNMENT, max_size=2).map(tuple),
    st.none() | NOTICE,
)
KINDS: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(0, 10_000),
    bool: st.booleans(),
    datetime: DATES,
    ProviderChoice: CHOICE,
    Assignment: ASSIGNMENT,
    NotifyProvider: NOTICE,
    StepSettings: STEP,
    SourceData: st.builds(SourceData, TEXT, st.none() | TEXT, st.none() | TEXT),
}


def _builders() -> dict[str, Callable[..., Call[Any]]]:
    found: dict[str, Callable[..., Call[Any]]] = {}
    for name in NAMES:
        module = __import__(f"{api.__name__}.{name}", fromlist=[name])
        for one in module.__all__:
            value = getattr(module, one)
            if inspect.isfunction(value) and get_origin(get_type_hints(value).get("return")) is Call:
                found[f"{name}.{one}"] = value
    return found


BUILDERS = _builders()


def _values(hint: Any) -> st.SearchStrategy[Any]:
    options = [one for one in get_args(hint) if one is not type(None)] if get_args(hint) else [hint]
    if get_origin(hint) in (Sequence, list, tuple):
        return st.lists(_values(get_args(hint)[0]), min_size=1, max_size=3)
    if get_origin(hint) in (Literal, Mapping) or hint in KINDS:
        return KINDS[hint]
    return _values(options[0])


def _arguments(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments for a call, each left out or given; all of them are such as the vendor takes."""
    module = name.partition(".")[0]
    builder = BUILDERS[name]
    hints = get_type_hints(builder)
    needed: dict[str, st.SearchStrategy[Any]] = {}
    free: dict[str, st.SearchStrategy[Any]] = {}
    for part in inspect.signature(builder).parameters.values():
        words = WORDS.get((module, part.name), WORDS.get(("", part.name)))
        if words is not None and part.name == "status" and "Sequence" in str(hints[part.name]):
            words = st.lists(words, max_size=2)
        (needed if part.default is part.empty else free)[part.name] = (
            _values(hints[part.name]) if words is None else words
        )
    return st.fixed_dictionaries(needed, optional=free)


def _judges(call: Call[Any]) -> list[Operation]:
    request = bare(f"{call.endpoint.method} {call.endpoint.path}")
    return [book[request] for book in (of_2026(), of_2023()) if request in book]


def _endpoints() -> dict[str, Endpoint[Any]]:
    found = {}
    for name in NAMES:
        module = __import__(f"{api.__name__}.{name}", fromlist=[name])
        for value in vars(module).values():
            for one in value.values() if isinstance(value, dict) else (value,):
                if isinstance(one, Endpoint):
                    found[f"{one.method} {one.path}"] = one
    return found


def test_the_judges_were_read() -> None:
    """Both specifications were found whole in the packages, and nearly every request of ours has a judge."""
    assert len(of_2026()) > 450
    assert len(of_2023()) > 380
    assert sum(bool(one.body) for one in of_2026().values()) > 150
    unjudged = [request for request in _endpoints() if bare(request) not in of_2026()]
    assert {bare(request) for request in unjudged} == UNWRITTEN | {"POST /api2/v1/auth/login"}


def test_every_request_is_in_a_specification() -> None:
    """Each request of ours is in the specification of 2026 or 2023, where they have it with the same path names."""
    strange = []
    for request in _endpoints():
        known = of_2026().keys() | of_2023().keys() | UNWRITTEN
        if bare(request) not in known:
            strange.append(request)
        told = of_2023().get(bare(request))
        if told is not None and told.path != request.partition(" ")[2]:
            strange.append(f"{request}: {told.path}")
    assert strange == []


@pytest.mark.parametrize("name", BUILDERS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_requests_are_the_vendors(name: str, data: st.DataObject) -> None:
    """Whatever is asked of a call, its query, headers and body have only names and shapes that the vendor knows."""
    call = BUILDERS[name](**data.draw(_arguments(name)))
    # The newest that has it: names that came later are not in the older one.
    for judge in _judges(call)[:1]:
        assert {key for key, _ in parse_qsl(call.query, keep_blank_values=True)} <= judge.query
        body: Any = None
        if "Memsource" in call.headers:
            assert {"Content-Disposition", "Memsource"} <= judge.headers
            assert call.headers["Memsource"].isascii()
            body = json.loads(call.headers["Memsource"])
        elif call.headers.get("Content-Type") == "application/json":
            assert isinstance(call.body, bytes)
            body = json.loads(call.body)
        assert (body is None) == (judge.body is None or call.body is None)
        if body is None or judge.body is None:
            continue
        model = judge.body
        assert set(strangers(model, body)) - GUIDE.get(call.endpoint.name, set()) == set()
        if model is not phrappy.models.JobCreateRequestDtoV1:
            model.model_validate(body)


def test_every_field_of_a_new_job_can_be_said() -> None:
    """The header of a new job can carry each field of the vendor's model; the rare ones go through `extra`."""
    model = phrappy.models.JobCreateRequestDtoV1
    known = {field.alias or name for name, field in model.model_fields.items()}
    every = _everything("job_files.create")
    assert known - set(json.loads(BUILDERS["job_files.create"](**every).headers["Memsource"])) <= {
        "remoteFile"
    }


def _everything(name: str) -> dict[str, Any]:
    due = datetime(2026, 12, 1, tzinfo=UTC)
    given = {
        "file": b"x",
        "filename": "a",
        "target_langs": ["de"],
        "due": due,
        "use_project_file_import_settings": True,
        "pre_translate": True,
        "semantic_markup": True,
        "assignments": [],
        "workflow_settings": [],
        "notify_provider": NotifyProvider({"id": "5"}),
        "source_data": SourceData("WORDFERRY"),
        "extra": None,
    }
    names = inspect.signature(BUILDERS[name]).parameters
    return {one: given.get(one, "x") for one in names}
