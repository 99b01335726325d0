"""Logs and metrics: what the machine tells a person afterwards."""

from wordferry.observe.fields import FIELDS, bind, fields
from wordferry.observe.log import configure, event, logger

__all__ = ["FIELDS", "bind", "configure", "event", "fields", "logger"]
