"""What a configuration says about Lionbridge: the connection, and a route's part of it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

__all__ = ["SIGNATURE_HEADER", "Connection", "RouteSettings"]

Seconds = Annotated[float, msgspec.Meta(ge=0)]
Text = Annotated[str, msgspec.Meta(min_length=1)]
Days = Annotated[float, msgspec.Meta(ge=0)]

#: Not published for this interface; named after the one of the vendor's interface for providers.
SIGNATURE_HEADER = "x-lionbridge-contentapi-signature"


class Connection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[tms.NAME]` with `kind = "lionbridge"`.

    Attributes:
        client_id: reference to the client id: `env:NAME`, `file:PATH` or `keyring:SERVICE/USER`.
        client_secret: reference to the client secret.
        login_url: where tokens are given out; the same for production and staging.
        base_url: `https://contentapi.lionbridge.com/v2`, or `https://content-api.staging.lionbridge.com/v2`.
        connector_name: how we name ourselves to Lionbridge; the installation's id is put in front.
        signature_headers: names of the header that carries the signature of a listener call; the first one that a
            call has counts.
        listener_secret: reference to the secret of a listener that was made by hand.
        providers: whose status updates are ours; all when left out. Name them when several installations share the
            client id, because an acknowledged update is gone for all of them.
        timeout: seconds of a call without a file; uploads and downloads get a second per megabyte on top.
        settle: seconds in which Lionbridge may still work on a call whose answer was lost.
        calls_per_minute: from this address (20 a second; 10 on staging), shared by all processes of this ledger.
        in_flight: most calls of this process under way at a time.
        poll_first: seconds until the first look after a change.
        poll_longest: seconds between two looks at most.
    """

    client_id: Text
    client_secret: Text
    login_url: Text = "https://login.lionbridge.com"
    base_url: Text = "https://contentapi.lionbridge.com/v2"
    connector_name: Text = "Wordferry"
    signature_headers: tuple[Text, ...] = (SIGNATURE_HEADER,)
    listener_secret: str | None = None
    providers: tuple[Text, ...] = ()
    timeout: Seconds = 60.0
    settle: Seconds = 60.0
    calls_per_minute: Annotated[int, msgspec.Meta(ge=1)] | None = None
    in_flight: Annotated[int, msgspec.Meta(ge=1)] = 20
    poll_first: Annotated[float, msgspec.Meta(gt=0)] = 5.0
    poll_longest: Annotated[float, msgspec.Meta(gt=0)] = 900.0


class RouteSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[route.NAME.on.CONNECTION]`.

    Attributes:
        provider: id of the provider who translates.
        locales: our locale code → Lionbridge's, verbatim.
        source_locale: the source language in Lionbridge's code; the content system's when left out.
        content: `file`: items go as files. `fields`: what can be taken apart into texts goes as keys and values, at
            most 1 MB of them; everything else as a file.
        due_days: days until the job is due; no due date when left out.
        po_reference: purchase order.
        service_type: kind of service, in the provider's words.
        should_quote: ask for a quote first; somebody approves it in the provider's own system.
        description: for the people at the provider.
        labels: labels of the job. One more is ours.
        metadata: further values of the job.
        reference: files with references for the translators, below the folder of `wordferry.toml`.
        glossary: file with the terms, sent like a reference and named as the glossary.
        memory: our locale code → file with earlier translations, sent to the provider's translation memory.
        rework: how often a broken translation goes back to the provider with what is wrong; 0: a person looks first.
        complete_after: days without a change until a finished job is completed. A completed job takes no late delivery.
        archive_after: days after that until it is archived; left out, Lionbridge archives when it likes.
    """

    provider: Text
    locales: dict[Text, Text]
    source_locale: str | None = None
    content: Literal["file", "fields"] = "file"
    due_days: Days | None = None
    po_reference: str | None = None
    service_type: str | None = None
    should_quote: bool = False
    description: str | None = None
    labels: dict[Text, str | int | float] = {}
    metadata: dict[Text, str] = {}
    reference: tuple[Text, ...] = ()
    glossary: str | None = None
    memory: dict[Text, Text] = {}
    rework: Annotated[int, msgspec.Meta(ge=0)] = 1
    complete_after: Days = 14.0
    archive_after: Days | None = 16.0
