"""Every call of a vendor's client as a command: `wordferry <vendor> <resource> <action>`.

Nothing is written twice: a command's name, arguments, options and help come from the client's method, its signature
and its docstring. A vendor declares itself once (`Vendor`); its client is imported when one of its commands runs.
"""

from __future__ import annotations

from wordferry.cli.calls.group import group
from wordferry.cli.calls.vendor import Setting, Vendor

__all__ = ["Setting", "Vendor", "group"]
