"""What the house tests look at: every file that is, or is about to be, in the repository."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "wordferry"


def repository_files() -> list[Path]:
    """Files that git knows or would add, so that a mistake shows before it is committed."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return sorted({path for path in paths if path.is_file()})


def project() -> dict[str, Any]:
    """pyproject.toml as data."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def shown(path: Path) -> str:
    """A path as a reader of a failed test wants it: from the root, with forward slashes."""
    return path.relative_to(ROOT).as_posix()
