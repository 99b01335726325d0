"""The steps between the last request and the provider's first: references, memories, a last look, the submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from wordferry.errors import NeedsOperator, Refused
from wordferry.model.identity import key, short
from wordferry.model.voyage import Batch, Translation
from wordferry.ports.effect import Effect, Found, Unknown
from wordferry.ports.tms import Prepared, RemoteBatch
from wordferry.tms.lionbridge.config import RouteSettings
from wordferry.tms.lionbridge.states import CREATED

if TYPE_CHECKING:
    from wordferry.tms.lionbridge.adapter import LionbridgeTMS

__all__ = ["steps"]


def steps(
    tms: LionbridgeTMS,
    batch: Batch,
    remote: RemoteBatch,
    translations: Sequence[Translation],
    done: Mapping[str, Prepared],
) -> list[Effect[Prepared]]:
    """The next steps in order; empty when nothing is left, or when nothing is wanted any more."""
    settings = msgspec.convert(batch.settings, RouteSettings)
    uids = sorted(unit.uid for translation in translations for unit in translation.units)
    if not uids:
        return []
    wanted = [_support(tms, batch, remote, file, "reference") for file in settings.reference]
    if settings.glossary is not None:
        wanted.append(_support(tms, batch, remote, settings.glossary, "glossary"))
    for ours, file in sorted(settings.memory.items()):
        wanted.append(_memory(tms, batch, remote, file, settings.locales.get(ours, ours)))
    wanted += [_tidy(tms, remote, uids), _submit(tms, remote, settings.provider, uids)]
    return [effect for effect in wanted if effect.key not in done]


def _support(tms: LionbridgeTMS, batch: Batch, remote: RemoteBatch, file: str, kind: str) -> Effect[Prepared]:
    """A reference file or the glossary, as a support asset of the job."""
    name = _unique(file)
    settings = msgspec.convert(batch.settings, RouteSettings)

    async def perform(_known: Prepared | None) -> Prepared:
        path = _found(tms, file, kind)
        sent = await tms.client.source_files.send(remote.id, path, filename=name)
        await tms.client.support_assets.create(
            remote.id,
            fms_file_id=sent,
            description=f"{kind}: {file}",
            source_native_language_code=batch.source_locale,
            target_native_language_codes=sorted(set(settings.locales.values())),
        )
        return Prepared(step=f"{kind} {file}")

    async def look_up() -> Found[Prepared] | None:
        async for asset in tms.client.support_assets.list(remote.id):
            if asset.file_name == name:
                return Found(Prepared(step=f"{kind} {file}"))
        return None

    return tms.effect(
        "support-asset",
        key("support-asset", remote.id, kind, file),
        Prepared,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=f"{kind} {file}",
        size=_size(tms, file),
    )


def _memory(
    tms: LionbridgeTMS, batch: Batch, remote: RemoteBatch, file: str, target: str
) -> Effect[Prepared]:
    """Earlier translations of one language pair, for the provider's translation memory."""
    name = _unique(file)

    async def perform(_known: Prepared | None) -> Prepared:
        path = _found(tms, file, "memory")
        sent = await tms.client.source_files.send(remote.id, path, filename=name)
        await tms.client.tm_updates.create(
            remote.id,
            fms_file_id=sent,
            source_native_language_code=batch.source_locale,
            target_native_language_code=target,
        )
        return Prepared(step=f"memory {file}")

    async def look_up() -> Found[Prepared] | None:
        async for update in tms.client.tm_updates.list(remote.id):
            same = (update.target_native_language_code or "").casefold() == target.casefold()
            if same and update.file_name == name:
                return Found(Prepared(step=f"memory {file}"))
        return None

    return tms.effect(
        "tm-update",
        key("tm-update", remote.id, target, file),
        Prepared,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=f"memory {file} → {target}",
        size=_size(tms, file),
    )


def _tidy(tms: LionbridgeTMS, remote: RemoteBatch, uids: Sequence[str]) -> Effect[Prepared]:
    """Take out requests that nobody wants: cancelled meanwhile, or doubles of a call whose answer was lost.

    The job is ours alone and not handed over yet: the last moment at which a request can be taken back.
    """
    wanted = frozenset(uids)

    async def perform(_known: Prepared | None) -> Prepared:
        extra = [
            request.request_id
            async for request in tms.client.requests.list(remote.id)
            if request.request_id and request.request_id not in wanted and request.status_code == CREATED
        ]
        for uid in extra:
            await tms.client.requests.delete(remote.id, uid)
        return Prepared(step="tidy", units=tuple(extra))

    return tms.effect(
        "tidy",
        key("tidy", remote.id, short("requests", *uids)),
        Prepared,
        Unknown.REPEAT,
        perform,
        label=f"job {remote.id}",
    )


def _submit(tms: LionbridgeTMS, remote: RemoteBatch, provider: str, uids: Sequence[str]) -> Effect[Prepared]:
    """Hand the job to the provider. From here on nothing can be added, changed or taken back."""

    async def perform(_known: Prepared | None) -> Prepared:
        try:
            await tms.client.jobs.submit(remote.id, provider_id=provider)
        except Refused as error:
            raise NeedsOperator(
                f"Lionbridge does not hand the job to the provider: {error.what}",
                object=f"job {remote.id}, provider {provider!r}",
                next="Mend that with your project manager there, then `wordferry retry` the batch.",
                code=error.code,
                status=error.status,
                request_id=error.request_id,
            ) from error
        return Prepared(step="submit", units=tuple(uids))

    async def look_up() -> Found[Prepared] | None:
        job = await tms.client.jobs.get(remote.id)
        if job.status_code == CREATED:
            return None
        return Found(Prepared(step="submit", units=tuple(uids)))

    return tms.effect(
        "submit-job",
        key("submit-job", remote.id),
        Prepared,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=f"job {remote.id}",
        facts={"provider": provider},
    )


def _unique(file: str) -> str:
    """The file's name at the vendor: two folders may hold files of one name."""
    path = Path(file)
    return f"{path.stem[:120]}.{short('asset', file)}{path.suffix or '.bin'}"


def _found(tms: LionbridgeTMS, file: str, kind: str) -> Path:
    path = tms.folder / file
    if not path.is_file():
        raise NeedsOperator(
            f"the {kind} file of the route is not there.",
            object=str(path),
            next="Put it there, then `wordferry retry` the batch.",
        )
    return path


def _size(tms: LionbridgeTMS, file: str) -> int:
    path = tms.folder / file
    return path.stat().st_size if path.is_file() else 0
