"""The shipped fixtures, taken in by name: only a root conftest may name plugins."""

from __future__ import annotations

from wordferry.testing.fixtures import (
    async_sandbox,
    judged_sandbox,
    sandbox,
    sandbox_environment,
    sandbox_settings,
)

__all__ = ["async_sandbox", "judged_sandbox", "sandbox", "sandbox_environment", "sandbox_settings"]
