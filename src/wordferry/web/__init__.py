"""What listens: receivers of what vendors tell us, the push endpoint, health and metrics."""

from wordferry.web.server import Server

__all__ = ["Server"]
