"""Writes the pages of docs/reference that are made from the code, so that they cannot drift from it.

    python -m scripts.docs            write them
    python -m scripts.docs --check    write nothing; fail when a page is not what the code says

Sentences that stand in no docstring are in tables beside the pages. Each table has to be complete: a new operation,
column or log event without its sentence is an error, not a gap on a page.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from scripts.docs.actions import actions_page
from scripts.docs.commands import commands_page
from scripts.docs.configuration import configuration_page
from scripts.docs.errors import errors_page
from scripts.docs.ledger import ledger_page
from scripts.docs.lionbridge_client import lionbridge_client_page
from scripts.docs.lionbridge_endpoints import page as lionbridge_endpoints_page
from scripts.docs.lionbridge_words import lionbridge_words_page
from scripts.docs.logging import logging_page
from scripts.docs.operations import operations_page
from scripts.docs.phrase_client import phrase_client_page
from scripts.docs.phrase_endpoints import page as phrase_endpoints_page
from scripts.docs.phrase_words import phrase_words_page
from scripts.docs.reading import MADE, REFERENCE, ROOT, Gap
from scripts.docs.sandbox_fidelity import sandbox_fidelity_page
from scripts.docs.sandbox_lionbridge import sandbox_lionbridge_page
from scripts.docs.sandbox_scenarios import sandbox_scenarios_page
from scripts.docs.states import states_page

PAGES: dict[str, Callable[[], str]] = {
    "actions.md": actions_page,
    "commands.md": commands_page,
    "configuration.md": configuration_page,
    "errors.md": errors_page,
    "ledger.md": ledger_page,
    "lionbridge-client.md": lionbridge_client_page,
    "lionbridge-endpoints.md": lionbridge_endpoints_page,
    "lionbridge-words.md": lionbridge_words_page,
    "logging.md": logging_page,
    "operations.md": operations_page,
    "phrase-client.md": phrase_client_page,
    "phrase-endpoints.md": phrase_endpoints_page,
    "phrase-words.md": phrase_words_page,
    "sandbox-fidelity.md": sandbox_fidelity_page,
    "sandbox-lionbridge.md": sandbox_lionbridge_page,
    "sandbox-scenarios.md": sandbox_scenarios_page,
    "states.md": states_page,
}


def main(arguments: Sequence[str]) -> int:
    """Write or check the pages; 1 when one differs or cannot be made."""
    checking = list(arguments) == ["--check"]
    if arguments and not checking:
        print(__doc__, file=sys.stderr)
        return 2
    differ = []
    for name, make in PAGES.items():
        path = REFERENCE / name
        try:
            text = (MADE + "\n" + make()).encode()
        except Gap as gap:
            print(gap, file=sys.stderr)
            return 1
        if not path.is_file() or path.read_bytes() != text:
            differ.append(path.relative_to(ROOT).as_posix())
            if not checking:
                path.write_bytes(text)
    for shown in differ:
        print(f"{shown}: {'not what the code says; run `make docs`' if checking else 'written'}")
    return int(checking and bool(differ))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
