"""Files of the file service: what the API hands out transfers for, and what uploads fill."""

from __future__ import annotations

import hashlib
import hmac
import mimetypes
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote

from wordferry.sandbox.blob import Blob
from wordferry.sandbox.lionbridge import ids
from wordferry.sandbox.lionbridge.tus_upload import TusUpload
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings
from wordferry.sandbox.world import World

_MOMENT = re.compile(r"[0-9]{1,15}")


@dataclass(slots=True, eq=False)
class FmsFile:
    """One file; without content until its upload has ended.

    Args:
        job_id: the job it was uploaded to; a delivered translation has its request's.
        upload: the TUS upload under way.
        target: whether it is a translation.
    """

    id: str
    name: str
    job_id: str
    created: float
    content_type: str | None = None
    content: Blob | None = None
    upload: TusUpload | None = None
    target: bool = False

    @property
    def extension(self) -> str:
        """The bare extension in lower case."""
        return self.name.rpartition(".")[2].lower()


class Files:
    """All files, and the signatures that open them without an access token."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._key = world.ids.hex("fms key").encode()
        self.by_id: dict[str, FmsFile] = {}
        # Where the file service listens; the sandbox sets it.
        self.url = ""

    def add(
        self,
        name: str,
        *,
        job_id: str,
        content: Blob | None = None,
        content_type: str | None = None,
        target: bool = False,
    ) -> FmsFile:
        """A new file."""
        file = FmsFile(
            id=ids.uuid(self._world.ids, "file", job_id, name),
            name=name,
            job_id=job_id,
            created=self._world.clock.now(),
            content_type=content_type,
            content=content,
            target=target,
        )
        self.by_id[file.id] = file
        return file

    def drop(self, job_id: str) -> None:
        """Delete all files of a job that is gone."""
        for file in [file for file in self.by_id.values() if file.job_id == job_id]:
            if file.upload is not None:
                file.upload.discard(self._world.folder)
            del self.by_id[file.id]

    def _sign(self, *parts: str) -> str:
        return hmac.new(
            self._key, "\n".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256
        ).hexdigest()

    def sas_token(self, file: FmsFile) -> str:
        """The token for a TUS upload; good for a while."""
        expires = int(self._world.clock.now() + self._world.settings.lionbridge.sas_seconds)
        return f"se={expires}&sr={file.id}&sp=cw&sig={self._sign('tus', file.id, str(expires))}"

    def sas_fits(self, token: str, file_id: str, *, now: float) -> bool:
        """Whether a token opens this file now."""
        fields = {name: values[0] for name, values in parse_qs(token).items()}
        expires = fields.get("se", "")
        return (
            _MOMENT.fullmatch(expires) is not None
            and int(expires) > now
            and hmac.compare_digest(
                fields.get("sig", "").encode(), self._sign("tus", file_id, expires).encode()
            )
        )

    def signed(self, kind: str, file_id: str, *, seconds: float) -> str:
        """A pre-signed path with its query; `kind` is `upload` or `download`."""
        expires = int(self._world.clock.now() + seconds)
        return f"/{kind}/{quote(file_id)}?exp={expires}&sig={self._sign(kind, file_id, str(expires))}"

    def signature_fits(self, kind: str, file_id: str, *, expires: str, signature: str, now: float) -> bool:
        """Whether a pre-signed address is sound and still good."""
        return (
            _MOMENT.fullmatch(expires) is not None
            and int(expires) > now
            and hmac.compare_digest(signature.encode(), self._sign(kind, file_id, expires).encode())
        )

    def download_url(self, file: FmsFile) -> str:
        """Where a 307 points to."""
        seconds = self._world.settings.lionbridge.download_seconds
        return self.url + self.signed("download", file.id, seconds=seconds)


def file_type_of(file: FmsFile, settings: LionbridgeSettings) -> str:
    """What `fileType` says of a file."""
    return file.extension if settings.file_type == "extension" else content_type_of(file)


def content_type_of(file: FmsFile) -> str:
    """What was given at the upload, else a guess by extension."""
    if file.content_type:
        return file.content_type
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def attachment(name: str) -> str:
    """A `Content-Disposition` that survives any file name."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\' else "_"
        for letter in name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
