"""Stage 2: what happened over there? Looks meet in one reconciler; a sweep hands out what is due."""

from wordferry.monitoring.audit import Audit
from wordferry.monitoring.closing import Closure
from wordferry.monitoring.poll import Poll
from wordferry.monitoring.sweep import Sweep

__all__ = ["Audit", "Closure", "Poll", "Sweep"]
