"""The page `sandbox-scenarios.md`."""

from __future__ import annotations

from typing import Any

from wordferry.sandbox.scenarios import SCENARIOS


def _shown(rule: dict[str, Any]) -> str:
    rest = ", ".join(f"{name} {value}" for name, value in rule.items() if name not in ("kind", "action"))
    return f"`{rule.get('kind') or rule['action']}`" + (f" ({rest})" if rest else "")


def sandbox_scenarios_page() -> str:
    """`sandbox/scenarios.py`."""
    parts = []
    for found in SCENARIOS.values():
        lines = [f"## `{found.name}`", "", found.incident, "", f"A good connector: {found.hope}", ""]
        groups = {
            "Faults": [_shown(rule) for rule in found.faults],
            "Translators": [_shown(rule) for rule in found.behaviours],
            "Settings": [f"`{name}` {value}" for name, value in found.settings.items()],
        }
        lines += [f"- {title}: {'; '.join(entries)}" for title, entries in groups.items() if entries]
        parts.append("\n".join(lines) + "\n")
    return f"""# Scenarios

Trouble that real teams had, set up by name: `sandbox.play("half-ready-download")`,
`POST /_sandbox/scenarios/half-ready-download`, `wordferry sandbox play half-ready-download`, or the page *Trouble*.
A scenario replaces the faults and behaviours in force and puts the other settings back; `wordferry sandbox calm`
ends it. The incidents are public threads, release notes and guides of other connectors, named so that you can read
them; what they have in common with yours is for you to judge.

{chr(10).join(parts)}"""
