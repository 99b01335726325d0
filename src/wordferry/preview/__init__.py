"""Live preview: a self-contained package that shows a translator, or a reviewer, how an item looks.

`build` renders an item, brings its assets, takes out what could call anybody, and packs one ZIP; `inspect` is the
gate before it leaves. Nothing here knows a vendor.
"""

from wordferry.preview.inspection import inspect
from wordferry.preview.package import Built, build
from wordferry.preview.renderers import RENDERED

__all__ = ["RENDERED", "Built", "build", "inspect"]
