"""Dates as Phrase writes them, all among the forms that `transport` reads. Source: seen in recorded answers."""

from __future__ import annotations

from wordferry.transport.dates import Date, parse_date, write_date

__all__ = ["Date", "parse_date", "write_date"]
