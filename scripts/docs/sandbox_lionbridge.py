"""The page `sandbox-lionbridge.md`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from scripts.docs.reading import Gap, attributes, code, complete, table
from wordferry.sandbox.behaviour import ACTIONS
from wordferry.sandbox.lionbridge.room import LionbridgeRoom
from wordferry.sandbox.lionbridge.verdict import verdict
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings
from wordferry.sandbox.routing import Route
from wordferry.sandbox.settings import SandboxSettings
from wordferry.sandbox.world import new_world

# What Lionbridge's provider makes of each action of the translators.
_BEHAVIOURS = {
    "auto": "starts the request, delivers after `translate_seconds`, and delivers again after a rejection",
    "manual": "leaves the request at `SENT_TO_PROVIDER` for a person",
    "reject": "reports an error instead of delivering (`hasError`), and leaves rejections alone",
    "rework": "delivers a wrong file first (`corruption`, else the untranslated source), then a sound one",
    "redeliver": "delivers, and `seconds` later again, even after the approval",
    "decline": "cancels the request instead of starting it",
    "cancel": "cancels the request when it would be delivered",
    "late": "takes `seconds` instead of `translate_seconds`",
    "corrupt": "every delivery is damaged in the way `corruption` names",
    "source_text": "every delivery is the untranslated source",
    "import_error": "the job does not reach the provider: it stays `SENDING` with `hasError`",
    "export_error": "the delivery fails: the request stays `IN_TRANSLATION` with `hasError`",
}
_MOVES = {
    "send": "the job reaches the provider now, also after that has failed",
    "start": "the provider accepts the job and starts the requests",
    "deliver": "delivers: a translation by the sandbox, the untranslated source (`source`), or your own content",
    "redeliver": "delivers again what was delivered, whatever the client has done meanwhile",
    "break": "delivers a damaged translation (`corruption`); in Python `damage`",
    "cancel": "cancels requests; all of them, or none named, cancels the job",
    "fail": "the sending fails while the job is `SENDING`, else the delivery (`message`)",
}
_FINDINGS = {
    "double_jobs": "jobs of one name, cancelled ones left aside",
    "double_requests": "requests of one job with the same source and language",
    "approved_without_download": "approved, though the last delivery was never fetched",
    "unconfirmed_deliveries": "fetched, but neither approved nor rejected",
    "open_requests": "submitted and not over, in a job that is still running",
    "never_submitted": "jobs that were made and forgotten",
    "unacknowledged_updates": "status updates nobody acknowledged",
    "listeners_on_probation": "listeners that were given up",
    "tokens_at_the_file_service": "access tokens that were sent to the storage host",
}


def _calls(routes: list[Route]) -> str:
    rows = [
        (f"`{route.method} {route.path}`", code(route.operation), route.fidelity, route.source)
        for route in routes
    ]
    return table(("call", "operation", "how faithful", "known from"), rows)


def _named(heads: tuple[str, str], sentences: Mapping[str, str]) -> str:
    return table(heads, [(code(name), text) for name, text in sentences.items()])


def _shown(value: object) -> str:
    words = {"None": "null", "True": "true", "False": "false"}
    return code(words.get(str(value), value))


def _settings() -> str:
    told = attributes(LionbridgeSettings)
    kinds = inspect.get_annotations(LionbridgeSettings)
    rows = []
    for name, value in msgspec.structs.asdict(LionbridgeSettings()).items():
        if name not in told:
            raise Gap(f"LionbridgeSettings.{name} has no line in its docstring")
        words = re.search(r"Literal\[([^]]*)\]", kinds[name])
        allowed = ", ".join(code(word.strip("' ")) for word in words[1].split(",")) if words else ""
        rows.append((code(name), _shown(value), allowed, told[name]))
    return table(("setting", "default", "values", "what"), rows)


def sandbox_lionbridge_page() -> str:
    """`sandbox/lionbridge/` and its settings."""
    room = LionbridgeRoom(new_world(SandboxSettings(), folder=Path()))
    behaviours = complete("behaviours of Lionbridge", _BEHAVIOURS, ACTIONS)
    findings = complete("findings of Lionbridge", _FINDINGS, verdict(room)["findings"])
    return f"""# The sandbox's Lionbridge

The sandbox plays the Lionbridge Content API v2 with its 53 actions, the token service in front of it, and the file
service (FMS) behind it. What it shares with the other vendor (clock, faults, translators, control API, state) is
on the page of [the sandbox](sandbox.md).

| port | what | in Python |
| --- | --- | --- |
| base + 2 | `/connect/token` and `/v2/…` | `sandbox.lionbridge_login_url`, `sandbox.lionbridge_url` (ends in `/v2`) |
| base + 3 | the file service | `sandbox.fms_url` |

Demo credentials are `sandbox.lionbridge_client_id` and `sandbox.lionbridge_client_secret`; `GET /_sandbox/info`
gives them, with the ids of the providers: `Main LSP` can do everything. `Small agency` translates from English to
German, French and Japanese alone, gives no quotes, takes no TM updates and does not answer rejections. `Former
partner` is deleted.

## What happens by itself

A submitted job is `SENDING`, then `SENT_TO_PROVIDER`, then `IN_TRANSLATION`; each request goes on to
`REVIEW_TRANSLATION` with a translation by the sandbox. There is no "translated" for a job: it stays
`IN_TRANSLATION` until the client completes it, and then takes no delivery any more. A job that asks for a quote
waits at the provider for `start`. Formats that the sandbox cannot read come back byte for byte. Inline content is
translated field by field, and can be fetched as XML too.

Rules for files, languages and projects are those of all [translators](sandbox.md#translators); the project is the
job's name.

{_named(("action", "the provider"), behaviours)}
## By hand

`POST /_sandbox/lionbridge/jobs/{{jobId}}/{{move}}` plays the provider; in Python it is
`sandbox.lionbridge.deliver(job_id, …)` and so on. The body may have `requests` (ids; without them all that the
move fits), and for deliveries `text`, `base64`, or `fields` (inline translations by key). The answer is the job as
it is now.

{_named(("move", "what happens"), _MOVES)}
`GET /_sandbox/lionbridge/state` shows what is there. `POST /_sandbox/lionbridge/tokens/revoke` makes all access
tokens worthless, with `{{"client": true}}` the credentials too.

## Callbacks

A callback is the operation `listener` for faults, its object is the job. It is signed with Base64 of HMAC-SHA256
over the raw body, and tried for a day: after `retry_first_seconds`, then twice as long each time up to
`retry_cap_seconds`, varied by `retry_jitter`, the last time when the day ends. Then all that waits for the
listener has failed and it is on permanent probation (`disabled`), until a PATCH with a `uri`. The payload is the
same at each attempt. Order is not guaranteed. What happened under probation is not told later; `/statusupdates`
has it.

## What the referee says

`referee()["lionbridge"]` has `ok`, `findings` and `counts`.

{_named(("finding", "means"), findings)}
## Settings

`SandboxSettings(lionbridge=LionbridgeSettings(page_size=7))`, or while it runs
`sandbox.change_settings(lionbridge={{"page_size": 7}})` and `POST /_sandbox/settings {{"lionbridge":
{{"page_size": 7}}}}`; what is not named stays. Where the vendor's papers are silent or contradict each other there
is a setting; its default is our choice.

{_settings()}
## Calls

The operation is the name used in fault rules and in the call log. "Ours" marks a choice where the vendor is
silent.

{_calls(room.routes())}
### The file service

It takes no access tokens. `sastoken` opens TUS; the rest is pre-signed.

{_calls(room.fms.routes())}"""
