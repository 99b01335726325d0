"""Forms with files: the parts of a multipart body."""

from __future__ import annotations

from email.message import Message

from wordferry.sandbox.phrase.errors import PhraseError, invalid


def form_files(content_type: str, body: bytes, *, field: str) -> list[tuple[str, bytes]]:
    """The files of a form, as (name, bytes); the name is empty when the form has none.

    Args:
        content_type: of the request, with its boundary.
        body: the whole form.
        field: the name of the parts that count.

    Raises:
        PhraseError: 415 when the body is no form, 400 when it has no such part.
    """
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        raise PhraseError(415, "BAD_REQUEST", "The request must be multipart/form-data.")
    mark = b"--" + boundary.encode("latin-1", "replace")
    found = []
    # The mark counts only at the start of a line; within a file the same bytes mean nothing.
    for part in (b"\r\n" + body).split(b"\r\n" + mark)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        fields = Message()
        for line in head.decode("utf-8", "replace").split("\r\n"):
            name, _, value = line.partition(":")
            fields[name.strip()] = value.strip()
        if fields.get_param("name", header="Content-Disposition") == field:
            found.append((fields.get_filename("") or "", content))
    if not found:
        raise invalid(f"The form has no part named '{field}'.", field=field)
    return found
