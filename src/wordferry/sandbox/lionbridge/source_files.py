"""Transfers: the first half of an upload, and the two downloads that redirect to the file service."""

from __future__ import annotations

import base64

from wordferry.sandbox.blob import Blob
from wordferry.sandbox.lionbridge.contents import not_delivered, render_xml
from wordferry.sandbox.lionbridge.errors import LionbridgeError, invalid, not_found
from wordferry.sandbox.lionbridge.files import Files, FmsFile
from wordferry.sandbox.lionbridge.jobs import Jobs
from wordferry.sandbox.lionbridge.request import Request
from wordferry.sandbox.lionbridge.values import query_value, too_long
from wordferry.sandbox.routing import Answer, Call, answer_json


class SourceFiles:
    """The three calls on files."""

    def __init__(self, jobs: Jobs, files: Files) -> None:
        self._jobs = jobs
        self._files = files

    def create(self, call: Call) -> Answer:
        """`POST /jobs/{jobId}/sourcefiles?fileName=…`: a transfer for one file."""
        job = self._jobs.in_path(call)
        settings = self._jobs.settings
        name = query_value(call, "fileName")
        if not name:
            raise invalid("is required.", field="fileName")
        if too_long(name, settings):
            raise invalid(
                f"must not be longer than {settings.name_limit} {settings.name_unit}.", field="fileName"
            )
        stem, dot, extension = name.rpartition(".")
        if not dot or not stem.strip("/") or not extension.strip() or "/" in extension:
            raise invalid("must have an extension.", field="fileName")
        file = self._files.add(name, job_id=job.id)
        call.facts.update(file=name, fmsFile=file.id)
        return answer_json(
            {
                "fmsFileId": file.id,
                "fmsSASToken": self._files.sas_token(file),
                "fmsUploadUrl": f"{self._files.url}/tus/{file.id}",
                "fmsPostMultipartUrl": self._files.url
                + self._files.signed("upload", file.id, seconds=settings.sas_seconds),
            },
            status=201,
        )

    def get(self, call: Call) -> Answer:
        """`GET /jobs/{jobId}/sourcefiles/{fmsFileId}`: 307 to the source as it was uploaded."""
        job = self._jobs.in_path(call)
        uid = call.params["fmsFileId"]
        file = self._files.by_id.get(uid)
        if file is None or file.job_id != job.id or file.target or file.content is None:
            raise not_found("File", uid)
        return self._redirect(file)

    def retrieve(self, call: Call) -> Answer:
        """`GET /jobs/{jobId}/requests/{requestId}/retrievefile`: 307 to the translation."""
        _, request = self._jobs.request_in_path(call)
        settings = self._jobs.settings
        only_json = _only_json(call.headers.get("Accept", ""))
        if only_json and settings.retrievefile_json_accept == "403":
            raise LionbridgeError(403, "Send 'Accept: application/octet-stream' to retrieve a file.")
        file = self._target(request)
        request.fetched += 1
        content = file.content
        assert content is not None
        call.facts.update(file=file.name, locale=request.target_language, sha256=content.sha256)
        if only_json and settings.retrievefile_json_accept == "base64":
            return answer_json(base64.b64encode(content.read()).decode("ascii"))
        return self._redirect(file)

    def _target(self, request: Request) -> FmsFile:
        if request.content is None:
            if request.target is None:
                raise not_delivered(request, self._jobs.settings)
            return request.target
        if request.target_fields is None:
            raise not_delivered(request, self._jobs.settings)
        content = Blob.of(render_xml(request.target_fields))
        if (
            request.target is None
            or request.target.content is None
            or request.target.content.sha256 != content.sha256
        ):
            request.target = self._files.add(
                f"{request.name or request.id}.xml",
                job_id=request.job.id,
                content=content,
                content_type="application/xml",
                target=True,
            )
        return request.target

    def _redirect(self, file: FmsFile) -> Answer:
        return Answer(307, content_type=None, headers={"location": self._files.download_url(file)})


def _only_json(accept: str) -> bool:
    kinds = [part.partition(";")[0].strip().lower() for part in accept.split(",") if part.strip()]
    return bool(kinds) and all(kind == "application/json" for kind in kinds)
