"""What tests and the control port do with a sandbox: direct a run, look at it, and judge it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

from wordferry.sandbox.behaviour import Behaviour
from wordferry.sandbox.blob import Blob
from wordferry.sandbox.faults import FaultBook
from wordferry.sandbox.hands import Hands
from wordferry.sandbox.lionbridge.hands import LionbridgeHands
from wordferry.sandbox.lionbridge.minimum import calls_of
from wordferry.sandbox.lionbridge.room import LionbridgeRoom
from wordferry.sandbox.lionbridge.room import info as lionbridge_info
from wordferry.sandbox.lionbridge.verdict import verdict
from wordferry.sandbox.phrase.hands import PhraseHands
from wordferry.sandbox.phrase.room import PhraseRoom
from wordferry.sandbox.phrase.room import info as phrase_info
from wordferry.sandbox.referee import judge
from wordferry.sandbox.scenarios import Scenario, scenario
from wordferry.sandbox.settings import SandboxSettings
from wordferry.sandbox.translators import corruptions
from wordferry.sandbox.world import World

# What a sandbox is made with and keeps.
FIXED = frozenset({"seed", "spool_bytes", "calls_kept", "frozen_clock"})


def product_version() -> str:
    """The version of the product, `0` when it is not installed."""
    try:
        return version("wordferry")
    except PackageNotFoundError:
        return "0"


class Stage:
    """The world of a running sandbox, its vendors, and where they listen."""

    world: World
    phrase: PhraseRoom
    lionbridge: LionbridgeRoom
    control_url: str
    phrase_url: str
    lionbridge_login_url: str
    fms_url: str
    _initial: SandboxSettings
    _state: Path | None

    @property
    def phrase_tms_url(self) -> str:
        """The TMS base URL, which ends in `/web`."""
        return self.phrase_url + "/web"

    @property
    def lionbridge_url(self) -> str:
        """The base URL of the Content API, which ends in `/v2`."""
        return self.lionbridge_login_url + "/v2"

    @property
    def lionbridge_client_id(self) -> str:
        """The demo client's id; the same for the same seed."""
        return self.lionbridge.auth.client_id

    @property
    def lionbridge_client_secret(self) -> str:
        """The demo client's secret; the same for the same seed."""
        return self.lionbridge.auth.client_secret

    @property
    def api_token(self) -> str:
        """The demo user's API token; the same for the same seed."""
        return self.phrase.auth.api_token

    @property
    def settings(self) -> SandboxSettings:
        """The settings in force."""
        return self.world.settings

    def change_settings(self, **changes: Any) -> SandboxSettings:
        """Change settings while running; the seed and the sizes of memory stay as they were.

        Raises:
            ValueError: for an unknown setting or a value of another type.
        """
        fixed = FIXED & changes.keys()
        if fixed:
            raise ValueError(f"cannot be changed while running: {', '.join(sorted(fixed))}")
        known = msgspec.structs.asdict(self.world.settings)
        unknown = changes.keys() - known.keys()
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        nested = changes.get("lionbridge")
        if isinstance(nested, dict):
            changes["lionbridge"] = {**msgspec.structs.asdict(self.world.settings.lionbridge), **nested}
        self.world.settings = msgspec.convert({**known, **changes}, SandboxSettings)
        self.lionbridge.job_list.forget_orders()
        self.world.faults.settle = self.world.settings.settle_seconds
        return self.world.settings

    @property
    def faults(self) -> FaultBook:
        """The fault rules; `sandbox.faults.add("lost", operation="create_job", count=1)`."""
        return self.world.faults

    def behave(self, action: str, **fields: Any) -> None:
        """Tell the translators how to behave.

        Args:
            action: a key of `behaviour.ACTIONS`.
            fields: the other fields of `Behaviour`: `file`, `locale`, `project`, `level`, `seconds`, `corruption`.

        Raises:
            ValueError: for an unknown action or corruption.
        """
        rule = msgspec.convert({"action": action, **fields}, Behaviour)
        if rule.corruption is not None and rule.corruption not in corruptions():
            raise ValueError(f"unknown corruption {rule.corruption!r}; known: {', '.join(corruptions())}")
        self.world.behaviours.add(rule)

    @property
    def hands(self) -> dict[str, Hands]:
        """The people at the vendors, to be played by hand."""
        return {
            "phrase": PhraseHands(self.phrase, self.world.translators),
            "lionbridge": LionbridgeHands(self.lionbridge, self.world.translators),
        }

    def operations(self) -> list[str]:
        """The names of all calls and messages, for fault rules."""
        routes = [*self.phrase.routes(), *self.lionbridge.routes(), *self.lionbridge.fms.routes()]
        return sorted({route.operation for route in routes} | {"callback", "webhook", "listener"})

    def addresses(self) -> dict[str, dict[str, str]]:
        """Vendor → what a client is configured with."""
        return {
            "Phrase TMS": {
                "platform_url": self.phrase_url,
                "tms_url": self.phrase_tms_url,
                "api_token": self.api_token,
            },
            "Lionbridge": {
                "login_url": self.lionbridge_login_url,
                "base_url": self.lionbridge_url,
                "client_id": self.lionbridge_client_id,
                "client_secret": self.lionbridge_client_secret,
                "file service": self.fms_url,
            },
        }

    def play(self, name: str) -> Scenario:
        """Set up a scenario in place of the rules in force; settings it does not name go back to the start's.

        Raises:
            ValueError: when there is no such scenario.
        """
        wanted = scenario(name)
        self.quiet()
        self.change_settings(**wanted.settings)
        for rule in wanted.faults:
            self.world.faults.add(**rule)
        for behaviour in wanted.behaviours:
            self.behave(**behaviour)
        return wanted

    def quiet(self) -> None:
        """No faults and no behaviours, and the settings that the sandbox started with."""
        self.world.faults.clear()
        self.world.behaviours.clear()
        fixed = {name: getattr(self.world.settings, name) for name in FIXED}
        self.world.settings = msgspec.structs.replace(self._initial, **fixed)
        self.world.faults.settle = self.world.settings.settle_seconds

    def finish(self, job_uid: str, content: bytes) -> None:
        """Complete a job by hand with the translation a person wrote.

        The job and the steps before it become `COMPLETED`; exports give these bytes from now on.

        Raises:
            KeyError: when there is no such job.
        """
        self.phrase.finish(job_uid, Blob.of(content))

    async def advance(self, seconds: float) -> None:
        """Let virtual time pass; what falls due happens first."""
        await self.world.clock.advance(seconds)

    def calls(self, **filters: Any) -> list[dict[str, Any]]:
        """The call log; filters are those of `CallLog.records`."""
        return [msgspec.to_builtins(record) for record in self.world.calls.records(**filters)]

    def referee(self, *, marker: str | None = None) -> dict[str, Any]:
        """The verdict on the run so far; see `referee.judge`, and `lionbridge.verdict` for its `lionbridge`."""
        found = judge(self.phrase, self.world.calls, marker=marker)
        lionbridge = {**verdict(self.lionbridge), "calls": calls_of(self.lionbridge, self.world.calls)}
        return {**found, "ok": found["ok"] and lionbridge["ok"], "lionbridge": lionbridge}

    def environment(self) -> dict[str, str]:
        """The addresses and credentials as environment variables, to start a program in any language with."""
        return {
            "WORDFERRY_SANDBOX_URL": self.control_url,
            "PHRASE_PLATFORM_URL": self.phrase_url,
            "PHRASE_TMS_URL": self.phrase_tms_url,
            "PHRASE_API_TOKEN": self.api_token,
            "LIONBRIDGE_LOGIN_URL": self.lionbridge_login_url,
            "LIONBRIDGE_BASE_URL": self.lionbridge_url,
            "LIONBRIDGE_CLIENT_ID": self.lionbridge_client_id,
            "LIONBRIDGE_CLIENT_SECRET": self.lionbridge_client_secret,
        }

    def info(self) -> dict[str, Any]:
        """URLs, demo credentials, version, seed, templates and settings."""
        return {
            "version": product_version(),
            "state": str(self._state) if self._state is not None else None,
            "seed": self.world.settings.seed,
            "control_url": self.control_url,
            "clock": {"now": self.world.clock.now(), "elapsed": self.world.clock.elapsed()},
            "settings": msgspec.to_builtins(self.world.settings),
            "corruptions": corruptions(),
            "phrase": {
                "platform_url": self.phrase_url,
                "tms_url": self.phrase_tms_url,
                **phrase_info(self.phrase),
            },
            "lionbridge": {
                "login_url": self.lionbridge_login_url,
                "base_url": self.lionbridge_url,
                "fms_url": self.fms_url,
                **lionbridge_info(self.lionbridge),
            },
        }
