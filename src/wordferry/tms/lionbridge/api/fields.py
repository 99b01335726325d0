"""The fields of jobs that conditions are made of, and what each may be compared with.

Source: Content API, "Query jobs that are active": operators, labels in dot notation, and the fields that it
does not support.
"""

from __future__ import annotations

import math
import re
from abc import abstractmethod
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NoReturn

from wordferry.errors import Refused
from wordferry.tms.lionbridge.api.filters import (
    HINT,
    Comparable,
    Compared,
    Condition,
    Joined,
    Order,
    Owed,
    kind_of,
)

__all__ = ["JobFields", "bind_fields", "where"]

_LABEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_WORDS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})


class Field(Comparable):
    """A field of jobs in a filter. Comparisons give conditions."""

    words = _WORDS

    def __init__(self, name: str, attribute: str = "") -> None:
        self.name = name
        self._attribute = attribute

    def compare(self, word: str, value: Any) -> Condition:
        """The condition "field word value"."""
        if isinstance(value, Owed):
            return value.settle(self, word)
        if isinstance(value, Condition | Field):
            raise Refused("A field is compared with a value.", object=self.name, next=HINT)
        if value is None:
            raise Refused("The vendor's filters know no empty value.", object=self.name)
        if word not in self.words:
            raise Refused(f"{self.name} can only be compared with eq and ne.", object=self.name)
        return Compared(self, word, self.check(word, value))

    @abstractmethod
    def check(self, word: str, value: Any) -> Any:
        """The value as it is compared; raises `Refused` for one of another type."""

    def read(self, job: Any) -> Any:
        """The field of a job."""
        return getattr(job, self._attribute)

    def ascending(self) -> Order:
        """Order by this field, smallest first."""
        return Order(self.name)

    def descending(self) -> Order:
        """Order by this field, largest first."""
        return Order(self.name, downwards=True)

    def eq(self, value: Any) -> Condition:
        """Equal."""
        return self.compare("eq", value)

    def ne(self, value: Any) -> Condition:
        """Not equal, or empty."""
        return self.compare("ne", value)

    def lt(self, value: Any) -> Condition:
        """Less than."""
        return self.compare("lt", value)

    def le(self, value: Any) -> Condition:
        """Less than or equal."""
        return self.compare("le", value)

    def gt(self, value: Any) -> Condition:
        """Greater than."""
        return self.compare("gt", value)

    def ge(self, value: Any) -> Condition:
        """Greater than or equal."""
        return self.compare("ge", value)

    def in_(self, values: Iterable[Any]) -> Condition:
        """Equal to one of the values."""
        parts = tuple(self.eq(value) for value in values)
        if not parts:
            raise Refused("At least one value is needed.", object=self.name)
        return parts[0] if len(parts) == 1 else Joined("or", parts)

    def __eq__(self, value: object) -> Any:
        return self.eq(value)

    def __ne__(self, value: object) -> Any:
        return self.ne(value)

    def __lt__(self, value: Any) -> Condition:
        return self.lt(value)

    def __le__(self, value: Any) -> Condition:
        return self.le(value)

    def __gt__(self, value: Any) -> Condition:
        return self.gt(value)

    def __ge__(self, value: Any) -> Condition:
        return self.ge(value)

    def _misread(self, other: Any) -> NoReturn:
        raise Refused("Python joined a field before it was compared.", object=self.name, next=HINT)

    __and__ = __or__ = __rand__ = __ror__ = _misread

    def __invert__(self) -> NoReturn:
        self._misread(None)

    def __bool__(self) -> NoReturn:
        raise Refused("A field is neither true nor false.", object=self.name, next=HINT)

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"<field {self.name}>"


class TextField(Field):
    """A field that holds text."""

    def check(self, word: str, value: Any) -> str:
        """Text, as it is."""
        if not isinstance(value, str):
            raise Refused(f"{self.name} is compared with text, not with {kind_of(value)}.", object=self.name)
        return _text(value, self.name)


class DateField(Field):
    """A field that holds a moment. A day means its first moment in UTC."""

    def check(self, word: str, value: Any) -> datetime:
        """The moment in whole seconds, which is what the grammar knows, without losing a job by rounding."""
        if not isinstance(value, date):
            raise Refused(
                f"{self.name} is compared with a date, not with {kind_of(value)}.", object=self.name
            )
        if not isinstance(value, datetime):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        if value.tzinfo is None:
            raise Refused("A moment needs a time zone.", object=self.name)
        moment = value.astimezone(UTC)
        if not moment.microsecond:
            return moment
        if word in ("eq", "ne"):
            raise Refused("Filters know whole seconds only.", object=self.name)
        whole = moment.replace(microsecond=0)
        return whole if word in ("gt", "ge") else whole + timedelta(seconds=1)


class FlagField(Field):
    """A field that holds yes or no."""

    words = frozenset({"eq", "ne"})

    def check(self, word: str, value: Any) -> bool:
        """True or False."""
        if not isinstance(value, bool):
            raise Refused(
                f"{self.name} is compared with True or False, not with {kind_of(value)}.", object=self.name
            )
        return value


class LabelField(Field):
    """One label of jobs: text or a number."""

    def read(self, job: Any) -> Any:
        """The label of a job."""
        return (job.labels or {}).get(self._attribute)

    def check(self, word: str, value: Any) -> str | int | float | Decimal:
        """Text or a number."""
        if isinstance(value, str):
            return _text(value, self.name)
        number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        if not number or not math.isfinite(value):
            raise Refused(
                f"A label is compared with text or a number, not with {kind_of(value)}.", object=self.name
            )
        label: int | float | Decimal = value
        return label


class BarredField(Field):
    """A field that the vendor does not support in filters and orders."""

    def compare(self, word: str, value: Any) -> Condition:
        """Refuse."""
        self._barred()

    def check(self, word: str, value: Any) -> Any:
        """Refuse."""
        self._barred()

    def ascending(self) -> Order:
        """Refuse."""
        self._barred()

    def descending(self) -> Order:
        """Refuse."""
        self._barred()

    def _barred(self) -> NoReturn:
        raise Refused(
            f"Lionbridge does not filter or sort by {self.name}.",
            object=self.name,
            next="Choose another field, or judge the jobs after listing them.",
        )


class Labels(BarredField):
    """The labels of jobs: `labels["env"]`."""

    def __getitem__(self, key: str) -> LabelField:
        if not _LABEL.fullmatch(key):
            raise Refused(
                "A filter cannot name this label: letters, digits, _, . and - only.", object=f"label {key!r}"
            )
        return LabelField(f"labels.{key}", key)


class JobFields:
    """The fields of jobs that conditions are made of; its one instance is `where`."""

    job_id = TextField("jobId", "job_id")
    job_name = TextField("jobName", "job_name")
    description = BarredField("description")
    status_code = TextField("statusCode", "status_code")
    has_error = FlagField("hasError", "has_error")
    latest_error_message = BarredField("latestErrorMessage")
    submitter_id = TextField("submitterId", "submitter_id")
    creator_id = TextField("creatorId", "creator_id")
    site_id = TextField("siteId", "site_id")
    provider_id = TextField("providerId", "provider_id")
    provider_reference = TextField("providerReference", "provider_reference")
    po_reference = TextField("poReference", "po_reference")
    due_date = DateField("dueDate", "due_date")
    created_date = DateField("createdDate", "created_date")
    modified_date = DateField("modifiedDate", "modified_date")
    submitted_date = DateField("submittedDate", "submitted_date")
    activity_date = DateField("activityDate", "activity_date")
    archived = BarredField("archived")
    archive_status = TextField("archiveStatus", "archive_status")
    estimated_archival_date = DateField("estimatedArchivalDate", "estimated_archival_date")
    custom_data = TextField("customData", "custom_data")
    should_quote = FlagField("shouldQuote", "should_quote")
    connector_name = TextField("connectorName", "connector_name")
    connector_version = TextField("connectorVersion", "connector_version")
    service_type = TextField("serviceType", "service_type")
    extended_metadata = BarredField("extendedMetadata")
    labels = Labels("labels")
    global_tracking_id = TextField("globalTrackingId", "global_tracking_id")
    request_stats = BarredField("requestStats")


where = JobFields()


class _OnClass:
    """A member of a struct that is a filter's field when it is asked of the class."""

    def __init__(self, slot: Any, field: Field) -> None:
        self._slot = slot
        self._field = field

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self._field if instance is None else self._slot.__get__(instance, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        self._slot.__set__(instance, value)


def bind_fields(job: type) -> None:
    """Let the members of the class of jobs be fields of filters; its instances stay what they are."""
    for name, field in vars(JobFields).items():
        if isinstance(field, Field):
            setattr(job, name, _OnClass(vars(job)[name], field))


def _text(value: str, name: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Refused("The text holds half a character.", object=name) from None
    return value
