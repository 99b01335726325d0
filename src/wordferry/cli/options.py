"""Options that every command has, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Directory", "Json", "Only", "Quiet", "Routes", "Timeout"]

Directory = Annotated[
    Path | None,
    typer.Option(
        "-C", "--directory", metavar="DIR", help="Work in DIR, where wordferry.toml lies.", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs, and nothing else.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print problems only.")]
Routes = Annotated[
    list[str] | None, typer.Argument(metavar="ROUTE", help="Routes to look at; all when left out.")
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only", metavar="ITEM", help="Look at this item only; may be repeated.", show_default=False
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout", metavar="SECONDS", min=0.0, help="Stop waiting after so long.", show_default=False
    ),
]
