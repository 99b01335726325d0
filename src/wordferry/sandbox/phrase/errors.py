"""The vendor's error bodies: `{errorCode, errorDescription, errorDetails}` with its codes and statuses."""

from __future__ import annotations

from typing import Any

from wordferry.sandbox.routing import Answer, answer_json


class PhraseError(Exception):
    """An error the vendor would answer with.

    Args:
        status: HTTP status.
        code: the vendor's `errorCode`.
        description: the vendor's `errorDescription`.
        details: entries of `errorDetails`, each with `code`, `args` and `message`.
    """

    def __init__(
        self, status: int, code: str, description: str, *, details: list[dict[str, Any]] | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {description}")
        self.status = status
        self.code = code
        self.description = description
        self.details = details

    def answer(self) -> Answer:
        """The error as an HTTP answer."""
        body = {
            "errorCode": self.code,
            "errorDescription": self.description,
            "errorDetails": self.details,
        }
        return answer_json(body, status=self.status)


def invalid(description: str, *, field: str | None = None, code: str = "InvalidArguments") -> PhraseError:
    """400: an argument is missing or wrong; `field` is named in the details."""
    details = None
    if field is not None:
        details = [{"code": code, "args": {"field": field}, "message": description}]
    return PhraseError(400, code, description, details=details)


def not_found(what: str, uid: str) -> PhraseError:
    """404: no such object, or not one of that parent."""
    return PhraseError(404, "ResourceNotFound", f"{what} {uid} was not found.")


def job_not_ready(uid: str) -> PhraseError:
    """400: the job's import has not ended well yet."""
    return PhraseError(400, "JOB_NOT_READY", f"Job {uid} is not ready: its import has not finished.")


def unauthorized() -> PhraseError:
    """401: the access token is missing, unknown or expired."""
    return PhraseError(401, "AuthUnauthorized", "Unauthorized access.")


def method_not_allowed(method: str, allowed: list[str]) -> PhraseError:
    """405: the path exists with other methods."""
    return PhraseError(
        405, "METHOD_NOT_ALLOWED", f"{method} is not supported here, only {', '.join(allowed)}."
    )
