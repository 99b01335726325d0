"""The public names of the Lionbridge client: `from wordferry.lionbridge import LionbridgeClient`."""

from __future__ import annotations

from wordferry.tms.lionbridge.api.fields import where
from wordferry.tms.lionbridge.api.filters import Condition, Order
from wordferry.tms.lionbridge.api.fms import StoredFile
from wordferry.tms.lionbridge.api.job import FIELDS, Job, JobStatus
from wordferry.tms.lionbridge.api.limits import cut_name
from wordferry.tms.lionbridge.api.listeners import Invocation, Listener, ListenerType
from wordferry.tms.lionbridge.api.providers import Capabilities, LanguagePairs, Provider
from wordferry.tms.lionbridge.api.quota import Quota, QuotaItem
from wordferry.tms.lionbridge.api.request import Request, RequestStatus
from wordferry.tms.lionbridge.api.source_content import ContentField, SourceContent, TargetContent
from wordferry.tms.lionbridge.api.source_files import FmsTransfer
from wordferry.tms.lionbridge.api.status_updates import StatusUpdate
from wordferry.tms.lionbridge.api.support_assets import SupportAsset
from wordferry.tms.lionbridge.api.tm_updates import TmUpdate
from wordferry.tms.lionbridge.client import LOGIN_URL, PRODUCTION_URL, STAGING_URL, LionbridgeClient
from wordferry.tms.lionbridge.uploads import Upload
from wordferry.transport import (
    Budget,
    Downloaded,
    File,
    RateBudget,
    Retry,
    Stream,
    Timeouts,
    Transport,
    Unlimited,
)

__all__ = [
    "FIELDS",
    "LOGIN_URL",
    "PRODUCTION_URL",
    "STAGING_URL",
    "Budget",
    "Capabilities",
    "Condition",
    "ContentField",
    "Downloaded",
    "File",
    "FmsTransfer",
    "Invocation",
    "Job",
    "JobStatus",
    "LanguagePairs",
    "LionbridgeClient",
    "Listener",
    "ListenerType",
    "Order",
    "Provider",
    "Quota",
    "QuotaItem",
    "RateBudget",
    "Request",
    "RequestStatus",
    "Retry",
    "SourceContent",
    "StatusUpdate",
    "StoredFile",
    "Stream",
    "SupportAsset",
    "TargetContent",
    "Timeouts",
    "TmUpdate",
    "Transport",
    "Unlimited",
    "Upload",
    "cut_name",
    "where",
]
