"""What can be set on the Lionbridge side: times, limits, and every choice the vendor's papers leave open."""

from __future__ import annotations

from typing import Literal

import msgspec

DAY = 86400.0


class LionbridgeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of the Lionbridge side; every duration is in virtual seconds.

    Where the vendor's papers are silent or contradict each other, the default is our choice and the other
    value is the other reading.

    Args:
        send_seconds: from submit to SENT_TO_PROVIDER.
        accept_seconds: from SENT_TO_PROVIDER to IN_TRANSLATION.
        translate_seconds: from IN_TRANSLATION to REVIEW_TRANSLATION, and from a rejection to the next delivery.
        archive_seconds: how long archiving and unarchiving take.
        auto_archive_seconds: a job without activity for so long is archived by itself; 0 means never.
        token_seconds: lifetime of an access token.
        token_error_status: answer to wrong client credentials.
        sas_seconds: lifetime of the token for an upload, and of a pre-signed multipart address.
        upload_seconds: how long an unfinished TUS upload is kept.
        download_seconds: lifetime of the pre-signed address that a 307 points to.
        retry_first_seconds: wait before the first retry of a callback; it doubles each time.
        retry_cap_seconds: the longest wait between two retries.
        retry_jitter: share by which each wait is varied up and down.
        retry_window_seconds: after so long a callback is given up and its listener is on permanent probation.
        page_size: items per page.
        self_link: whether collections carry `_links.self`.
        empty_embedded: whether an empty collection carries `_embedded`.
        null_fields: whether unset fields are sent as null or left out.
        error_code: whether `code` of an error body is the number or its text.
        conflict_status: answer to a call in the wrong state.
        second_listener_status: answer to a second listener of a type.
        archive_status: success of archive and unarchive.
        delete_status: success of deleting a job, request or listener: 200 with the resource, or an empty 204.
        retry_status: success of the two calls that retry callbacks.
        created_status: success of creating source content, support assets and TM updates.
        delete_asset_status: success of deleting a support asset.
        update_content: whether `updatecontent` answers 501 or works.
        support_assets_key: name of the list of support assets under `_embedded`.
        translation_content_key: name of the list of retrieved content under `_embedded`.
        invocations_key: name of the list of invocations under `_embedded`.
        create_job_provider_id: whether `providerId` in the call that creates a job is dropped (as seen live) or
            stored (as documented).
        fetch_stats: whether `fetchType=fullWithStats` gives `requestStats`.
        patch_null: whether null in a job's PATCH leaves the field alone or clears it.
        patch_empty_map: whether `{}` for labels or metadata leaves them alone or clears them.
        archive_created: whether a job that was never submitted can be archived.
        delete_created: whether a job that was never submitted can be deleted.
        complete_when_sent: whether a job can be completed before the provider has accepted it.
        completed_update: whether completing a job makes a status update.
        source_content_key: name of the inline content's id in a request.
        file_type: whether `fileType` is the bare extension or a MIME type.
        reject_note: whether a request shows the note of its rejection.
        archived_job: whether an archived job itself can still be read, or is 404 like all below it.
        strict_content_type: refuse a call with a body, `complete` and `intranslation` without JSON content type.
        retrievefile_json_accept: what `retrievefile` does when only JSON is accepted: `403`, a `base64` string,
            or `ignore` it.
        early_status: answer when a translation is asked for before the first delivery.
        approve_again: whether approving what is approved already is taken or refused.
        requests_after_submit: whether requests may still be added, changed and deleted after submit.
        review_updates: whether approving and rejecting make status updates.
        validate_languages: whether the provider's language pairs are checked.
        most_targets: target languages in one call.
        content_limit_bytes: largest inline content: names, values and comments together.
        name_limit: longest file, job and request name.
        name_unit: whether names are measured in bytes or characters.
        comment_property: name of a field's comment in inline content.
        filter_case_sensitive: whether text in filters is compared by case.
        filter_null_ne: whether `ne` is true for an unset field.
        listener_job_completed: whether COMPLETED may be among a job listener's status codes.
        allow_http_listeners: take `http` listeners too; needed on loopback.
        strict_200: whether only 200 from a listener is success, or any 2xx.
        secret_property: name of a new listener's secret.
        signature_header: name of the header with a callback's signature.
        signature_key: whether the key is the secret's text or what it decodes to from Base64.
        default_auth_type: what a listener without `authType` gets; `null` sends no signature.
        probation_reset: whether a PATCH must have a `uri` to end permanent probation, or any does.
        error_events: whether errors reach the request listener whatever its status codes.
        tus_location: whether the address of an upload is absolute or relative to the host.
        tus_enforce_chunk_size: refuse chunks of another size than announced.
        tus_without_length_status: answer to a TUS creation without `Content-Length`.
        sas_status: answer to a missing, wrong or expired `sastoken`.
        multipart_limit_bytes: largest multipart upload.
        rate_limit_rps: calls per second and address; 0 means none.
        quota_enforced: refuse new jobs and submits when a quota is used up.
        quota_status_updates: unacknowledged status updates allowed.
        quota_active_jobs: active jobs allowed.

    Raises:
        ValueError: for a negative number or a page size of 0.
    """

    send_seconds: float = 0.1
    accept_seconds: float = 0.1
    translate_seconds: float = 0.5
    archive_seconds: float = 0.2
    auto_archive_seconds: float = 92 * DAY
    token_seconds: int = 3600
    token_error_status: Literal[400, 401] = 400
    sas_seconds: float = 3600.0
    upload_seconds: float = DAY
    download_seconds: float = 300.0
    retry_first_seconds: float = 10.0
    retry_cap_seconds: float = 3600.0
    retry_jitter: float = 0.1
    retry_window_seconds: float = DAY
    page_size: int = 50
    self_link: bool = True
    empty_embedded: bool = True
    null_fields: bool = True
    error_code: Literal["number", "text"] = "number"
    conflict_status: Literal[400, 409] = 400
    second_listener_status: Literal[400, 409] = 409
    archive_status: Literal[200, 202] = 202
    delete_status: Literal[200, 204] = 200
    retry_status: Literal[200, 202, 204] = 202
    created_status: Literal[200, 201] = 201
    delete_asset_status: Literal[200, 204] = 204
    update_content: Literal["501", "works"] = "501"
    support_assets_key: Literal["supportassets", "supportAssets"] = "supportassets"
    translation_content_key: Literal["translationContent", "translationcontent"] = "translationContent"
    invocations_key: str = "invocations"
    create_job_provider_id: Literal["drop", "store"] = "drop"
    fetch_stats: bool = True
    patch_null: Literal["leave", "clear"] = "leave"
    patch_empty_map: Literal["leave", "clear"] = "leave"
    archive_created: bool = True
    delete_created: bool = True
    complete_when_sent: bool = True
    completed_update: bool = True
    source_content_key: Literal["sourcecontentId", "sourceContentId"] = "sourcecontentId"
    file_type: Literal["extension", "mime"] = "extension"
    reject_note: bool = True
    archived_job: Literal["readable", "404"] = "readable"
    strict_content_type: bool = True
    retrievefile_json_accept: Literal["403", "base64", "ignore"] = "403"
    early_status: Literal[400, 404] = 404
    approve_again: Literal["taken", "refused"] = "taken"
    requests_after_submit: bool = False
    review_updates: bool = False
    validate_languages: bool = True
    most_targets: int = 100
    content_limit_bytes: int = 1024 * 1024
    name_limit: int = 250
    name_unit: Literal["bytes", "characters"] = "bytes"
    comment_property: str = "comment"
    filter_case_sensitive: bool = True
    filter_null_ne: bool = True
    listener_job_completed: bool = False
    allow_http_listeners: bool = False
    strict_200: bool = False
    secret_property: str = "authSecret"  # noqa: S105 - the name of a property
    signature_header: str = "x-lionbridge-contentapi-signature"
    signature_key: Literal["text", "base64"] = "text"
    default_auth_type: Literal["LB_CONTENTAPI_SIGNATURE"] | None = "LB_CONTENTAPI_SIGNATURE"
    probation_reset: Literal["uri", "any"] = "uri"
    error_events: bool = True
    tus_location: Literal["absolute", "relative"] = "absolute"
    tus_enforce_chunk_size: bool = False
    tus_without_length_status: Literal[201, 411] = 411
    sas_status: Literal[401, 403] = 401
    multipart_limit_bytes: int = 200 * 1024 * 1024
    rate_limit_rps: float = 0.0
    quota_enforced: bool = False
    quota_status_updates: int = 10_000
    quota_active_jobs: int = 10_000

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, int | float) and value < 0:
                raise ValueError(f"lionbridge.{name} must not be negative, but is {value}")
        if self.page_size < 1:
            raise ValueError("lionbridge.page_size must be at least 1")
