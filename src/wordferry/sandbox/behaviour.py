"""How the translators behave: per file, language, project and workflow level."""

from __future__ import annotations

import math
from fnmatch import fnmatchcase
from typing import Any

import msgspec

# action -> what the translators do
ACTIONS: dict[str, str] = {
    "auto": "works through every step by itself",
    "manual": "waits for a person (the control API or the page)",
    "reject": "rejects the job when it would be done, and leaves it so",
    "rework": "rejects the job once, then works on it again and completes it",
    "redeliver": "delivers, and again after `seconds`, even when it was approved (Lionbridge)",
    "decline": "declines the job",
    "cancel": "cancels the job when it would be done",
    "late": "takes `seconds` for each step",
    "corrupt": "completes, and the target file is damaged in the way `corruption` names",
    "source_text": "completes, and the target file is the untranslated source",
    "import_error": "the import of the file fails",
    "export_error": "the export of the target file fails",
}


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule; of several that fit, the latest wins.

    Args:
        action: a key of `ACTIONS`.
        file: glob over the file name.
        locale: glob over the target language.
        project: glob over the project name.
        level: only this workflow level; null means every level.
        seconds: for `late`: virtual seconds for each step.
        corruption: for `corrupt`: a kind known to `wordferry.formats`.
    """

    action: str = "auto"
    file: str = "*"
    locale: str = "*"
    project: str = "*"
    level: int | None = None
    seconds: float = 0.0
    corruption: str | None = None

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ValueError(f"unknown action {self.action!r}; known actions: {', '.join(ACTIONS)}")
        if not 0.0 <= self.seconds < math.inf:
            raise ValueError(f"seconds must be a number from 0, not {self.seconds}")
        if self.action == "corrupt" and not self.corruption:
            raise ValueError("the action 'corrupt' needs the kind of corruption")


AUTO = Behaviour()


class BehaviourBook:
    """The rules in force; without any, everything is automatic."""

    def __init__(self) -> None:
        self._rules: list[Behaviour] = []

    def add(self, rule: Behaviour) -> None:
        """Add a rule; it wins over the earlier ones."""
        self._rules.append(rule)

    def clear(self) -> None:
        """Back to automatic."""
        self._rules.clear()

    def listing(self) -> list[dict[str, Any]]:
        """The rules, oldest first."""
        return [msgspec.to_builtins(rule) for rule in self._rules]

    def find(self, *, file: str, locale: str, project: str, level: int | None) -> Behaviour:
        """The behaviour for one job.

        Args:
            file: file name.
            locale: target language.
            project: project name.
            level: workflow level; null for what concerns the whole file (import and export).
        """
        for rule in reversed(self._rules):
            if (
                (rule.level is None or level is None or rule.level == level)
                and fnmatchcase(file, rule.file)
                and fnmatchcase(locale, rule.locale)
                and fnmatchcase(project, rule.project)
            ):
                return rule
        return AUTO
