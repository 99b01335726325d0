"""Bilingual files: source and translation side by side, taken away and brought back."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

from wordferry.sandbox.blob import Blob
from wordferry.sandbox.phrase.errors import PhraseError, invalid, job_not_ready
from wordferry.sandbox.phrase.forms import form_files
from wordferry.sandbox.phrase.jobs import OK, Job, Jobs, job_part
from wordferry.sandbox.phrase.paths import PROJECT, SPECIFICATION, TMS, nothing, param
from wordferry.sandbox.phrase.projects import Projects
from wordferry.sandbox.phrase.values import flag, json_body
from wordferry.sandbox.routing import Answer, Call, Route, answer_json
from wordferry.sandbox.translators import CannotTranslate
from wordferry.sandbox.world import World

FORMATS = ("MXLF", "XLIFF", "TMX", "DOCX")
_SUFFIXES = {"MXLF": "mxliff", "XLIFF": "xliff", "TMX": "tmx"}
_XLIFF = "urn:oasis:names:tc:xliff:document:1.2"
MOST_FILES = 50


class Bilingual:
    """The two bilingual calls."""

    def __init__(self, world: World, projects: Projects, jobs: Jobs) -> None:
        self._world = world
        self._projects = projects
        self._jobs = jobs

    def routes(self) -> list[Route]:
        """Its calls."""
        return [
            Route(
                "POST",
                PROJECT + "/jobs/bilingualFile",
                "bilingual_file",
                self.download,
                param("projectUid"),
                summary="Download bilingual file",
                source=SPECIFICATION,
                fidelity="XLIFF 1.2 for MXLF and XLIFF, TMX 1.4; the vendor's own marks are left out; no DOCX",
            ),
            Route(
                "POST",
                TMS + "/v2/bilingualFiles",
                "upload_bilingual_files",
                self.upload,
                nothing,
                mutating=True,
                upload=True,
                summary="Upload bilingual file",
                source=SPECIFICATION,
                fidelity="takes back the XLIFF it gave, alone or in a ZIP",
            ),
        ]

    def download(self, call: Call) -> Answer:
        """`POST …/jobs/bilingualFile?format=`: 200 with one file for all named jobs."""
        project = self._projects.get(call.params["projectUid"])
        shape = str(call.query.get("format", "MXLF"))
        flag(call.query.get("preview"), field="preview", default=True)
        if shape not in FORMATS:
            raise invalid(f"'format' must be one of {', '.join(FORMATS)}.", field="format")
        if shape == "DOCX":
            raise invalid("The file cannot be made as DOCX.", field="format")
        jobs = self._jobs.of(project, json_body(call).get("jobs"), most=1000)
        for job in jobs:
            if job.import_status != OK:
                raise job_not_ready(job.uid)
        content = self._tmx(jobs) if shape == "TMX" else self._xliff(jobs)
        name = f"{project.uid}.{_SUFFIXES[shape]}"
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
        call.facts.update(project=project.uid, jobs=[job.uid for job in jobs], format=shape)
        return Answer(200, content, content_type="application/octet-stream", headers=headers)

    def _pairs(self, job: Job) -> list[tuple[str, str, str | None]]:
        """Key, source and translation (None when there is none) of each segment of a job."""
        file, translators = job.task.file, self._world.translators
        try:
            sources = translators.texts(file.content.read(), file_format=file.format)
            target: bytes | None = None
            if job.task.target is not None:
                target = job.task.target.read()
            elif job.task.translated or job.task.pretranslated:
                target = translators.target_now(file.content, file_format=file.format, locale=job.task.lang)
            targets = translators.texts(target, file_format=file.format) if target is not None else {}
        except CannotTranslate as error:
            raise invalid(f"The bilingual file of job {job.uid} cannot be made: {error}") from error
        first, last = job.span if job.segments is not None else (0, len(sources))
        keys = list(sources)[first : last + 1]
        return [(key, sources[key], targets.get(key)) for key in keys]

    def _xliff(self, jobs: list[Job]) -> bytes:
        ET.register_namespace("", _XLIFF)
        root = ET.Element(f"{{{_XLIFF}}}xliff", {"version": "1.2"})
        for job in jobs:
            file = ET.SubElement(
                root,
                f"{{{_XLIFF}}}file",
                {
                    # The job it came from: so that the file finds its way back.
                    "id": job.uid,
                    "original": job.task.file.name,
                    "source-language": job.project.source_lang.replace("_", "-"),
                    "target-language": job.task.lang.replace("_", "-"),
                    "datatype": "x-" + job.task.file.format,
                },
            )
            body = ET.SubElement(file, f"{{{_XLIFF}}}body")
            for key, source, target in self._pairs(job):
                unit = ET.SubElement(body, f"{{{_XLIFF}}}trans-unit", {"id": key})
                ET.SubElement(unit, f"{{{_XLIFF}}}source").text = source
                ET.SubElement(unit, f"{{{_XLIFF}}}target").text = target
        return _written(root)

    def _tmx(self, jobs: list[Job]) -> bytes:
        root = ET.Element("tmx", {"version": "1.4"})
        source_lang = jobs[0].project.source_lang
        ET.SubElement(
            root,
            "header",
            {"srclang": source_lang, "segtype": "block", "datatype": "unknown", "adminlang": "en"},
        )
        body = ET.SubElement(root, "body")
        for job in jobs:
            for _, source, target in self._pairs(job):
                if target is None:
                    continue
                unit = ET.SubElement(body, "tu")
                for lang, words in ((source_lang, source), (job.task.lang, target)):
                    variant = ET.SubElement(unit, "tuv", {"xml:lang": lang})
                    ET.SubElement(variant, "seg").text = words
        return _written(root)

    def upload(self, call: Call) -> Answer:
        """`POST /api2/v2/bilingualFiles?setCompleted=`: 200 with the jobs that got their translation."""
        complete = flag(call.query.get("setCompleted"), field="setCompleted")
        files = form_files(call.headers.get("Content-Type", ""), call.body.read(), field="file")
        call.body.discard()
        read = [each for name, content in files for each in _unpacked(name, content)]
        if len(read) > MOST_FILES:
            raise invalid(f"More than {MOST_FILES} files were sent.", field="file")
        brought = [each for content in read for each in _texts_of(content)]
        jobs = [self._jobs.get(uid) for uid, _ in brought]
        if not jobs or any(job.project is not jobs[0].project for job in jobs):
            raise invalid("The files must be of jobs of one project.", field="file")
        filled = [self._filled(job, texts) for job, (_, texts) in zip(jobs, brought, strict=True)]
        for job, target in zip(jobs, filled, strict=True):
            job.task.target = target
            if complete:
                self._jobs.set_status(job, "COMPLETED", by_api=True)
        project = jobs[0].project
        call.facts.update(project=project.uid, jobs=[job.uid for job in jobs])
        shown: dict[str, Any] = {
            "jobs": [job_part(job) for job in jobs],
            "project": {"uid": project.uid, "name": project.name},
        }
        return answer_json(shown)

    def _filled(self, job: Job, texts: dict[str, str]) -> Blob:
        file = job.task.file
        try:
            data = self._world.translators.filled(file.content.read(), file_format=file.format, texts=texts)
        except CannotTranslate as error:
            raise invalid(f"The bilingual file does not fit job {job.uid}: {error}", field="file") from error
        return Blob.of(data)


def _written(root: ET.Element) -> bytes:
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _unpacked(name: str, content: bytes) -> list[bytes]:
    if not name.lower().endswith(".zip"):
        return [content]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > 2**28:
                raise invalid("The archive is too large when unpacked.", field="file")
            return [archive.read(entry) for entry in entries]
    except (zipfile.BadZipFile, RuntimeError, EOFError):
        raise invalid("The archive is not a ZIP file.", field="file") from None


def _texts_of(content: bytes) -> list[tuple[str, dict[str, str]]]:
    """The job and the translations of each `file` of an XLIFF document."""
    refusal = PhraseError(400, "InvalidArguments", "The file is not a bilingual file of this account.")
    # No entity is ever expanded: a document that declares any is refused before it is read.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise refusal
    try:
        root = ET.fromstring(content)  # noqa: S314 - declarations are refused above
    except (ET.ParseError, ValueError):
        raise refusal from None
    found = []
    for file in root.iter(f"{{{_XLIFF}}}file"):
        texts = {}
        for unit in file.iter(f"{{{_XLIFF}}}trans-unit"):
            target = unit.findtext(f"{{{_XLIFF}}}target")
            key = unit.get("id")
            if key is not None and target:
                texts[key] = target
        uid = file.get("id")
        if uid is None:
            raise refusal
        found.append((uid, texts))
    if not found:
        raise refusal
    return found
