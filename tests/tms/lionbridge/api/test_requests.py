"""What goes out on the wire for each of the 53 actions, without a wire."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import msgspec
import pytest

from wordferry.errors import Refused
from wordferry.tms.lionbridge.api import (
    adding,
    archive,
    auth,
    jobs,
    listeners,
    providers,
    quota,
    requests,
    source_content,
    source_files,
    status_updates,
    support_assets,
    tm_updates,
)
from wordferry.tms.lionbridge.api.answers import Step
from wordferry.tms.lionbridge.api.fields import where
from wordferry.tms.lionbridge.api.job import Job
from wordferry.tms.lionbridge.api.source_content import ContentField
from wordferry.transport import Call, Kind

FIRST, NEXT = Step(), Step("c/1")
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


class Row(NamedTuple):
    call: Call[Any]
    method: str
    path: str
    body: Any = None


ROWS = {
    1: Row(archive.archive("j"), "PUT", "/jobs/j/archive"),
    2: Row(archive.unarchive("j"), "PUT", "/jobs/j/unarchive"),
    3: Row(
        source_files.create("j", filename="a [1]&ü.html"),
        "POST",
        "/jobs/j/sourcefiles?fileName=a%20%5B1%5D%26%C3%BC.html",
    ),
    4: Row(source_files.download("j", "f-1"), "GET", "/jobs/j/sourcefiles/f-1"),
    5: Row(source_files.retrieve_file("j", "r_1"), "GET", "/jobs/j/requests/r_1/retrievefile"),
    6: Row(jobs.complete("j"), "PUT", "/jobs/j/complete"),
    7: Row(
        jobs.create(
            "Spring",
            description="d",
            po_reference="PO",
            due_date=NOON,
            custom_data="c",
            should_quote=True,
            provider_id="p",
            connector_name="n",
            connector_version="1",
            service_type="s",
            global_tracking_id="g",
            extended_metadata={"a": "b"},
            labels={"env": "prod", "n": 3},
        ),
        "POST",
        "/jobs",
        {
            "jobName": "Spring",
            "description": "d",
            "poReference": "PO",
            "dueDate": "2026-09-01T12:00:00Z",
            "customData": "c",
            "shouldQuote": True,
            "providerId": "p",
            "connectorName": "n",
            "connectorVersion": "1",
            "serviceType": "s",
            "globalTrackingId": "g",
            "extendedMetadata": {"a": "b"},
            "labels": {"env": "prod", "n": 3},
        },
    ),
    8: Row(jobs.delete("j"), "DELETE", "/jobs/j"),
    9: Row(
        jobs.archived(
            NEXT, filter=Job.job_name == "a'b", order_by="jobName desc", fields=["jobName", "labels"]
        ),
        "GET",
        "/jobs/archived?next=c%2F1&fields=jobName%2Clabels&filter=jobName%20eq%20%27a%27%27b%27"
        "&orderBy=jobName%20desc",
    ),
    10: Row(jobs.get("j", fetch_type="fullWithStats"), "GET", "/jobs/j?fetchType=fullWithStats"),
    11: Row(
        jobs.page(FIRST, filter="statusCode eq 'X'", order_by=where.due_date.descending(), fetch_type="full"),
        "GET",
        "/jobs?filter=statusCode%20eq%20%27X%27&orderBy=dueDate%20desc&fetchType=full",
    ),
    12: Row(jobs.submit("j", provider_id="p"), "PUT", "/jobs/j/submit", {"providerId": "p"}),
    13: Row(jobs.in_translation("j"), "PUT", "/jobs/j/intranslation"),
    14: Row(
        jobs.update("j", due_date=date(2026, 9, 1), aggregate_requests="1", labels={"a": 1.5}),
        "PATCH",
        "/jobs/j",
        {"dueDate": "2026-09-01", "aggregateRequests": "1", "labels": {"a": 1.5}},
    ),
    15: Row(
        jobs.replace("j", job_name="n", provider_id="p"),
        "PUT",
        "/jobs/j",
        {"jobName": "n", "providerId": "p"},
    ),
    16: Row(
        listeners.create(
            "https://h/x",
            type="JOB_STATUS_UPDATE",
            status_codes=["CANCELLED"],
            auth_type="LB_CONTENTAPI_SIGNATURE",
            acknowledge_status_update=False,
        ),
        "POST",
        "/statusupdates/listeners",
        {
            "uri": "https://h/x",
            "type": "JOB_STATUS_UPDATE",
            "statusCodes": ["CANCELLED"],
            "authType": "LB_CONTENTAPI_SIGNATURE",
            "acknowledgeStatusUpdate": False,
        },
    ),
    17: Row(listeners.delete("l"), "DELETE", "/statusupdates/listeners/l"),
    18: Row(
        listeners.pending(FIRST, "l", earliest=NOON),
        "GET",
        "/statusupdates/listeners/l/invocations/pending?earliest=2026-09-01T12%3A00%3A00.000Z",
    ),
    19: Row(listeners.failed(NEXT, "l"), "GET", "/statusupdates/listeners/l/invocations/failed?next=c%2F1"),
    20: Row(
        listeners.update("l", uri="https://h/y", status_codes=["CANCELLED"], acknowledge_status_update=True),
        "PATCH",
        "/statusupdates/listeners/l",
        {"uri": "https://h/y", "statusCodes": ["CANCELLED"], "acknowledgeStatusUpdate": True},
    ),
    21: Row(listeners.page(FIRST), "GET", "/statusupdates/listeners"),
    22: Row(listeners.get("l"), "GET", "/statusupdates/listeners/l"),
    23: Row(
        requests.update_content("j", source_content_id="c", request_ids=["r"]),
        "PUT",
        "/jobs/j/requests/updatecontent",
        {"requestIds": ["r"], "sourcecontentId": "c"},
    ),
    24: Row(providers.get("p"), "GET", "/providers/p"),
    25: Row(
        providers.page(NEXT, include_deleted_ones=True),
        "GET",
        "/providers?includeDeletedOnes=true&next=c%2F1",
    ),
    26: Row(quota.get(), "GET", "/quota"),
    27: Row(
        requests.approve("j", request_ids=["a", "b"]),
        "PUT",
        "/jobs/j/requests/approve",
        {"requestIds": ["a", "b"]},
    ),
    28: Row(
        adding.add_file(
            "j",
            source_native_language_code="en-US",
            target_native_language_codes=["de-DE", "fr-FR"],
            fms_file_id="f",
            request_name="n",
            source_native_id="/en/a",
            target_native_ids=["/de/a", "/fr/a"],
            word_count=7,
            extended_metadata={"k": "v"},
        ),
        "POST",
        "/jobs/j/requests/addfile",
        {
            "requestName": "n",
            "sourceNativeId": "/en/a",
            "sourceNativeLanguageCode": "en-US",
            "targetNativeIds": ["/de/a", "/fr/a"],
            "targetNativeLanguageCodes": ["de-DE", "fr-FR"],
            "wordCount": 7,
            "fmsFileId": "f",
            "extendedMetadata": {"k": "v"},
        },
    ),
    29: Row(
        adding.add(
            "j", source_native_language_code="en", target_native_language_codes=["de"], source_content_id="c"
        ),
        "POST",
        "/jobs/j/requests/add",
        {"sourceNativeLanguageCode": "en", "targetNativeLanguageCodes": ["de"], "sourcecontentId": "c"},
    ),
    30: Row(requests.delete("j", "r"), "DELETE", "/jobs/j/requests/r"),
    31: Row(
        requests.page(FIRST, "j", status="CREATED", ids=["a", "b"]),
        "GET",
        "/jobs/j/requests?status=CREATED&id=a&id=b",
    ),
    32: Row(requests.get("j", "r/1"), "GET", "/jobs/j/requests/r%2F1"),
    33: Row(
        requests.reject("j", request_ids=["a"], note="why"),
        "PUT",
        "/jobs/j/requests/reject",
        {"requestIds": ["a"], "note": "why"},
    ),
    34: Row(
        requests.update_file_content("j", fms_file_id="f"),
        "PUT",
        "/jobs/j/requests/updatefilecontent",
        {"fmsFileId": "f"},
    ),
    35: Row(
        requests.update("j", "r", file_id="f", target_native_id="t", target_native_language_code="de"),
        "PATCH",
        "/jobs/j/requests/r",
        {"fileId": "f", "targetNativeId": "t", "targetNativeLanguageCode": "de"},
    ),
    36: Row(
        requests.update_many("j", ids=["a", "b"], request_name="n", extended_metadata={}),
        "PATCH",
        "/jobs/j/requests?id=a&id=b",
        {"requestName": "n", "extendedMetadata": {}},
    ),
    37: Row(status_updates.acknowledge("u"), "PUT", "/statusupdates/u/acknowledge"),
    38: Row(status_updates.for_provider(NEXT, "p"), "GET", "/providers/p/statusupdates?next=c%2F1"),
    39: Row(status_updates.for_job(FIRST, "j"), "GET", "/jobs/j/statusupdates"),
    40: Row(status_updates.page(FIRST), "GET", "/statusupdates"),
    41: Row(
        support_assets.create("j", fms_file_id="f", description="d", target_native_language_codes=["de"]),
        "POST",
        "/jobs/j/supportassets",
        {"fmsFileId": "f", "description": "d", "targetNativeLanguageCodes": ["de"]},
    ),
    42: Row(support_assets.delete("j", "s"), "DELETE", "/jobs/j/supportassets/s"),
    43: Row(support_assets.page(FIRST, "j"), "GET", "/jobs/j/supportassets"),
    44: Row(support_assets.get("j", "s"), "GET", "/jobs/j/supportassets/s"),
    45: Row(
        source_content.create(
            "j", fields=[ContentField(key="t", value="Hi", comment="c"), ContentField(key="u")]
        ),
        "POST",
        "/jobs/j/sourcecontent",
        {"fields": [{"key": "t", "value": "Hi", "comment": "c"}, {"key": "u", "value": ""}]},
    ),
    46: Row(source_content.get("j", "c"), "GET", "/jobs/j/sourcecontent/c"),
    47: Row(
        source_content.replace("j", "c", fields=[ContentField(key="t", value="Ho")]),
        "PUT",
        "/jobs/j/sourcecontent/c",
        {"fields": [{"key": "t", "value": "Ho"}]},
    ),
    48: Row(source_content.retrieve("j", "r"), "GET", "/jobs/j/requests/r/retrieve"),
    49: Row(
        tm_updates.create(
            "j", fms_file_id="f", source_native_language_code="en", target_native_language_code="de"
        ),
        "POST",
        "/jobs/j/tmupdates",
        {"fmsFileId": "f", "sourceNativeLanguageCode": "en", "targetNativeLanguageCode": "de"},
    ),
    50: Row(tm_updates.get("j", "t"), "GET", "/jobs/j/tmupdates/t"),
    51: Row(tm_updates.page(FIRST, "j"), "GET", "/jobs/j/tmupdates"),
    52: Row(listeners.retry("l", "i"), "PUT", "/statusupdates/listeners/l/invocations/i/retry"),
    53: Row(
        listeners.retry_many("l", invocation_ids=["i"]),
        "PUT",
        "/statusupdates/listeners/l/retry",
        {"invocationIds": ["i"]},
    ),
}


@pytest.mark.parametrize("number", ROWS)
def test_each_action_says_what_the_vendor_documents(number: int) -> None:
    """Verb, path, query and body of each action are those of its row, and nothing undocumented is sent."""
    row = ROWS[number]
    body = row.call.body
    assert (row.call.endpoint.method, row.call.path()) == (row.method, row.path)
    assert (msgspec.json.decode(body) if isinstance(body, bytes) else body) == row.body


def test_there_are_53_actions_and_no_two_are_the_same() -> None:
    """Each of the 53 actions has a verb and path of its own."""
    assert sorted(ROWS) == list(range(1, 54))
    assert len({(row.call.endpoint.method, row.call.endpoint.path) for row in ROWS.values()}) == 53


def test_json_is_announced_where_the_vendor_asks_for_it() -> None:
    """Calls with a body say JSON, and so do the two without a body that are refused without it."""
    announced = {
        number for number, row in ROWS.items() if row.call.headers.get("Content-Type") == "application/json"
    }
    assert announced == {number for number, row in ROWS.items() if row.body is not None} | {6, 13}


def test_downloads_ask_for_octets() -> None:
    """The two downloads take bytes, because a JSON answer would be refused or text."""
    asked = {number for number, row in ROWS.items() if row.call.headers.get("Accept")}
    assert asked == {4, 5}
    assert {ROWS[number].call.headers["Accept"] for number in asked} == {"application/octet-stream"}


def test_only_reads_are_repeated_by_themselves() -> None:
    """Everything but a GET may happen only once unless it certainly did not happen."""
    assert {number for number, row in ROWS.items() if row.call.endpoint.kind is Kind.READ} == {
        number for number, row in ROWS.items() if row.method == "GET"
    }


def test_the_token_is_asked_for_with_a_form() -> None:
    """The credentials travel in a form, encoded, and the call needs no token."""
    call = auth.token("id", "s&cret=1 ü")
    assert call.body == b"grant_type=client_credentials&client_id=id&client_secret=s%26cret%3D1+%C3%BC"
    assert not call.endpoint.signed


REFUSED = {
    "a long job name": lambda: jobs.create("ü" * 126),
    "no job name": lambda: jobs.create(" "),
    "a long new job name": lambda: jobs.update("j", job_name="x" * 251),
    "a due date without zone": lambda: jobs.create("n", due_date=NOON.replace(tzinfo=None)),
    "a file without extension": lambda: source_files.create("j", filename="README"),
    "a file that is only an extension": lambda: source_files.create("j", filename=".html"),
    "a file with a dot at its end": lambda: source_files.create("j", filename="a."),
    "a long file name": lambda: source_files.create("j", filename="日" * 82 + ".html"),
    "51 ids read": lambda: requests.page(FIRST, "j", ids=["x"] * 51),
    "51 ids changed": lambda: requests.update_many("j", ids=["x"] * 51, request_name="n"),
    "no ids changed": lambda: requests.update_many("j", ids=[], request_name="n"),
    "file and content": lambda: requests.update("j", "r", file_id="f", source_content_id="c"),
    "a source of two kinds": lambda: adding.add(
        "j",
        source_native_language_code="en",
        target_native_language_codes=["de"],
        fms_file_id="f",
        source_content_id="c",
    ),
    "no source": lambda: adding.add(
        "j", source_native_language_code="en", target_native_language_codes=["de"]
    ),
    "no language": lambda: adding.add_file(
        "j", source_native_language_code="en", target_native_language_codes=[], fms_file_id="f"
    ),
    "a language that is no list": lambda: adding.add_file(
        "j", source_native_language_code="en", target_native_language_codes="de", fms_file_id="f"
    ),
    "one target for two languages": lambda: adding.add_file(
        "j",
        source_native_language_code="en",
        target_native_language_codes=["de", "fr"],
        target_native_ids=["x"],
        fms_file_id="f",
    ),
    "nothing approved": lambda: requests.approve("j", request_ids=[]),
    "an id that is no list": lambda: requests.approve("j", request_ids="abc"),
    "an empty list that would mean all": lambda: requests.update_file_content(
        "j", fms_file_id="f", request_ids=[]
    ),
    "no content": lambda: source_content.create("j", fields=[]),
    "a key twice": lambda: source_content.create("j", fields=[ContentField(key="a"), ContentField(key="a")]),
    "a field without key": lambda: source_content.create("j", fields=[ContentField(value="a")]),
    "content over 1 MB": lambda: source_content.create(
        "j", fields=[ContentField(key="k", value="ü" * 524_288)]
    ),
    "a comment that makes it too large": lambda: source_content.replace(
        "j", "c", fields=[ContentField(key="k", value="x" * 1_048_570, comment="123456")]
    ),
    "a listener nowhere": lambda: listeners.create("example.com/x", type="JOB_STATUS_UPDATE"),
    "a listener moved nowhere": lambda: listeners.update("l", uri="ftp://h/x"),
    "no reports retried": lambda: listeners.retry_many("l", invocation_ids=[]),
    "a moment without zone": lambda: listeners.pending(FIRST, "l", earliest=NOON.replace(tzinfo=None)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_vendor_would_refuse_is_not_sent(case: str) -> None:
    """What breaks a known rule of the vendor is refused here, with its object and what to do."""
    with pytest.raises(Refused) as caught:
        REFUSED[case]()
    assert caught.value.object
    assert caught.value.next


def test_the_limits_themselves_are_allowed() -> None:
    """250 bytes of name, 50 ids and 1,048,576 bytes of content go out."""
    assert jobs.create("ü" * 125).body
    assert source_files.create("j", filename="x" * 245 + ".html").query
    assert requests.page(FIRST, "j", ids=["x"] * 50).query
    assert source_content.create("j", fields=[ContentField(key="k", value="x" * 1_048_575)]).body
