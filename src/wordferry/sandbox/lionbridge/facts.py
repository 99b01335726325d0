"""Where each call's behaviour is known from, and what of it is a choice of ours."""

from __future__ import annotations

from typing import NamedTuple

ACTIONS = "the vendor's list of 53 actions"
CONCEPTS = "the vendor's Key Concepts and Connector Workflows"
TRANSFER = "the vendor's guide to file transfer"
TWIN = "the vendor's pages on listeners of the sister API"
CONNECTORS = "open connectors that run in production"
FIRST = "the first generation of the API"
PROTOCOL = "the protocol's specification, tus 1.0.0"


class Fact(NamedTuple):
    """What is known of one call."""

    summary: str
    source: str
    fidelity: str


def _from(*sources: str) -> str:
    return "; ".join(sources)


FACTS: dict[str, Fact] = {
    "token": Fact(
        "Get an access token for client credentials",
        _from(CONCEPTS, CONNECTORS),
        "as documented; the words of its errors are those of the OAuth standard",
    ),
    "archive_job": Fact(
        "Archive a job",
        _from(ACTIONS, CONNECTORS),
        "asynchronous as documented; which states may be archived, the success status and what an archived job still "
        "answers: ours (`archive_status`, `archived_job`)",
    ),
    "unarchive_job": Fact(
        "Bring a job back from the archive",
        _from(ACTIONS, CONNECTORS),
        "the answer shows `archived` false at once, as seen; success status: ours (`archive_status`)",
    ),
    "create_source_file": Fact(
        "Begin to upload a file",
        _from(ACTIONS, TRANSFER, CONNECTORS),
        "as documented; whether 250 counts bytes or characters: ours (`name_unit`)",
    ),
    "get_source_file": Fact(
        "Retrieve a source file",
        _from(ACTIONS, CONNECTORS),
        "307 as documented; how long the address is good: ours (`download_seconds`)",
    ),
    "retrieve_file": Fact(
        "Retrieve a translated file",
        _from(ACTIONS, CONNECTORS),
        "307 as documented; with JSON alone accepted 403 as seen, or what the guidelines say "
        "(`retrievefile_json_accept`); before the first delivery 404: ours (`early_status`)",
    ),
    "complete_job": Fact(
        "Complete a job",
        _from(ACTIONS, CONNECTORS),
        "as documented; 415 without JSON content type is inferred (`strict_content_type`)",
    ),
    "create_job": Fact(
        "Create a job",
        _from(ACTIONS, CONNECTORS),
        "`providerId` is dropped as seen live, or stored as documented (`create_job_provider_id`)",
    ),
    "delete_job": Fact(
        "Delete a job",
        _from(ACTIONS, FIRST),
        "states as documented, CREATED too: ours; answer: ours (`delete_status`)",
    ),
    "list_archived_jobs": Fact("List archived jobs", ACTIONS, "as `list_jobs`, without fetch types"),
    "get_job": Fact(
        "Get a job",
        _from(ACTIONS, CONNECTORS),
        "fields as documented; the level `basic` and the counters of `fullWithStats`: ours (`fetch_stats`)",
    ),
    "list_jobs": Fact(
        "List active jobs",
        _from(ACTIONS, CONNECTORS),
        "filter, order and fields as documented; precedence, escaping, unset values and letter case: ours "
        "(`filter_case_sensitive`, `filter_null_ne`); page size: ours (`page_size`)",
    ),
    "submit_job": Fact(
        "Submit a job to a provider",
        _from(ACTIONS, CONNECTORS),
        "the answer shows SENDING, as seen; preconditions: ours",
    ),
    "uncomplete_job": Fact(
        "Take a completed job back into translation", ACTIONS, "as documented; content type as `complete_job`"
    ),
    "patch_job": Fact(
        "Change a job",
        _from(ACTIONS, CONNECTORS),
        "only before submit, as documented; null and `{}`: ours (`patch_null`, `patch_empty_map`)",
    ),
    "replace_job": Fact(
        "Replace a job's data", ACTIONS, "what is not given is cleared, but for the provider: ours"
    ),
    "create_listener": Fact(
        "Create a listener",
        _from(ACTIONS, TWIN, CONNECTORS),
        "allowed status codes as found by trial (`listener_job_completed`); the secret's name, default `authType` and "
        "the answer to a second one: ours (`secret_property`, `default_auth_type`, `second_listener_status`)",
    ),
    "delete_listener": Fact("Delete a listener", _from(ACTIONS, FIRST), "answer: ours (`delete_status`)"),
    "list_pending_invocations": Fact(
        "List callbacks that are retried", ACTIONS, "window as documented; shape: ours (`invocations_key`)"
    ),
    "list_failed_invocations": Fact(
        "List callbacks that were given up", ACTIONS, "window as documented; shape: ours (`invocations_key`)"
    ),
    "patch_listener": Fact(
        "Change a listener",
        _from(ACTIONS, TWIN),
        "an address in it ends permanent probation, as documented; that the same address does: ours",
    ),
    "list_listeners": Fact("List listeners", _from(ACTIONS, CONNECTORS), "as documented, without pages"),
    "get_listener": Fact(
        "Get a listener", _from(ACTIONS, CONNECTORS), "as documented; `disabled` means probation: ours"
    ),
    "update_content": Fact(
        "Point requests at other inline content",
        ACTIONS,
        "listed as not yet implemented; 501: ours (`update_content`)",
    ),
    "get_provider": Fact("Get a provider", _from(ACTIONS, FIRST), "capabilities as in the first generation"),
    "list_providers": Fact(
        "List providers", _from(ACTIONS, FIRST), "as documented; the flag `deleted`: ours"
    ),
    "get_quota": Fact(
        "Get the quota", ACTIONS, "that it exists is documented; its shape is ours (`quota_enforced`)"
    ),
    "approve_requests": Fact(
        "Approve translations",
        _from(ACTIONS, CONNECTORS),
        "as documented; all or nothing, and approving twice: ours (`approve_again`, `review_updates`)",
    ),
    "add_file_requests": Fact(
        "Add requests for a file", _from(ACTIONS, CONNECTORS), "as `add_requests`, files only"
    ),
    "add_requests": Fact(
        "Add requests for a file or inline content",
        _from(ACTIONS, CONNECTORS),
        "one request for each language in a paged answer, as seen; at most 100 languages: ours (`most_targets`)",
    ),
    "delete_request": Fact(
        "Delete a request",
        _from(ACTIONS, FIRST),
        "only before submit: ours (`requests_after_submit`); answer: ours (`delete_status`)",
    ),
    "list_requests": Fact(
        "List the requests of a job",
        ACTIONS,
        "newest first, ids without pages, as documented; several statuses: ours",
    ),
    "get_request": Fact("Get a request", _from(ACTIONS, CONNECTORS), "fields as seen; `rejectNote`: ours"),
    "reject_requests": Fact(
        "Reject translations", ACTIONS, "as documented; all or nothing, and who delivers again: ours"
    ),
    "update_file_content": Fact(
        "Point requests at another file",
        ACTIONS,
        "as documented; only before submit: ours (`requests_after_submit`)",
    ),
    "patch_request": Fact(
        "Change a request", _from(ACTIONS, CONNECTORS), "as documented; only before submit: ours"
    ),
    "patch_requests": Fact(
        "Change several requests", ACTIONS, "ids in the query, as documented; unknown ones 404: ours"
    ),
    "acknowledge_update": Fact(
        "Acknowledge a status update", _from(ACTIONS, FIRST), "as documented; a second time is no error: ours"
    ),
    "list_provider_updates": Fact("List a provider's status updates", ACTIONS, "as documented"),
    "list_job_updates": Fact("List a job's status updates", ACTIONS, "as documented"),
    "list_updates": Fact(
        "List status updates",
        _from(ACTIONS, CONNECTORS),
        "newest first, unacknowledged ones, as documented; which changes make one: ours (`review_updates`)",
    ),
    "create_support_asset": Fact(
        "Add a support asset",
        _from(ACTIONS, CONNECTORS),
        "as documented; success status: ours (`created_status`)",
    ),
    "delete_support_asset": Fact(
        "Delete a support asset", _from(ACTIONS, FIRST), "success status: ours (`delete_asset_status`)"
    ),
    "list_support_assets": Fact(
        "List support assets",
        _from(ACTIONS, CONNECTORS),
        "the list's letter case: ours (`support_assets_key`)",
    ),
    "get_support_asset": Fact(
        "Get a support asset", _from(ACTIONS, CONNECTORS), "as seen, lower-case names included"
    ),
    "create_source_content": Fact(
        "Create inline content",
        _from(ACTIONS, CONNECTORS),
        "key and value as seen; the comment's name and the limit in bytes: ours (`comment_property`, "
        "`content_limit_bytes`, `created_status`)",
    ),
    "get_source_content": Fact("Get inline content", _from(ACTIONS, CONNECTORS), "as seen"),
    "replace_source_content": Fact(
        "Replace inline content",
        _from(ACTIONS, CONNECTORS),
        "the whole list as documented; only before submit: ours",
    ),
    "retrieve_content": Fact(
        "Retrieve translated inline content",
        _from(ACTIONS, CONNECTORS),
        "a collection, as seen; its letter case: ours (`translation_content_key`)",
    ),
    "create_tm_update": Fact(
        "Add a file to the translation memory",
        _from(ACTIONS, CONNECTORS),
        "as documented; success status: ours (`created_status`)",
    ),
    "get_tm_update": Fact("Get a TM update", _from(ACTIONS, CONNECTORS), "as seen"),
    "list_tm_updates": Fact("List TM updates", _from(ACTIONS, CONNECTORS), "newest first: ours"),
    "retry_invocation": Fact(
        "Retry a callback", _from(ACTIONS, TWIN), "pending ones too: ours; answer: ours (`retry_status`)"
    ),
    "retry_invocations": Fact(
        "Retry several callbacks", _from(ACTIONS, TWIN), "all or nothing: ours; answer: ours (`retry_status`)"
    ),
}

FMS_FACTS: dict[str, Fact] = {
    "tus_options": Fact("Tell what of the protocol is there", PROTOCOL, "creation and expiration: ours"),
    "tus_create": Fact(
        "Create an upload",
        _from(TRANSFER, PROTOCOL),
        "`sastoken` header and Content-Length as documented; 411 without it: ours (`tus_without_length_status`)",
    ),
    "tus_head": Fact(
        "Tell how far an upload has come",
        _from(TRANSFER, PROTOCOL),
        "as specified; 401 for a bad token: ours",
    ),
    "tus_patch": Fact(
        "Send a piece of an upload",
        _from(TRANSFER, PROTOCOL),
        "as specified; whether other chunk sizes than announced are taken: ours (`tus_enforce_chunk_size`)",
    ),
    "multipart": Fact(
        "Upload a file at once",
        _from(TRANSFER, CONNECTORS),
        "one part `file`, at most 200 MB, as documented; 403, 409 and 413: ours (`multipart_limit_bytes`)",
    ),
    "download": Fact(
        "Download what a redirect points to",
        _from(ACTIONS, CONNECTORS),
        "pre-signed: inferred; five minutes: ours (`download_seconds`)",
    ),
}
