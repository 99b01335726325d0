"""What the routes of all resources share: path prefixes, what a call is about, and where facts come from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from wordferry.sandbox.phrase.values import body_field
from wordferry.sandbox.routing import Call

TMS = "/web/api2"
PROJECT = TMS + "/v1/projects/{projectUid}"
JOB = PROJECT + "/jobs/{jobUid}"
WEBHOOK = TMS + "/v2/webhooks/{webHookUid}"

REFERENCE = "the vendor's API reference of 2026"
RECORDED = "recorded answers of the vendor"
SPECIFICATION = "the vendor's specifications of 2023 and 2026"
GUIDE = "the vendor's guide to building a plugin"
SUPPORT = "the vendor's support articles"
DOCUMENTED = "as documented"


def nothing(_: Call) -> str:
    """About nothing in particular."""
    return ""


def param(name: str) -> Callable[[Call], str]:
    """About the object that a part of the path names."""
    return partial(_param, name)


def field(name: str) -> Callable[[Call], str]:
    """About what a field of the JSON body says."""
    return partial(_field, name)


def _param(name: str, call: Call) -> str:
    return call.params[name]


def _field(name: str, call: Call) -> str:
    return body_field(call, name)
