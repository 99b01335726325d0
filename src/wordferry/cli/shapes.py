"""What `--json` prints, command by command: one table, held to the truth by a test, from which the manual is made.

Commands of `DOCUMENTS` print one document. Commands of `LINES` print one JSON object a line, each with the key `event`.
An error takes the place of the document, or is the last line: see `ERROR`.
"""

from __future__ import annotations

__all__ = ["DOCUMENTS", "ERROR", "LINES", "table"]

_HEAD = {
    "id": "the translation",
    "item": "id of its item",
    "name": "name of its item",
    "locale": "our code",
    "vendor_locale": "the vendor's code",
    "target": "where it is written",
    "state": "see the table of states",
    "since": "when it entered the state",
    "round": "its pass through delivery, from 1",
    "source": "SHA-256 of the source that was sent",
    "replaces": "the translation whose jobs it takes over with this source, or null",
    "delivered": "SHA-256 of what was last written, or null",
    "batch": "`id`, `name`, `route`, `tms`, `remote` (the vendor's id)",
    "units": "the vendor's objects: `uid`, `level`, `part`, `status`, `import`",
}

#: Command → key → meaning.
DOCUMENTS: dict[str, dict[str, str]] = {
    "init": {
        "file": "the file that was written",
        "locales": "ours → the vendor's",
        "region": "where the vendor is",
    },
    "doctor": {
        "ok": "whether nothing is broken",
        "findings": "`subject`, `check`, `ok` (true, false, or null: worth knowing), `finding`, `cure`",
        "exit_code": "as the command ends",
    },
    "plan": {
        "plan": "its id, for `apply`; null when there is nothing to send",
        "created": "when",
        "routes": "`route`, `content`, `tms`, `order`, `items`, `renames`, `gone`, `notes`, `skips`, `totals`",
        "problems": "how many skips a person should look at",
        "totals": "`items`, `translations` = `create` + `update` + `revise` + `rename` + `skip`, `gone`, …",
    },
    "status": {
        "counts": "`route`, `locale`, `state`, `translations`",
        "translations": "their sum",
        "stuck": "past their deadline: `id`, `name`, `locale`, `state`, `since`, `deadline`",
        "needs_you": "waits for a person: `id`, `name`, `state`, `what`, `next`",
        "waiting_batches": "tried again by itself: `id`, `name`, `what`, `due`",
        "next_due": "when the next thing is due, or null",
        "worker": "who does the work right now, or null",
    },
    "trace": _HEAD
    | {
        "events": "`kind` `state`: `from`, `to`, `why`, `round`; `kind` `operation`: `operation`, `key`, `state`, …",
        "receipts": "`round`, `source`, `delivered`, `at`, `vendor`",
    },
    "explain": _HEAD
    | {
        "means": "what the state means",
        "error": "the last error, or null",
        "findings": "what a gate found",
        "next": "what comes next",
        "mover": "who moves next: `operator`, `tms`, `submission`, `delivery` or `nobody`",
        "due": "when, or null",
        "under_way": "kind of the work that holds it right now, or null",
        "deadline": "when it counts as stuck, or null",
        "stuck": "whether it is",
    },
    "retry": {
        "done": "`id`, `name`, `what`",
        "refused": "`id`, `name`, `what`",
        "worker": "who carries it on, or null",
    },
    "cancel": {
        "done": "`id`, `name`, `what`",
        "refused": "`id`, `name`, `what`",
        "worker": "who carries it on, or null",
    },
    "preview": {
        "shown": "item and locale",
        "path": "what to open",
        "files": "files in the package",
        "bytes": "its size, packed",
        "remarks": "what could not be shown, one sentence each",
    },
    "verify": {
        "targets": "delivered files that were read again",
        "confirmed": "translations whose status the TMS told",
        "differences": "`kind`, `id`, `target`, `what`",
        "exit_code": "as the command ends",
    },
    "reconcile": {
        "batches": "batches that were compared",
        "dry_run": "whether nothing was to be changed",
        "findings": "`batch`, `connection`, `what` (`orphan`, `vanished`, `moved`, `unseen`), `object`, `says`",
    },
    "sandbox": {
        "version": "of Wordferry",
        "seed": "as given",
        "state": "the folder that keeps everything, or null",
        "control_url": "page and control",
        "clock": "`now`, `elapsed`",
        "settings": "times and limits",
        "corruptions": "ways in which a translator can damage a file",
        "phrase": "`platform_url`, `tms_url`, `api_token`, `templates`, …",
    },
}

_ACCEPTED = {
    "plan": "id of the plan, or null",
    "planned": "translations in it",
    "refused": "of these not accepted: changed, vanished or sent by another plan since",
}
_PROGRESS = {
    "seconds": "since the start",
    "states": "state → translations",
    "hint": "what is in the way right now, or null",
}
_RESULT = {
    "planned": "translations in the plan",
    "refused": "not accepted",
    "delivered": "at home now",
    "open": "neither delivered nor otherwise settled",
    "seconds": "how long it took",
    "counts": "`route`, `locale`, `state`, `translations`",
    "problems": "`id`, `name`, `what`, `next`",
    "exit_code": "as the command ends",
}

#: Command → event → key → meaning.
LINES: dict[str, dict[str, dict[str, str]]] = {
    "apply": {
        "accepted": _ACCEPTED,
        "progress": _PROGRESS,
        "result": {
            "plan": "its id",
            "planned": "translations = `accepted` + `refused` + `unsent`",
            "accepted": "taken by the TMS",
            "refused": "by us or by the TMS",
            "unsent": "not sent yet; carried on later",
            "seconds": "how long it took",
            "problems": "`id`, `name`, `what`, `next`",
            "exit_code": "as the command ends",
        },
    },
    "run": {"accepted": _ACCEPTED, "progress": _PROGRESS, "result": _RESULT},
    "demo": {
        "accepted": _ACCEPTED,
        "progress": _PROGRESS,
        "result": _RESULT,
        "demo": {
            "folder": "where the files are",
            "files": "sources",
            "referee": "`ok`, `findings`, `calls`, `fewest_calls`",
        },
    },
    "serve": {
        "started": {
            "routes": "their names",
            "scan": "seconds between two looks for new content",
            "watched": "continuous ones, watched",
        },
        "accepted": _ACCEPTED,
        "moved": {"what": "one sentence on a renamed or deleted source"},
        "progress": {"states": "state → translations"},
        "problem": {"what": "one sentence; told once"},
        "stopped": {},
    },
    "watch": {
        "started": {
            "routes": "their names",
            "scan": "seconds between two looks for new content",
            "watched": "continuous ones, watched",
        },
        "accepted": _ACCEPTED,
        "moved": {"what": "one sentence on a renamed or deleted source"},
        "progress": {"states": "state → translations"},
        "problem": {"what": "one sentence; told once"},
        "stopped": {},
    },
}

#: Under the key `error`; with the exit code 2 for an ambiguous ID there is `candidates`, too.
ERROR: dict[str, str] = {
    "type": "class of the error",
    "what": "what happened",
    "object": "to which object, or null",
    "next": "what to do next, or null",
    "code": "the other side's own word, or null",
    "status": "the HTTP status, or null",
}


def table() -> str:
    """The shapes as Markdown."""
    lines = ["| command | key | meaning |", "| --- | --- | --- |"]
    for command, keys in DOCUMENTS.items():
        lines += [f"| `{command}` | `{key}` | {meaning} |" for key, meaning in keys.items()]
    lines += ["", "| command | event | key | meaning |", "| --- | --- | --- | --- |"]
    for command, events in LINES.items():
        for event, keys in events.items():
            rows = keys.items() or [("–", "")]
            lines += [f"| `{command}` | `{event}` | `{key}` | {meaning} |" for key, meaning in rows]
    lines += ["", "| key of `error` | meaning |", "| --- | --- |"]
    lines += [f"| `{key}` | {meaning} |" for key, meaning in ERROR.items()]
    return "\n".join(lines)
