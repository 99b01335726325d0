"""The page `errors.md`."""

from __future__ import annotations

import re

from scripts.docs.reading import Gap, attributes, code, first_sentence, table
from wordferry import errors
from wordferry.cli.exit_codes import table as exit_code_table


def errors_page() -> str:
    """`errors.py` and `cli/exit_codes.py`."""
    tree = (errors.__doc__ or "").split("\n\n")[1]
    drawn = set(re.findall(r"\b([A-Z]\w+)\b(?=\s{2,}|$)", tree, re.MULTILINE)) & set(errors.ERRORS)
    if drawn | {"WordferryError"} != set(errors.ERRORS):
        raise Gap("the tree in the docstring of errors.py does not show every class")
    rows = [
        (
            code(name),
            code(cls.__base__.__name__ if cls.__base__ is not None else ""),
            first_sentence(cls),
            cls.default_next or "–",
            cls.exit_code,
        )
        for name, cls in errors.ERRORS.items()
        if cls is not errors.WordferryError
    ]
    fields = [(code(name), text) for name, text in attributes(errors.WordferryError).items()]
    return f"""# Errors and exit codes

Every error of Wordferry is one of these classes, sorted by what to do next. Handlers catch a class, never a message.
Each error can be stored and rebuilt, so a run after a crash takes the same branch as the one before it.

```text
{tree.rstrip()}
```

{table(("class", "is a", "means", "what the reader should do, unless it says otherwise", "exit code"), rows)}
## What an error carries

{table(("field", "content"), fields)}
## Exit codes of the command line

{exit_code_table().replace("`| ", "`" + chr(92) + "| ")}
"""
