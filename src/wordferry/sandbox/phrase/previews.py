"""Preview packages: a ZIP in a form, referred to by its `fileUid` when jobs are made."""

from __future__ import annotations

import io
import mimetypes
import zipfile
from dataclasses import dataclass
from typing import Any

from wordferry.sandbox.phrase.errors import invalid, not_found
from wordferry.sandbox.phrase.forms import form_files
from wordferry.sandbox.phrase.paths import PROJECT, REFERENCE, TMS, param
from wordferry.sandbox.phrase.people import People
from wordferry.sandbox.phrase.projects import Project, Projects
from wordferry.sandbox.phrase.values import date
from wordferry.sandbox.routing import Answer, Call, Route, answer_json
from wordferry.sandbox.world import World


@dataclass(slots=True, eq=False)
class Package:
    """One preview package."""

    uid: str
    file_uid: str
    name: str
    project: Project
    # uid of an asset -> its path in the archive and its bytes
    assets: dict[str, tuple[str, bytes]]


class Previews:
    """All preview packages."""

    def __init__(self, world: World, people: People, projects: Projects) -> None:
        self._world = world
        self._people = people
        self._projects = projects
        # By their fileUid.
        self.packages: dict[str, Package] = {}
        # uid of a job -> the package it was made with
        self.of_job: dict[str, Package] = {}

    def routes(self) -> list[Route]:
        """Its calls."""
        return [
            Route(
                "POST",
                PROJECT + "/jobPreviewPackage",
                "upload_preview",
                self.upload,
                param("projectUid"),
                mutating=True,
                upload=True,
                summary="Upload job preview package",
                source=REFERENCE,
                fidelity="as documented; `uid` and `fileUid` differ and only `fileUid` is taken; "
                "the size limit, and that a ZIP needs an HTML page: ours",
            ),
            Route(
                "GET",
                TMS + "/v1/jobs/{jobPartUid}/previewPackage/asset/{assetFileUid}",
                "preview_asset",
                self.asset,
                param("jobPartUid"),
                summary="Get preview package asset",
                source=REFERENCE,
                fidelity="as documented; an asset's uid is also its path in the package: ours",
            ),
        ]

    def upload(self, call: Call) -> Answer:
        """`POST /api2/v1/projects/{projectUid}/jobPreviewPackage`: 201 with a `uid` and another `fileUid`."""
        project = self._projects.get(call.params["projectUid"])
        largest = self._world.settings.preview_max_bytes
        if call.body.size > largest:
            raise invalid(f"The package is larger than {largest // 2**20} MB.", field="file")
        name, content = form_files(call.headers.get("Content-Type", ""), call.body.read(), field="file")[0]
        name = name or "preview.zip"
        call.body.discard()
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = [entry for entry in archive.namelist() if not entry.endswith("/")]
                if sum(archive.getinfo(entry).file_size for entry in names) > largest:
                    raise invalid(f"The package is larger than {largest // 2**20} MB.", field="file")
                files = {entry: archive.read(entry) for entry in names}
        except (zipfile.BadZipFile, RuntimeError, EOFError):
            raise invalid("The package is not a ZIP file.", field="file") from None
        if not any(entry.lower().endswith((".html", ".htm")) for entry in files):
            raise invalid("The package has no HTML page.", field="file")
        ids = self._world.ids
        uid, file_uid = ids.uid("preview", project.uid, name), ids.uid("preview file", project.uid, name)
        assets = {ids.uid("preview asset", file_uid, path): (path, data) for path, data in files.items()}
        self.packages[file_uid] = Package(uid, file_uid, name, project, assets)
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

    def check(self, value: Any, project: Project) -> Package | None:
        """The package whose `fileUid` a new job refers to by `{uid}`.

        Raises:
            PhraseError: 400 when no package of the project has it; a package's own `uid` does not count
                unless `preview_uid_accepted`.
        """
        if value is None:
            return None
        uid = value.get("uid") if isinstance(value, dict) else None
        package = self.packages.get(uid) if isinstance(uid, str) else None
        if package is None and self._world.settings.preview_uid_accepted:
            package = next((each for each in self.packages.values() if each.uid == uid), None)
        if package is None or package.project is not project:
            raise invalid(
                "'jobPreviewPackageFileUidRef' does not refer to a package of the project.",
                field="jobPreviewPackageFileUidRef",
            )
        return package

    def asset(self, call: Call) -> Answer:
        """`GET /api2/v1/jobs/{jobPartUid}/previewPackage/asset/{assetFileUid}`: one file of the package."""
        package = self.of_job.get(call.params["jobPartUid"])
        wanted = call.params["assetFileUid"]
        for uid, (path, data) in (package.assets if package is not None else {}).items():
            if wanted in (uid, path):
                kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
                return Answer(200, data, content_type=kind)
        raise not_found("Preview asset", wanted)
