"""The file service: TUS 1.0.0 and multipart uploads, and the downloads that redirects point to.

It knows no access tokens: a `sastoken` header opens TUS, a signature in the address opens the rest.
"""

from __future__ import annotations

import base64
import binascii
import re
from email.utils import formatdate
from typing import Any

from wordferry.sandbox.blob import BlobWriter, Sink
from wordferry.sandbox.face import ERROR_PAGE
from wordferry.sandbox.faults import FaultRule
from wordferry.sandbox.lionbridge import ids
from wordferry.sandbox.lionbridge.errors import LionbridgeError
from wordferry.sandbox.lionbridge.facts import FMS_FACTS
from wordferry.sandbox.lionbridge.files import Files, FmsFile, attachment, content_type_of
from wordferry.sandbox.lionbridge.multipart import MultipartSink, boundary_of
from wordferry.sandbox.lionbridge.tus_upload import TusSink, TusUpload
from wordferry.sandbox.routing import Answer, Call, Handler, Route, answer_json, no_content
from wordferry.sandbox.world import World

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration"
_COUNT = re.compile(r"[1-9][0-9]{0,17}")
_MIME = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:\s*;[\x20-\x7e]*)?", re.ASCII)
_CHUNK_TYPE = "application/offset+octet-stream"


def _file_id(call: Call) -> str:
    return call.params["fmsFileId"]


def _route(verb: str, path: str, action: str, handler: Handler, **more: Any) -> Route:
    return Route(verb, path, f"fms.{action}", handler, _file_id, **more, **FMS_FACTS[action]._asdict())


class FileService:
    """The file service of one sandbox."""

    def __init__(self, world: World, files: Files) -> None:
        self._world = world
        self._files = files
        # Calls that carried an access token, which has no business here.
        self.tokens_seen = 0

    def routes(self) -> list[Route]:
        """Every call the file service answers."""
        creation, upload = "/tus/{fmsFileId}", "/tus/{fmsFileId}/{uploadId}"
        chunk = {"mutating": True, "upload": True, "sink": self.chunk_sink}
        whole = {"mutating": True, "upload": True, "sink": self.multipart_sink}
        return [
            _route("OPTIONS", creation, "tus_options", self.options, open=True),
            _route("OPTIONS", upload, "tus_options", self.options, open=True),
            _route("POST", creation, "tus_create", self.create, mutating=True),
            _route("HEAD", upload, "tus_head", self.head),
            _route("PATCH", upload, "tus_patch", self.patch, **chunk),
            # The protocol lets clients that cannot PATCH send POST with a header that says so.
            _route("POST", upload, "tus_patch", self.patch, **chunk),
            _route("POST", "/upload/{fmsFileId}", "multipart", self.multipart, **whole),
            _route("GET", "/download/{fmsFileId}", "download", self.download),
        ]

    # TUS

    def options(self, _: Call) -> Answer:
        """`OPTIONS`: what of the protocol is there."""
        answer = no_content()
        answer.headers.update(
            {
                "tus-version": VERSION,
                "tus-extension": EXTENSIONS,
                "tus-max-size": str(self._world.settings.max_upload_bytes),
            }
        )
        return answer

    def _opened(self, call: Call) -> FmsFile:
        if call.headers.get("Tus-Resumable") != VERSION:
            error = LionbridgeError(412, f"Tus-Resumable must be {VERSION}.")
            error.headers["tus-version"] = VERSION
            raise error
        uid = call.params["fmsFileId"]
        if not self._files.sas_fits(call.headers.get("sastoken", ""), uid, now=call.now):
            raise LionbridgeError(
                self._world.settings.lionbridge.sas_status, "The sastoken is missing, wrong or expired."
            )
        file = self._files.by_id.get(uid)
        if file is None:
            raise LionbridgeError(404, "There is no such file.")
        return file

    def create(self, call: Call) -> Answer:
        """`POST` to the creation address: an upload of a known length."""
        file = self._opened(call)
        settings = self._world.settings
        if "Content-Length" not in call.headers and settings.lionbridge.tus_without_length_status == 411:
            raise LionbridgeError(411, "Content-Length is required on creation; set it to 0.")
        if call.body.size:
            raise LionbridgeError(400, "Content at creation is not supported.")
        if file.content is not None:
            raise LionbridgeError(409, "This file was uploaded already.")
        length = _number(call.headers.get("Upload-Length"), "Upload-Length")
        if length > settings.max_upload_bytes:
            raise LionbridgeError(413, f"At most {settings.max_upload_bytes} bytes are taken.")
        metadata = call.headers.get("Upload-Metadata", "")
        values = _metadata(metadata)
        chunk = values.get("chunkSize", "")
        upload = TusUpload(
            id=ids.uuid(self._world.ids, "upload", file.id),
            length=length,
            metadata=metadata,
            chunk_size=int(chunk) if _COUNT.fullmatch(chunk) else None,
            expires=call.now + settings.lionbridge.upload_seconds,
        )
        if file.upload is not None:
            file.upload.discard(self._world.folder)
        file.upload = upload
        kind = values.get("contentType", "")
        # It will be a header of the download.
        file.content_type = kind if _MIME.fullmatch(kind) else file.content_type
        call.facts.update(file=file.name, length=length)
        self._end(file)
        host = self._files.url if settings.lionbridge.tus_location == "absolute" else ""
        location = f"{host}/tus/{file.id}/{upload.id}"
        answer = Answer(201, content_type=None, headers={"location": location})
        answer.headers["upload-expires"] = formatdate(upload.expires, usegmt=True)
        return answer

    def _upload(self, call: Call) -> tuple[FmsFile, TusUpload]:
        file = self._opened(call)
        upload = file.upload
        if upload is None or upload.id != call.params["uploadId"]:
            raise LionbridgeError(404, "There is no such upload.")
        if file.content is None and upload.expires <= call.now:
            raise LionbridgeError(410, "The upload has expired.")
        return file, upload

    def head(self, call: Call) -> Answer:
        """`HEAD`: how far the upload has come."""
        _, upload = self._upload(call)
        headers = {
            "upload-offset": str(upload.offset),
            "upload-length": str(upload.length),
            "cache-control": "no-store",
            "upload-expires": formatdate(upload.expires, usegmt=True),
        }
        if upload.metadata:
            headers["upload-metadata"] = upload.metadata
        return Answer(200, content_type=None, headers=headers)

    def chunk_sink(self, call: Call) -> Sink:
        """Check a PATCH before its bytes are read, and take them where they belong."""
        if call.method == "POST" and call.headers.get("X-HTTP-Method-Override", "").upper() != "PATCH":
            raise LionbridgeError(405, "POST is only taken with X-HTTP-Method-Override: PATCH.")
        file, upload = self._upload(call)
        kind = call.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != _CHUNK_TYPE:
            raise LionbridgeError(415, f"The content type must be {_CHUNK_TYPE}.")
        offset = _number(call.headers.get("Upload-Offset"), "Upload-Offset")
        if offset != upload.offset or file.content is not None:
            error = LionbridgeError(409, f"The upload is at {upload.offset}, not at {offset}.")
            error.headers["upload-offset"] = str(upload.offset)
            raise error
        given = call.headers.get("Content-Length", "")
        size = int(given) if given.isascii() and given.isdigit() else None
        if size is not None and offset + size > upload.length:
            raise LionbridgeError(413, f"The upload is longer than its Upload-Length of {upload.length}.")
        if self._world.settings.lionbridge.tus_enforce_chunk_size and upload.chunk_size is not None:
            wanted = min(upload.chunk_size, upload.length - offset)
            if size != wanted:
                raise LionbridgeError(400, f"The next chunk must have {wanted} bytes.")
        return TusSink(upload, self._world.folder)

    def patch(self, call: Call) -> Answer:
        """`PATCH`: the bytes are stored; with the last ones the file is finished."""
        file, upload = self._upload(call)
        answer = no_content()
        answer.headers["upload-offset"] = str(upload.offset)
        answer.headers["upload-expires"] = formatdate(upload.expires, usegmt=True)
        self._end(file)
        call.facts.update(file=file.name, offset=upload.offset, bytes=call.body.size)
        return answer

    def _end(self, file: FmsFile) -> None:
        upload = file.upload
        if upload is not None and file.content is None and upload.offset == upload.length:
            file.content = upload.finish(self._world.folder, spool_bytes=self._world.settings.spool_bytes)

    # Pre-signed addresses

    def _signed(self, call: Call, kind: str) -> FmsFile:
        uid = call.params["fmsFileId"]
        fits = self._files.signature_fits(
            kind,
            uid,
            expires=str(call.query.get("exp", "")),
            signature=str(call.query.get("sig", "")),
            now=call.now,
        )
        if not fits:
            raise LionbridgeError(403, "The address is not signed, or its signature has expired.")
        file = self._files.by_id.get(uid)
        if file is None:
            raise LionbridgeError(404, "There is no such file.")
        return file

    def multipart_sink(self, call: Call) -> Sink:
        """Check a multipart upload before its bytes are read."""
        file = self._signed(call, "upload")
        if file.content is not None:
            raise LionbridgeError(409, "This file was uploaded already.")
        settings = self._world.settings
        writer = BlobWriter(
            self._world.folder,
            spool_bytes=settings.spool_bytes,
            limit=settings.lionbridge.multipart_limit_bytes,
        )
        return MultipartSink(boundary_of(call.headers.get("Content-Type", "")), writer)

    def multipart(self, call: Call) -> Answer:
        """`POST` to the pre-signed address: the whole file at once."""
        file = self._signed(call, "upload")
        if file.content is not None:
            raise LionbridgeError(409, "This file was uploaded already.")
        if file.upload is not None:
            file.upload.discard(self._world.folder)
            file.upload = None
        file.content = call.body
        call.facts.update(file=file.name, sha256=call.body.sha256, bytes=call.body.size)
        return answer_json(
            {
                "id": file.id,
                "name": file.name,
                "contentType": content_type_of(file),
                "size": call.body.size,
            }
        )

    def download(self, call: Call) -> Answer:
        """`GET` of what a 307 pointed to."""
        file = self._signed(call, "download")
        if file.content is None:
            raise LionbridgeError(404, "There is no such file.")
        call.facts.update(file=file.name, sha256=file.content.sha256)
        return Answer(
            200,
            blob=file.content,
            content_type=content_type_of(file),
            headers={"content-disposition": attachment(file.name), "etag": f'"{file.content.sha256}"'},
        )

    # The face's side

    def authorize(self, call: Call) -> None:
        """There is nothing to check here, but an access token is noticed."""
        if "Authorization" in call.headers:
            self.tokens_seen += 1
            call.facts.update(access_token_sent=True)

    def admit(self, call: Call, *, in_flight: int) -> Answer | None:
        """Everybody is let in."""

    def failure(self, error: Exception) -> Answer | None:
        """The service's answer to one of its errors: plain text."""
        if not isinstance(error, LionbridgeError):
            return None
        body = error.message.encode()
        return Answer(
            error.status, body, content_type="text/plain; charset=utf-8", headers=dict(error.headers)
        )

    def unknown(self, call: Call, *, allowed: list[str]) -> Answer:
        """404 for an unknown path, 405 for a wrong method."""
        status = 405 if allowed else 404
        headers = {"allow": ", ".join(allowed)} if allowed else {}
        return Answer(status, b"Not here.", content_type="text/plain", headers=headers)

    def too_large(self, call: Call) -> Answer:
        """413 for a body over the limit."""
        return Answer(413, b"The upload is too large.", content_type="text/plain")

    def standard_headers(self, *, in_flight: int) -> dict[str, str]:
        """The protocol's version rides on every answer."""
        return {"tus-resumable": VERSION}

    def fault(self, rule: FaultRule, *, in_flight: int) -> Answer:
        """The answer of a fault that strikes before the work."""
        return gateway_fault(rule)


def gateway_fault(rule: FaultRule) -> Answer:
    """What a gateway in front of the vendor answers."""
    headers = {"retry-after": rule.retry_after} if rule.retry_after is not None else {}
    status = int(rule.kind) if rule.kind.isdigit() else (rule.status or 500)
    page = ERROR_PAGE.format(status=status).encode()
    return Answer(status, page, content_type="text/html; charset=utf-8", headers=headers)


def _number(value: str | None, name: str) -> int:
    if value is None or not (value.isascii() and value.isdigit()) or len(value) > 18:
        raise LionbridgeError(400, f"{name} must be a number.")
    return int(value)


def _metadata(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in value.split(","))):
        name, _, encoded = pair.partition(" ")
        try:
            found[name] = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise LionbridgeError(400, f"Upload-Metadata '{name}' is not valid.") from None
    return found
