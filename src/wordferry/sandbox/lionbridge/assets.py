"""What goes with a job besides requests: support assets and updates of the translation memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from wordferry.sandbox.lionbridge import ids
from wordferry.sandbox.lionbridge.adding import Adding
from wordferry.sandbox.lionbridge.errors import invalid, not_found
from wordferry.sandbox.lionbridge.files import FmsFile, file_type_of
from wordferry.sandbox.lionbridge.job import CREATED
from wordferry.sandbox.lionbridge.jobs import Jobs
from wordferry.sandbox.lionbridge.paging import newest_first
from wordferry.sandbox.lionbridge.providers import Providers
from wordferry.sandbox.lionbridge.values import json_object, metadata, show_date, strings, text
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings
from wordferry.sandbox.routing import Answer, Call, answer_json, no_content
from wordferry.sandbox.world import World


@dataclass(slots=True, eq=False)
class SupportAsset:
    """A file that helps the translators."""

    id: str
    number: int
    job_id: str
    file: FmsFile
    created: float
    description: str | None
    source_native_ids: list[str]
    source_language: str | None
    target_languages: list[str]
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class TmUpdate:
    """A file whose content goes into the translation memory."""

    id: str
    number: int
    job_id: str
    file: FmsFile
    source_language: str
    target_language: str
    metadata: dict[str, str] = field(default_factory=dict)


def _number(item: SupportAsset | TmUpdate) -> int:
    return item.number


def _show_asset(asset: SupportAsset, settings: LionbridgeSettings) -> dict[str, Any]:
    # The lower-case islands `filename` and `filetype` are the vendor's.
    return {
        "supportassetId": asset.id,
        "jobId": asset.job_id,
        "fileId": asset.file.id,
        "filename": asset.file.name,
        "filetype": file_type_of(asset.file, settings),
        "description": asset.description,
        "sourceNativeIds": asset.source_native_ids,
        "sourceNativeLanguageCode": asset.source_language,
        "targetNativeLanguageCodes": asset.target_languages,
        "createdDate": show_date(asset.created),
        "extendedMetadata": asset.metadata,
    }


def _show_update(update: TmUpdate, settings: LionbridgeSettings) -> dict[str, Any]:
    return {
        "tmupdateId": update.id,
        "jobId": update.job_id,
        "fileId": update.file.id,
        "fileName": update.file.name,
        "fileType": file_type_of(update.file, settings),
        "sourceNativeLanguageCode": update.source_language,
        "targetNativeLanguageCode": update.target_language,
        "extendedMetadata": update.metadata,
    }


class Assets:
    """The calls on support assets and TM updates."""

    def __init__(self, world: World, jobs: Jobs, providers: Providers, adding: Adding) -> None:
        self._world = world
        self._jobs = jobs
        self._providers = providers
        self._adding = adding

    def create_asset(self, call: Call) -> Answer:
        """`POST /jobs/{jobId}/supportassets`: while the job is CREATED."""
        job = self._jobs.in_path(call)
        settings = self._jobs.settings
        body = json_object(call, settings=settings)
        file_id = text(body.get("fmsFileId"), field="fmsFileId")
        if not file_id:
            raise invalid("is required.", field="fmsFileId")
        file = self._adding.usable(file_id, job, field="fmsFileId")
        fields: dict[str, Any] = {
            "description": text(body.get("description"), field="description"),
            "source_native_ids": strings(body.get("sourceNativeIds"), field="sourceNativeIds"),
            "source_language": text(body.get("sourceNativeLanguageCode"), field="sourceNativeLanguageCode"),
            "target_languages": strings(
                body.get("targetNativeLanguageCodes"), field="targetNativeLanguageCodes"
            ),
            "metadata": metadata(body.get("extendedMetadata"), field="extendedMetadata") or {},
        }
        if job.status != CREATED:
            raise self._jobs.conflict(
                f"Support assets belong to a job that is not submitted; it is {job.status}."
            )
        asset = SupportAsset(
            id=ids.short(self._world.ids, "asset", job.id, file.name),
            number=self._jobs.number(),
            job_id=job.id,
            file=file,
            created=call.now,
            **fields,
        )
        job.assets.append(asset)
        self._jobs.touch(job)
        call.facts.update(file=file.name)
        return answer_json(_show_asset(asset, self._jobs.settings), status=settings.created_status)

    def _asset_in_path(self, call: Call) -> SupportAsset:
        job = self._jobs.in_path(call)
        uid = call.params["supportassetId"]
        asset = next((asset for asset in job.assets if asset.id == uid), None)
        if asset is None:
            raise not_found("Support asset", uid)
        return asset

    def get_asset(self, call: Call) -> Answer:
        """`GET /jobs/{jobId}/supportassets/{supportassetId}`."""
        return answer_json(_show_asset(self._asset_in_path(call), self._jobs.settings))

    def list_assets(self, call: Call) -> Answer:
        """`GET /jobs/{jobId}/supportassets`: newest first."""
        body = newest_first(
            call,
            self._jobs.in_path(call).assets,
            key=self._jobs.settings.support_assets_key,
            number=_number,
            show=partial(_show_asset, settings=self._jobs.settings),
            settings=self._jobs.settings,
        )
        return answer_json(body)

    def delete_asset(self, call: Call) -> Answer:
        """`DELETE /jobs/{jobId}/supportassets/{supportassetId}`."""
        job = self._jobs.in_path(call)
        asset = self._asset_in_path(call)
        if job.status != CREATED:
            raise self._jobs.conflict(
                f"Support assets can be deleted before the job is submitted; it is {job.status}."
            )
        job.assets.remove(asset)
        self._jobs.touch(job)
        if self._jobs.settings.delete_asset_status == 204:
            return no_content()
        return answer_json(_show_asset(asset, self._jobs.settings))

    def create_update(self, call: Call) -> Answer:
        """`POST /jobs/{jobId}/tmupdates`."""
        job = self._jobs.in_path(call)
        settings = self._jobs.settings
        body = json_object(call, settings=settings)
        file_id = text(body.get("fmsFileId"), field="fmsFileId")
        source = text(body.get("sourceNativeLanguageCode"), field="sourceNativeLanguageCode")
        target = text(body.get("targetNativeLanguageCode"), field="targetNativeLanguageCode")
        for name, value in (
            ("fmsFileId", file_id),
            ("sourceNativeLanguageCode", source),
            ("targetNativeLanguageCode", target),
        ):
            if not value:
                raise invalid("is required.", field=name)
        assert file_id
        assert source
        assert target
        file = self._adding.usable(file_id, job, field="fmsFileId")
        extended = metadata(body.get("extendedMetadata"), field="extendedMetadata") or {}
        provider = self._providers.by_id.get(job.provider_id or "")
        if provider is not None and not provider.update_tm:
            raise invalid(f"provider '{provider.id}' takes no TM updates.", field="providerId")
        update = TmUpdate(
            id=ids.short(self._world.ids, "tm update", job.id, file.name, source, target),
            number=self._jobs.number(),
            job_id=job.id,
            file=file,
            source_language=source,
            target_language=target,
            metadata=extended,
        )
        job.tm_updates.append(update)
        self._jobs.touch(job)
        call.facts.update(file=file.name)
        return answer_json(_show_update(update, self._jobs.settings), status=settings.created_status)

    def get_update(self, call: Call) -> Answer:
        """`GET /jobs/{jobId}/tmupdates/{tmupdateId}`."""
        job = self._jobs.in_path(call)
        uid = call.params["tmupdateId"]
        update = next((update for update in job.tm_updates if update.id == uid), None)
        if update is None:
            raise not_found("TM update", uid)
        return answer_json(_show_update(update, self._jobs.settings))

    def list_updates(self, call: Call) -> Answer:
        """`GET /jobs/{jobId}/tmupdates`."""
        body = newest_first(
            call,
            self._jobs.in_path(call).tm_updates,
            key="tmupdates",
            number=_number,
            show=partial(_show_update, settings=self._jobs.settings),
            settings=self._jobs.settings,
        )
        return answer_json(body)
