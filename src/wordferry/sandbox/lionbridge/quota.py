"""The quota: unacknowledged status updates and active jobs."""

from __future__ import annotations

from typing import Any

from wordferry.sandbox.lionbridge.errors import LionbridgeError
from wordferry.sandbox.lionbridge.jobs import Jobs
from wordferry.sandbox.lionbridge.status_updates import StatusUpdates
from wordferry.sandbox.routing import Answer, Call, answer_json


class Quota:
    """What is used of what is allowed."""

    def __init__(self, jobs: Jobs, updates: StatusUpdates) -> None:
        self._jobs = jobs
        self._updates = updates

    def _entries(self) -> list[dict[str, Any]]:
        settings = self._jobs.settings
        used = (
            ("unacknowledgedStatusUpdates", settings.quota_status_updates, len(self._updates.unacknowledged)),
            (
                "activeJobs",
                settings.quota_active_jobs,
                sum(not job.archived for job in self._jobs.oldest_first),
            ),
        )
        return [
            {"name": name, "limit": limit, "used": count, "remaining": max(limit - count, 0)}
            for name, limit, count in used
        ]

    def get(self, _: Call) -> Answer:
        """`GET /quota`."""
        return answer_json({"quotas": self._entries()})

    def check(self) -> None:
        """Let new work in.

        Raises:
            LionbridgeError: 429 when a quota is used up and enforced.
        """
        if not self._jobs.settings.quota_enforced:
            return
        spent = next((entry for entry in self._entries() if entry["remaining"] == 0), None)
        if spent is not None:
            raise LionbridgeError(
                429, f"quota exceeded: {spent['name']} is at its limit of {spent['limit']}."
            )
