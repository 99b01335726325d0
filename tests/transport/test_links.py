"""Links in answers, redirects, and which addresses may be called."""

from __future__ import annotations

import pytest

from wordferry.errors import Surprise
from wordferry.transport import AddressGuard, Call, Endpoint, Kind, Retry, nothing
from wordferry.transport.retry import Failure

BASE = "https://api.example.com/v2"
GET = Endpoint("things.list", "GET", "/things", nothing, Kind.READ)


@pytest.mark.parametrize(
    ("base", "link", "address"),
    [
        (BASE, "/v2/things?next=a%2Fb", BASE + "/things?next=a%2Fb"),
        (BASE, "https://api.example.com/v2/things?p=2", BASE + "/things?p=2"),
        (BASE, "things?p=2", BASE + "/things?p=2"),
        (BASE, "?p=2", BASE + "/?p=2"),
        ("https://gate.example.com/lb/v2", "/v2/things", "https://gate.example.com/lb/v2/things"),
        ("", "https://files.example.com/a?sig=%2F+", "https://files.example.com/a?sig=%2F+"),
    ],
)
def test_a_link_leads_to_one_address(base: str, link: str, address: str) -> None:
    """Links are joined to the base as the vendor means them, and their queries are left as they are."""
    assert Call(GET, query="ignored=1", link=link).address(base) == address


@pytest.mark.parametrize(
    "link",
    ["https://evil.example.com/v2/things", "http://api.example.com/v2/things", "//evil.example.com/v2"],
)
def test_a_link_to_another_host_is_refused(link: str) -> None:
    """A call with a token follows no link to another host, port or scheme."""
    with pytest.raises(Surprise, match="another host"):
        Call(GET, link=link).address(BASE)


async def resolve(host: str) -> list[str]:
    """Addresses of made-up hosts."""
    known = {
        "api.example.com": ["93.184.216.34"],
        "files.example.com": ["93.184.216.35", "2606:2800:220:1::1"],
        "inside.example.com": ["93.184.216.36", "10.0.0.7"],
        "sandbox.internal": ["127.0.0.1"],
    }
    return known.get(host, [])


@pytest.mark.parametrize(
    "address",
    [
        "https://inside.example.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/x",
        "https://sandbox.internal/x",
        "http://files.example.com/x",
        "file:///etc/passwd",
        "https:///x",
        "https://[broken/x",
    ],
)
async def test_a_public_vendor_leads_to_public_addresses_only(address: str) -> None:
    """Private, unencrypted and nonsensical addresses are not called when the vendor itself is public."""
    with pytest.raises(Surprise):
        await AddressGuard(BASE, resolve=resolve).check(address)


async def test_what_may_be_called_passes() -> None:
    """Public hosts pass; a vendor on this machine may lead to this machine; an unknown name is left to the network."""
    await AddressGuard(BASE, resolve=resolve).check("https://files.example.com/x")
    await AddressGuard(BASE, resolve=resolve).check("https://known-to-the-proxy.example/x")
    for base in ("http://127.0.0.1:8932/v2", "http://sandbox.internal/v2"):
        await AddressGuard(base, resolve=resolve).check("http://127.0.0.1:8933/x")


def test_a_doubtful_status_is_tried_once_more() -> None:
    """A status that may pass is repeated once, for effects too; a single-use call is not."""
    retry = Retry(base=1.0, random=lambda: 1.0, doubtful=frozenset({403}))
    for read in (True, False):
        assert retry.after(Failure(read=read, status=403), 1) == 1.0
        assert retry.after(Failure(read=read, status=403), 2) is None
    assert retry.after(Failure(read=False, status=403, once=True), 1) is None
    assert Retry().after(Failure(read=True, status=403), 1) is None
