"""Lionbridge Content API v2 and its file service, offline."""
