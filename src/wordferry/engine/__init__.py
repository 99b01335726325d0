"""Durable work: the only room that imports the durable-workflow library."""

from wordferry.engine.engine import Engine, Handler
from wordferry.engine.lock import EngineLock

__all__ = ["Engine", "EngineLock", "Handler"]
