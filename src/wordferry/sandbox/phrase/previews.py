"""Preview packages: a ZIP in a form, referred to by its `fileUid` when jobs are made."""

from __future__ import annotations

import io
import zipfile
from email.message import Message
from typing import Any

from wordferry.sandbox.phrase.errors import PhraseError, invalid
from wordferry.sandbox.phrase.people import People
from wordferry.sandbox.phrase.projects import Project, Projects
from wordferry.sandbox.phrase.values import date
from wordferry.sandbox.routing import Answer, Call, answer_json
from wordferry.sandbox.world import World

# The vendor's general cap on ZIP files; none is documented for these.
LARGEST = 100 * 2**20


class Previews:
    """All preview packages."""

    def __init__(self, world: World, people: People, projects: Projects) -> None:
        self._world = world
        self._people = people
        self._projects = projects
        # fileUid -> its project
        self._packages: dict[str, Project] = {}

    def upload(self, call: Call) -> Answer:
        """`POST /api2/v1/projects/{projectUid}/jobPreviewPackage`: 201 with a `uid` and another `fileUid`."""
        project = self._projects.get(call.params["projectUid"])
        if call.body.size > LARGEST:
            raise invalid("The package is larger than 100 MB.", field="file")
        name, content = _form_file(call.headers.get("Content-Type", ""), call.body.read())
        call.body.discard()
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                pages = [entry for entry in archive.namelist() if entry.lower().endswith((".html", ".htm"))]
        except zipfile.BadZipFile:
            raise invalid("The package is not a ZIP file.", field="file") from None
        if not pages:
            raise invalid("The package has no HTML page.", field="file")
        ids = self._world.ids
        uid, file_uid = ids.uid("preview", project.uid, name), ids.uid("preview file", project.uid, name)
        self._packages[file_uid] = project
        call.facts.update(project=project.uid, file=name, fileUid=file_uid)
        organization = self._people.organization
        body: dict[str, Any] = {
            "uid": uid,
            "fileUid": file_uid,
            "fileName": name,
            "organizationRef": {"uid": organization["uid"], "name": organization["name"]},
            "projectUidRef": {"uid": project.uid},
            "jobUidRef": None,
            "taskId": None,
            "createdByRef": self._people.owner_reference,
            "dateCreated": date(call.now),
        }
        return answer_json(body, status=201)

    def check(self, value: Any, project: Project) -> str | None:
        """The `fileUid` a new job refers to by `{uid}`.

        Raises:
            PhraseError: 400 when no package of the project has it; a package's own `uid` does not count.
        """
        if value is None:
            return None
        uid = value.get("uid") if isinstance(value, dict) else None
        if not isinstance(uid, str) or self._packages.get(uid) is not project:
            raise invalid(
                "'jobPreviewPackageFileUidRef' does not refer to a package of the project.",
                field="jobPreviewPackageFileUidRef",
            )
        return uid


def _form_file(content_type: str, body: bytes) -> tuple[str, bytes]:
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        raise PhraseError(415, "BAD_REQUEST", "The request must be multipart/form-data.")
    mark = b"--" + boundary.encode("latin-1", "replace")
    for part in body.split(mark)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        fields = Message()
        for line in head.decode("utf-8", "replace").split("\r\n"):
            name, _, value = line.partition(":")
            fields[name.strip()] = value.strip()
        if fields.get_param("name", header="Content-Disposition") == "file":
            filename = fields.get_filename("")
            return (filename or "preview.zip"), content.removesuffix(b"\r\n")
    raise invalid("The form has no part named 'file'.", field="file")
