"""What a configuration says about Phrase: the connection, and a route's part of it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

__all__ = ["Connection", "RouteSettings"]

Seconds = Annotated[float, msgspec.Meta(ge=0)]
Text = Annotated[str, msgspec.Meta(min_length=1)]


class Connection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[tms.NAME]` with `kind = "phrase"`.

    Attributes:
        platform_url: where tokens are exchanged: `https://eu.phrase.com` or `https://us.phrase.com`.
        tms_url: where TMS lives: `https://cloud.memsource.com/web` or `https://us.cloud.memsource.com/web`.
        api_token: reference to the API token: `env:NAME`, `file:PATH` or `keyring:SERVICE/USER`.
        webhook_secret: reference to the secret of a webhook that was made by hand at Phrase; one that we make
            needs none.
        client_type: how we name ourselves to Phrase; has to be registered with them.
        host_version: version of the system that the content comes from, for Phrase's statistics.
        timeout: seconds of a call without a file; uploads and downloads get a second per megabyte on top.
        settle: seconds in which Phrase may still work on a call whose answer was lost.
        calls_per_minute: per user (Phrase allows 6,000), shared by all processes of this ledger.
        in_flight: most calls of this process under way at a time.
        poll_first: seconds until the first look after a change.
        poll_longest: seconds between two looks at most.
    """

    platform_url: Text
    tms_url: Text
    api_token: Text
    webhook_secret: Text | None = None
    client_type: Text = "WORDFERRY"
    host_version: str | None = None
    timeout: Seconds = 60.0
    settle: Seconds = 60.0
    calls_per_minute: Annotated[int, msgspec.Meta(ge=1)] = 6000
    in_flight: Annotated[int, msgspec.Meta(ge=1)] = 50
    poll_first: Annotated[float, msgspec.Meta(gt=0)] = 5.0
    poll_longest: Annotated[float, msgspec.Meta(gt=0)] = 900.0


class RouteSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[route.NAME.on.CONNECTION]`.

    Attributes:
        template: name or uid of the project template.
        locales: our locale code → Phrase's, verbatim.
        source_locale: the source language in Phrase's code; the content system's when left out.
        project: `per-batch`: every plan gets a project of its own; `rolling`: a project goes on taking what is new
            until one of its limits would be passed, then the next one is begun.
        rolling_jobs: jobs of the first workflow step in a rolling project.
        rolling_days: days for which a rolling project takes what is new.
        assign: assign providers as the template says, once everything is imported.
        on_decline: what happens when a provider declines: `operator` (a person sees to it) or `reassign` (the declined
            job is offered to the template's providers once more, three times at most).
        analyse: make analyses by providers.
        notify: name or id of the e-mail template for assigned providers; nobody is mailed when left out.
        pre_translate: start pre-translation after import.
        preview: `off`; `package`: translators see each item rendered, from a package built when it is sent; `source`:
            an HTML item is its own preview and gets no package, every other item does.
        preview_formats: formats that get a package; empty means all.
        notify_owner: mail the project's owner on delivery.
        propagate_status: let the delivery move the neighbouring workflow steps.
    """

    template: Text
    locales: dict[Text, Text]
    source_locale: str | None = None
    project: Literal["per-batch", "rolling"] = "per-batch"
    rolling_jobs: Annotated[int, msgspec.Meta(ge=1)] = 1000
    rolling_days: Annotated[float, msgspec.Meta(gt=0)] = 30.0
    assign: bool = False
    on_decline: Literal["operator", "reassign"] = "operator"
    analyse: bool = False
    notify: str | None = None
    pre_translate: bool | None = None
    preview: Literal["off", "package", "source"] = "off"
    preview_formats: tuple[str, ...] = ("markdown", "html")
    notify_owner: bool = False
    propagate_status: bool = False
