"""The vendor's error bodies: `{code, message}` and, where a field is at fault, its name in `fields`."""

from __future__ import annotations

from typing import Any, Literal

from wordferry.sandbox.routing import Answer, answer_json


class LionbridgeError(Exception):
    """An error the vendor would answer with.

    Args:
        status: HTTP status.
        message: the vendor's `message`.
        fields: the names of the fields at fault, as one text.
    """

    def __init__(self, status: int, message: str, *, fields: str | None = None) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message
        self.fields = fields
        self.headers: dict[str, str] = {}

    def answer(self, *, code: Literal["number", "text"] = "number") -> Answer:
        """The error as an HTTP answer.

        Args:
            code: whether `code` is a number or a text; two independent readers of the vendor differ.
        """
        body: dict[str, Any] = {
            "code": self.status if code == "number" else str(self.status),
            "message": self.message,
        }
        if self.fields is not None:
            body["fields"] = self.fields
        answer = answer_json(body, status=self.status)
        answer.headers.update(self.headers)
        return answer


def invalid(message: str, *, field: str | None = None) -> LionbridgeError:
    """400: something in the call is missing or wrong."""
    return LionbridgeError(400, message if field is None else f"{field}: {message}", fields=field)


def not_found(what: str, uid: str) -> LionbridgeError:
    """404: no such object, or not one of that parent."""
    return LionbridgeError(404, f"{what} '{uid}' was not found.")
