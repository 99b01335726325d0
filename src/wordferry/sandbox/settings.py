"""What can be set on a sandbox: times, limits and the choices the vendor's papers leave open."""

from __future__ import annotations

import msgspec

from wordferry.sandbox.lionbridge_settings import LionbridgeSettings

WEBHOOK_HEADERS = ("x-memsource-token", "x-phrase-token")


class SandboxSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of one sandbox; every duration is in virtual seconds.

    Args:
        seed: makes uids, tokens and faults reproducible.
        import_seconds: how long the import of an uploaded file takes.
        translate_seconds: how long the robot works on one job of one workflow step.
        export_seconds: how long the export of a target file takes.
        analysis_seconds: how long an analysis takes.
        token_seconds: lifetime of an access token.
        requests_per_minute: the user's quota per minute of the virtual clock; 0 means none.
        concurrent_requests: requests that may be in flight at once; the value of `ratelimit-limit`.
        pending_async: asynchronous requests that may be pending at once; 0 means no cap.
        async_retention_seconds: how long a finished asynchronous request can still be read.
        spent_status: answer to the second use of a download id, 404 or 400 (undocumented by the vendor).
        early_status: answer to a download before the export has finished, 404 or 400 (undocumented).
        token_error_status: answer to a bad subject token in the token exchange, 400 or 401 (both have been met).
        login_seconds: lifetime of a token of the older login.
        null_user_role: answer create project with `userRole` null, as the vendor did in 2023.
        parts_path: answer `GET …/jobs/{jobUid}/parts`, which only the guide knows.
        capacity_words: words of the plan; jobs past it become ghosts; 0 means no limit.
        preview_max_bytes: the largest preview package, packed and unpacked (undocumented).
        preview_uid_accepted: take a preview package's `uid` where its `fileUid` is meant.
        ratelimit_on_success: send the concurrency counters with every answer, as recorded.
        action_id: send `memsource-action-id` with every answer, as recorded.
        plain_errors: errors as plain text instead of the JSON object, as proxies do.
        callback_extras: send what belongs to the work beside `asyncRequest` in callbacks.
        callback_jobs_key: the name of the jobs in callbacks of imports (undocumented).
        webhook_needs_200: only 200 counts as heard; otherwise every 2xx does (undocumented).
        webhook_token_header: `x-memsource-token`, or `x-phrase-token` as one support article has it.
        webhook_rejected_word: the word for `REJECTED` in events (undocumented).
        webhook_failures_to_disable: failed attempts after which a webhook is disabled; 0 means never.
        webhook_log_seconds: how long webhook calls are remembered.
        strict_transitions: refuse status changes outside the table in `phrase/jobs.py`.
        settle_seconds: stale reads, late work and late events end within so many virtual seconds.
        frozen_clock: time passes only when it is advanced, so that a repeated run has the same times.
        callback_timeout_seconds: real seconds to wait for the answer to a callback.
        spool_bytes: bodies longer than this live in a temporary file.
        max_upload_bytes: the largest source file taken, in bytes.
        calls_kept: how many calls the call log remembers; the counters never forget.
        lionbridge: what concerns Lionbridge alone.

    Raises:
        ValueError: for a negative number, or a value that is none of those named.
    """

    seed: int = 0
    import_seconds: float = 0.2
    translate_seconds: float = 0.5
    export_seconds: float = 0.1
    analysis_seconds: float = 0.1
    token_seconds: int = 14399
    requests_per_minute: int = 6000
    concurrent_requests: int = 100
    pending_async: int = 200
    async_retention_seconds: float = 86400.0
    spent_status: int = 404
    early_status: int = 404
    token_error_status: int = 400
    login_seconds: float = 86400.0
    null_user_role: bool = False
    parts_path: bool = False
    capacity_words: int = 0
    preview_max_bytes: int = 100 * 2**20
    preview_uid_accepted: bool = False
    ratelimit_on_success: bool = True
    action_id: bool = True
    plain_errors: bool = False
    callback_extras: bool = True
    callback_jobs_key: str = "jobParts"
    webhook_needs_200: bool = True
    webhook_token_header: str = "x-memsource-token"  # noqa: S105 - a header's name
    webhook_rejected_word: str = "REJECTED_BY_LINGUIST"
    webhook_failures_to_disable: int = 3000
    webhook_log_seconds: float = 14 * 86400.0
    strict_transitions: bool = False
    settle_seconds: float = 60.0
    frozen_clock: bool = False
    callback_timeout_seconds: float = 10.0
    spool_bytes: int = 8 * 2**20
    max_upload_bytes: int = 2**30
    calls_kept: int = 100_000
    lionbridge: LionbridgeSettings = LionbridgeSettings()

    def __post_init__(self) -> None:
        for name in ("spent_status", "early_status"):
            if getattr(self, name) not in (400, 404):
                raise ValueError(f"{name} must be 400 or 404, not {getattr(self, name)}")
        if self.token_error_status not in (400, 401):
            raise ValueError(f"token_error_status must be 400 or 401, not {self.token_error_status}")
        if self.webhook_token_header not in WEBHOOK_HEADERS:
            raise ValueError(f"webhook_token_header must be one of {', '.join(WEBHOOK_HEADERS)}")
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if name not in ("seed", "lionbridge") and not isinstance(value, str) and value < 0:
                raise ValueError(f"{name} must not be negative, but is {value}")
