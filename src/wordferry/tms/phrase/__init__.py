"""Phrase TMS. The client alone is public as `wordferry.phrase`."""
