"""Every link inside the repository leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, prose, shown

LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link names a file or folder of the repository, and its anchor a heading there."""
    broken = []
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        inside = there.is_relative_to(ROOT) and there.exists()
        if not inside or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


def test_every_page_can_be_reached() -> None:
    """Starting from README.md, links lead to every page of docs."""
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.is_file() or page.suffix != ".md":
            continue
        reached.add(page)
        targets = (target.partition("#")[0] for target in LINK.findall(prose(page)))
        waiting += [(page.parent / target).resolve() for target in targets if target and ":" not in target]
    assert [shown(page) for page in PAGES if page.is_relative_to(ROOT / "docs") and page not in reached] == []


def test_headings_become_anchors(tmp_path: Path) -> None:
    """Anchors are lower case with hyphens, without code marks and punctuation; a second one gets a number."""
    page = tmp_path / "page.md"
    page.write_text(
        "# `[wordferry]` & more\n\n## Held: a finding\n\n## Held: a finding\n\n```sh\n# no heading\n```\n"
    )
    assert anchors(page) == {"wordferry--more", "held-a-finding", "held-a-finding-1"}
