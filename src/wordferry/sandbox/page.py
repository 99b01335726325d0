"""The small page: play the vendor's project manager by hand."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from wordferry.sandbox.phrase.jobs import STATUSES, Job
from wordferry.sandbox.phrase.projects import Project

if TYPE_CHECKING:
    from wordferry.sandbox.server import Sandbox

_MOST_ROWS = 500
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1c2733 }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #d8dee4 }
code { background: #eef1f4; padding: .1rem .3rem }
form { display: inline }
"""


def _advance(seconds: int, label: str) -> str:
    return (
        f'<form method="post" action="/advance"><input type="hidden" name="seconds" value="{seconds}">'
        f"<button>{label}</button></form> "
    )


def _job_row(job: Job) -> str:
    options = "".join(
        f"<option{' selected' if status == job.status else ''}>{status}</option>" for status in STATUSES
    )
    return (
        f"<tr><td>{escape(job.task.file.name)}</td><td>{escape(job.task.lang)}</td><td>{job.level}</td>"
        f"<td>{job.import_status}</td><td>{job.status}</td>"
        f'<td><form method="post" action="/act"><input type="hidden" name="uid" value="{job.uid}">'
        f'<select name="status" aria-label="New status">{options}</select> <button>Set</button></form></td></tr>'
    )


def _project(project: Project) -> str:
    jobs = list(project.jobs.values())
    rows = "".join(_job_row(job) for job in jobs[:_MOST_ROWS])
    rest = len(jobs) - _MOST_ROWS
    more = f"<p>{rest} further jobs are not shown.</p>" if rest > 0 else ""
    return (
        f'<p><a href="/">All projects</a></p><h2>{escape(project.name)}</h2>'
        "<table><tr><th>File</th><th>Language</th><th>Step</th><th>Import</th><th>Status</th><th>Change</th></tr>"
        f"{rows}</table>{more}"
    )


def _projects(projects: list[Project]) -> str:
    rows = "".join(
        f'<tr><td><a href="/?project={project.uid}">{escape(project.name)}</a></td>'
        f"<td>{escape(project.template_name)}</td><td>{len(project.jobs)}</td></tr>"
        for project in reversed(projects[-_MOST_ROWS:])
    )
    if not rows:
        return "<p>No projects yet.</p>"
    return f"<table><tr><th>Project</th><th>Template</th><th>Jobs</th></tr>{rows}</table>"


def render(sandbox: Sandbox, *, project_uid: str | None = None) -> str:
    """The page: all projects, or one project's jobs.

    Args:
        sandbox: what to show.
        project_uid: the project, or None for the list.

    Raises:
        KeyError: when there is no such project.
    """
    room = sandbox.phrase
    if project_uid is None:
        main = _projects(room.projects)
    else:
        main = _project(room.project_list.by_uid[project_uid])
    verdict = sandbox.referee()
    found = sum(len(entries) for entries in verdict["findings"].values())
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Wordferry sandbox</title>'
        f"<style>{_STYLE}</style></head><body><h1>Wordferry sandbox</h1>"
        f"<p>Phrase platform <code>{sandbox.phrase_url}</code>, TMS <code>{sandbox.phrase_tms_url}</code>, "
        f"API token <code>{escape(sandbox.api_token)}</code></p>"
        f'<p>Calls: {verdict["calls"]["total"]}. <a href="/_sandbox/referee">Referee</a>: {found} findings. '
        f'<a href="/_sandbox/calls">Call log</a>, <a href="/_sandbox/state">state</a>.</p>'
        f"<p>Clock: {sandbox.world.clock.elapsed():.0f} s. "
        f"{_advance(60, '+1 minute')}{_advance(3600, '+1 hour')}{_advance(86400, '+1 day')}</p>"
        f"{main}</body></html>"
    )
