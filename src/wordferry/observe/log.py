"""One way to log: an event name and values, as JSON lines or for a console.

Secrets and customer content never come here: callers pass ids, counts and codes. The logging library takes longer
to import than the whole Phrase client, so it comes in with the first line that is really written.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

from wordferry.observe.fields import fields

if TYPE_CHECKING:
    from structlog.typing import EventDict

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
# A client used as a library stays silent until its host asks for logs.
_threshold = 100
#: Format, level and stream that were asked for and not set up yet.
_wanted: tuple[str, int, TextIO] | None = None


def _timestamp(_logger: Any, _method: str, values: EventDict) -> EventDict:
    values["timestamp"] = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return values


def configure(*, format: str = "console", level: str = "warning", stream: TextIO | None = None) -> None:
    """Set up logging for this process.

    Args:
        format: `json` (one object per line) or `console`.
        level: `debug`, `info`, `warning` or `error`.
        stream: where lines go; standard error by default, so that `--json` output stays clean.
    """
    global _threshold, _wanted
    _threshold = _LEVELS[level]
    _wanted = (format, _LEVELS[level], stream or sys.stderr)
    logging.getLogger("dbos").setLevel(logging.ERROR)


def logger() -> Any:
    """The process's logger."""
    global _wanted
    import structlog

    if _wanted is not None:
        format_, level, out = _wanted
        renderer: Any = (
            structlog.processors.JSONRenderer()
            if format_ == "json"
            else structlog.dev.ConsoleRenderer(colors=out.isatty())
        )
        structlog.configure(
            processors=[structlog.processors.add_log_level, _timestamp, renderer],
            wrapper_class=structlog.make_filtering_bound_logger(level),
            logger_factory=structlog.WriteLoggerFactory(out),
            cache_logger_on_first_use=False,
        )
        _wanted = None
    return structlog.get_logger()


def event(name: str, *, level: str = "info", **values: Any) -> None:
    """Log one event with the guide's fields around it.

    Args:
        name: dotted event name, for example `call` or `state.moved`.
        level: log level word.
        values: further plain values; they win over the bound fields of the same name.
    """
    if _LEVELS[level] >= _threshold:
        logger().log(_LEVELS[level], name, **(fields() | values))
