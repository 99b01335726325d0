"""Phrase TMS on the wire, without any I/O: one file per resource.

From arguments to a `Call`, and from the bytes of an answer to a model.
"""
