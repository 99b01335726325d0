"""Stage 2: what happened over there? Events and looks meet in one reconciler; a sweep hands out what is due."""

from wordferry.monitoring.audit import Audit
from wordferry.monitoring.closing import Closure
from wordferry.monitoring.drift import Drift
from wordferry.monitoring.hearing import Hearing
from wordferry.monitoring.orphans import Orphan, Whose, orphans
from wordferry.monitoring.pace import Attention
from wordferry.monitoring.poll import Poll
from wordferry.monitoring.refusals import Refusals
from wordferry.monitoring.registration import Finding, Registration
from wordferry.monitoring.sweep import Sweep

__all__ = [
    "Attention",
    "Audit",
    "Closure",
    "Drift",
    "Finding",
    "Hearing",
    "Orphan",
    "Poll",
    "Refusals",
    "Registration",
    "Sweep",
    "Whose",
    "orphans",
]
