"""The far shore, offline: the vendors' APIs on loopback ports, with a clock, faults and a referee."""

from wordferry.sandbox.freezing import StateError
from wordferry.sandbox.running import ThreadSandbox, sandbox_in_thread, serve
from wordferry.sandbox.server import DEFAULT_PORT, Sandbox, stored_settings
from wordferry.sandbox.settings import SandboxSettings

__all__ = [
    "DEFAULT_PORT",
    "Sandbox",
    "SandboxSettings",
    "StateError",
    "ThreadSandbox",
    "sandbox_in_thread",
    "serve",
    "stored_settings",
]
