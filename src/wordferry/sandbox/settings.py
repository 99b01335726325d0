"""What can be set on a sandbox: times, limits and the choices the vendor's papers leave open."""

from __future__ import annotations

import msgspec

from wordferry.sandbox.lionbridge_settings import LionbridgeSettings


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
        strict_transitions: refuse status changes outside the table in `phrase/jobs.py`.
        settle_seconds: stale reads, late work and late events end within so many virtual seconds.
        frozen_clock: time passes only when it is advanced, so that a repeated run has the same times.
        callback_timeout_seconds: real seconds to wait for the answer to a callback.
        spool_bytes: bodies longer than this live in a temporary file.
        max_upload_bytes: the largest source file taken, in bytes.
        calls_kept: how many calls the call log remembers; the counters never forget.
        lionbridge: what concerns Lionbridge alone.

    Raises:
        ValueError: for a negative number, or a status that is neither 404 nor 400.
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
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if name not in ("seed", "lionbridge") and value < 0:
                raise ValueError(f"{name} must not be negative, but is {value}")
