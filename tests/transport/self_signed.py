"""A certificate for localhost that nobody trusts, with its key: made for these tests, worth nothing elsewhere."""

from __future__ import annotations

import ssl
from pathlib import Path

_PEM = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvLPPeun1yVppGuEi
sh3glUKfSOWARFyX5fh7RKxVJzqhRANCAAQr9eAYmHPTYJGsir3yXBtg6tCeH9Ua
ukhQW8jjGgWhGB9C1TLoRwjONLvYfQWJ3UFPy0q9tnGk5Jv1C/Gstexm
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUBGl937JnvgwVVtaZ4LSGY26TWQMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTIyMjYxMloYDzIxMjYxMDI4
MjIyNjEyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQr9eAYmHPTYJGsir3yXBtg6tCeH9UaukhQW8jjGgWhGB9C1TLoRwjO
NLvYfQWJ3UFPy0q9tnGk5Jv1C/Gstexmo1MwUTAdBgNVHQ4EFgQU905a7W1DpfgY
jwVNTxtd+lNRdZ8wHwYDVR0jBBgwFoAU905a7W1DpfgYjwVNTxtd+lNRdZ8wDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAtIXmeAuEwaIU+KMnslmK
9ZfDsRVwLJBq+7H/HRYlr4UCIHkqekUaMkmDW/g6vutwqK0DXD1bA1pmMj+v+AUx
/o1S
-----END CERTIFICATE-----
"""


def server_context(folder: Path) -> ssl.SSLContext:
    """TLS for a test server; the library reads certificates from files only."""
    path = folder / "localhost.pem"
    path.write_text(_PEM)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
