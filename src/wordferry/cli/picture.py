"""Draws a voyage as SVG, from what really happened in it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from wordferry.cli.progress import bars
from wordferry.cli.run import table
from wordferry.cli.screen import Screen, text
from wordferry.cli.wording import duration
from wordferry.errors import NeedsOperator

if TYPE_CHECKING:
    from wordferry.cli.run import Voyage

__all__ = ["draw_picture"]

WIDTH = 92
#: Moments shown of the way: shares of the voyage's length.
MOMENTS = (0.3, 0.6, 0.85)
#: The frame around the text. Our own, so that the picture loads nothing from anywhere.
FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>A voyage to the sandbox and back</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-family: system-ui, sans-serif; font-size: 18px; font-weight: bold; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def draw_picture(to: Path, voyage: Voyage, changed: list[tuple[str, str]], verdict: str) -> None:
    """Write the picture.

    Args:
        to: the file.
        voyage: a voyage that is over.
        changed: lines of one file, before and after.
        verdict: the referee's sentence.

    Raises:
        NeedsOperator: the file cannot be written.
    """
    from wordferry.cli.demo import difference

    screen = Screen(
        record=True, file=io.StringIO(), width=WIDTH, force_terminal=True, color_system="truecolor"
    )
    screen.print(text(("$ wordferry demo", "bold")), "\n")
    frames = voyage.frames
    for share in MOMENTS:
        wanted = share * voyage.seconds
        before = [frame for frame in frames if frame[0] <= wanted]
        if before:
            seconds, found = before[-1]
            screen.print(Text(f"after {duration(seconds)}", style="bright_black"))
            screen.print(bars(found, screen), "")
    screen.print(table(voyage.found), "")
    for line in difference(changed[:4], WIDTH - 4):
        screen.print(line)
    screen.print()
    screen.print(text((verdict, "green")))
    svg = screen.export_svg(title="wordferry demo", code_format=FRAME, unique_id="voyage")
    try:
        to.write_text(svg, encoding="utf-8")
    except OSError as error:
        raise NeedsOperator(
            f"the picture cannot be written: {error.strerror}.", object=str(to), next="Choose another file."
        ) from error
