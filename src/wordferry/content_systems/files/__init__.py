"""Files below a folder as a content system: `kind = "files"`."""

from wordferry.content_systems.files.config import FilesSettings
from wordferry.content_systems.files.system import FilesSystem
from wordferry.ports.registry import Plugin, Surroundings

__all__ = ["PLUGIN", "FilesSettings", "FilesSystem", "build"]


def build(name: str, settings: FilesSettings, surroundings: Surroundings) -> FilesSystem:
    """Make the content system of a `[content.…]` table.

    Args:
        name: the table's name.
        settings: the table.
        surroundings: a relative root starts at its folder.

    Raises:
        NeedsOperator: the settings make no sense.
    """
    return FilesSystem(name, settings, folder=surroundings.folder)


PLUGIN = Plugin(kind="files", settings=FilesSettings, build=build)
