"""The way of a call: what is repeated, what is raised, and what is left behind."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from prometheus_client import CollectorRegistry, generate_latest

from tests.transport.fakes import (
    BY_KIND,
    EFFECT,
    ONCE,
    PATH,
    READ,
    VENDOR_ID,
    Answered,
    Purse,
    Reply,
    Script,
    Time,
    call,
    make,
)
from wordferry import errors, observe
from wordferry.errors import (
    NeedsOperator,
    NotYet,
    OutcomeUnknown,
    Refused,
    Spent,
    Surprise,
    TryAgain,
    Vanished,
    WordferryError,
)
from wordferry.transport import Kind, Lost, Retry, Tokens, Undelivered, register_metrics
from wordferry.transport.tokens import Grant

R, E, S = Kind.READ, Kind.EFFECT, Kind.ONCE
LOST = Lost("the connection was dropped")
AWAY = Undelivered("connection refused")
FIVE = 5  # attempts of the default policy

# what happens, kind of call → error in the end, attempts made
TABLE: list[tuple[Reply, Kind, type[WordferryError], int]] = [
    (AWAY, R, TryAgain, FIVE),
    (AWAY, E, TryAgain, FIVE),
    (AWAY, S, TryAgain, FIVE),
    (Undelivered("its certificate is not trusted", lasting=True), R, NeedsOperator, 1),
    (Undelivered("its certificate is not trusted", lasting=True), E, NeedsOperator, 1),
    (LOST, R, TryAgain, FIVE),
    (LOST, E, OutcomeUnknown, 1),
    (LOST, S, OutcomeUnknown, 1),
    (Answered(200, b"<html>"), R, Surprise, FIVE),
    (Answered(201, b""), E, OutcomeUnknown, 1),
    (Answered(200, b"{}", cut=1), R, TryAgain, FIVE),
    (Answered(200, b"{}", cut=1), E, OutcomeUnknown, 1),
    (Answered(307), R, Surprise, 1),
    (Answered(400), R, Refused, 1),
    (Answered(400), E, Refused, 1),
    (Answered(401), R, NeedsOperator, 1),
    (Answered(403), E, NeedsOperator, 1),
    (Answered(404), R, Vanished, 1),
    (Answered(404), E, Vanished, 1),
    (Answered(405), R, Surprise, 1),
    (Answered(408), R, TryAgain, FIVE),
    (Answered(408), E, OutcomeUnknown, 1),
    (Answered(409), E, Refused, 1),
    (Answered(410), R, Vanished, 1),
    (Answered(413), E, Refused, 1),
    (Answered(415), E, Refused, 1),
    (Answered(418), E, Refused, 1),
    (Answered(422), E, Refused, 1),
    (Answered(429), R, TryAgain, FIVE),
    (Answered(429), E, TryAgain, FIVE),
    (Answered(429), S, TryAgain, 1),
    (Answered(500), R, TryAgain, FIVE),
    (Answered(500), E, OutcomeUnknown, 1),
    (Answered(501), R, Surprise, 1),
    (Answered(501), E, Surprise, 1),
    (Answered(502), R, TryAgain, FIVE),
    (Answered(503), E, OutcomeUnknown, 1),
    (Answered(503), S, OutcomeUnknown, 1),
    (Answered(504), E, OutcomeUnknown, 1),
    (Answered(599), R, TryAgain, FIVE),
]


@pytest.mark.parametrize(
    ("reply", "kind", "expected", "attempts"),
    TABLE,
    ids=[f"{getattr(row[0], 'status', None) or row[0]}-{row[1].value}-{row[2].__name__}" for row in TABLE],
)
async def test_reactions(reply: Reply, kind: Kind, expected: type[WordferryError], attempts: int) -> None:
    """Each way to fail ends in one class, after exactly as many attempts as are safe."""
    script = Script(reply)
    with pytest.raises(WordferryError) as caught:
        await make(script).run(call(BY_KIND[kind]))
    assert type(caught.value) is expected
    assert len(script.sent) == attempts


@pytest.mark.parametrize("kind", list(Kind))
async def test_success_after_a_failure_that_did_nothing(kind: Kind) -> None:
    """A connection that never stood is tried again, for effects and single-use calls too."""
    script = Script(AWAY, Answered(200, b'{"a": 1}'))
    assert await make(script).run(call(BY_KIND[kind])) == {"a": 1}
    assert len(script.sent) == 2


async def test_patience_ends() -> None:
    """A call does not go on longer than its patience, and says when trying again makes sense."""
    time = Time()
    script = Script(Answered(503, headers={"Retry-After": "100"}))
    with pytest.raises(TryAgain) as caught:
        await make(script, time, retry=Retry(patience=150, random=lambda: 0.0)).run(call())
    assert time.slept == [100.0]
    assert caught.value.not_before == pytest.approx(time.now + 1_000_000 + 100)


async def test_quota_slows_everybody_down() -> None:
    """A 429 of the rate is passed to the budget with the wait the vendor asked for."""
    purse = Purse()
    script = Script(Answered(429, headers={"Retry-After": "7"}), Answered())
    await make(script, budget=purse, draw=lambda: 0.0).run(call(EFFECT))
    assert purse.penalties == [7.0]
    assert purse.taken == 2


async def test_crowd_waits_about_a_minute() -> None:
    """A 429 of too many at once waits about a minute with jitter, alone: others may be served meanwhile."""
    purse, time = Purse(), Time()
    script = Script(Answered(429, b"Too many requests.", headers={"x-crowded": "1"}), Answered())
    await make(script, time, budget=purse, draw=lambda: 0.5).run(call(EFFECT))
    assert time.slept == [67.5]
    assert purse.penalties == []


async def test_bodies_are_sent_anew_at_each_attempt() -> None:
    """A repeated call sends the same request."""
    script = Script(AWAY, Answered())
    await make(script).run(call(EFFECT, body=b"source", headers={"Memsource": "{}"}))
    assert [(request.body, request.headers["Memsource"]) for request in script.sent] == [
        (b"source", "{}")
    ] * 2


def _tokens(*granted: str) -> tuple[Tokens, list[str]]:
    given = iter(granted)
    made: list[str] = []

    async def exchange() -> Grant:
        made.append(next(given))
        return Grant(made[-1], 3600)

    return Tokens(exchange), made


@pytest.mark.parametrize("kind", list(Kind))
async def test_401_renews_once_and_repeats(kind: Kind) -> None:
    """A 401 leads to one renewal and one repeat, whatever the kind: the call was not let in."""
    tokens, made = _tokens("one", "two")
    script = Script(Answered(401), Answered())
    await make(script, tokens=tokens).run(call(BY_KIND[kind]))
    assert [request.headers["Authorization"] for request in script.sent] == ["Bearer one", "Bearer two"]
    assert made == ["one", "two"]


async def test_second_401_is_for_the_operator() -> None:
    """A renewed token that is refused too ends at once, without a third exchange."""
    tokens, made = _tokens("one", "two", "three")
    script = Script(Answered(401, b'{"code": "AuthUnauthorized"}'))
    with pytest.raises(NeedsOperator) as caught:
        await make(script, tokens=tokens).run(call())
    assert (len(script.sent), made, caught.value.code) == (2, ["one", "two"], "AuthUnauthorized")


async def test_errors_say_what_to_whom_and_what_next() -> None:
    """An error names operation, status, vendor's code and text, object and request id."""
    body = b'{"code": "InvalidArguments", "text": "Bad target language."}'
    with pytest.raises(Refused) as caught:
        await make(Script(Answered(400, body))).run(call(EFFECT, subject="a.md"))
    error = caught.value
    assert error.what == "Vendor answered things.make with 400 InvalidArguments: Bad target language."
    assert (error.object, error.code, error.status) == ("a.md", "InvalidArguments", 400)
    assert error.request_id == VENDOR_ID
    assert error.next == Refused.default_next
    assert errors.from_json(error.to_json()).stored() == error.stored()


async def test_errors_without_an_answer_have_our_request_id() -> None:
    """When no answer came, the error still carries an id that the log line carries too."""
    with pytest.raises(OutcomeUnknown) as caught:
        await make(Script(LOST)).run(call(EFFECT))
    assert caught.value.request_id
    assert len(caught.value.request_id) == 32
    assert caught.value.object == "projectUid p1, jobUid j1"


async def test_codes_say_more_than_statuses() -> None:
    """A vendor's code that has a row of its own wins over its status."""
    with pytest.raises(NotYet):
        await make(Script(Answered(400, b'{"code": "NOT_READY"}'))).run(call())


BODIES = [
    b"",
    b"   ",
    b"Too many requests.",
    b"\xff\xfe\x00garbage\x80",
    b"<!DOCTYPE html><html><head><title>t</title><style>b{}</style></head><body><h1>Bad\n gateway</h1></body></html>",
    b"[]",
    b'"text"',
    b"null",
    b'{"code": 5, "text": ["x"]}',
    b'{"unknown": true}',
    b"{" * 3000,
    b"a" * 100_000,
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("status", [400, 404, 429, 500])
async def test_any_error_body_gives_one_clear_error(body: bytes, status: int) -> None:
    """Whatever the body of an error is, the status decides and the text stays short and plain."""
    with pytest.raises(WordferryError) as caught:
        await make(Script(Answered(status, body)), retry=Retry(attempts=1)).run(call(EFFECT))
    text = caught.value.what
    assert caught.value.status == status
    assert len(text) < 400
    assert "<" not in text
    assert text.isprintable() or "�" in text


async def test_broken_error_body_does_not_change_the_reaction() -> None:
    """A refusal whose page breaks off is still a refusal, not an unknown outcome."""
    with pytest.raises(Refused):
        await make(Script(Answered(400, b"{}", cut=1))).run(call(EFFECT))


async def test_secrets_of_the_process_never_show() -> None:
    """An error text that echoes a secret shows it hidden, by value and by shape."""
    body = b'{"code": "X", "text": "token abcdef123 for Bearer eyJhbGciOiJIUzI1NiJ9.e30.x and zanzibar99"}'
    calls = make(Script(Answered(400, body)), secrets=lambda: ["zanzibar99"])
    with pytest.raises(Refused) as caught:
        await calls.run(call())
    assert "zanzibar99" not in str(caught.value)
    assert "eyJ" not in str(caught.value)


async def test_lanes_are_given_back() -> None:
    """Whatever a call ends with, the next one may go: one lane serves many calls in turn."""
    script = Script(Answered(404), LOST, Answered(), Answered(200, b"{}", cut=0), Answered())
    calls = make(script, in_flight=1, retry=Retry(attempts=1))
    with pytest.raises(Vanished):
        await calls.run(call())
    with pytest.raises(TryAgain):
        await calls.run(call())
    async with calls.stream(call(ONCE)) as arriving:
        assert [piece async for piece in arriving] == [b"{}"]
    with pytest.raises(Spent):
        async with calls.stream(call(ONCE)) as arriving:
            assert [piece async for piece in arriving] == []
    assert await calls.run(call()) == {}


@pytest.mark.parametrize(("kind", "expected"), [(R, TryAgain), (E, OutcomeUnknown), (S, Spent)])
async def test_streams_never_end_short(kind: Kind, expected: type[WordferryError]) -> None:
    """A streamed body that breaks off raises by kind; a single-use one is spent, because it had begun."""
    reply = Answered(200, b"abcdef", headers={"Content-Length": "9"}, cut=4)
    received = b""
    with pytest.raises(WordferryError) as caught:
        async with make(Script(reply)).stream(call(BY_KIND[kind])) as arriving:
            async for piece in arriving:
                received += piece
    assert type(caught.value) is expected
    assert received == b"abcd"
    assert reply.closed == 1


async def test_streams_check_the_length_themselves() -> None:
    """A backend that ends early without an error is caught by the announced length."""
    with pytest.raises(Spent, match="shorter than announced"):
        async with make(Script(Answered(200, b"abc", headers={"Content-Length": "9"}))).stream(
            call(ONCE)
        ) as arriving:
            async for _ in arriving:
                pass


async def test_abandoned_streams_close_their_connection() -> None:
    """A reader that fails in the middle leaves no open connection, and its own error comes out."""
    reply = Answered(200, b"abc")
    with pytest.raises(ZeroDivisionError):
        async with make(Script(reply)).stream(call(ONCE)) as arriving:
            async for _ in arriving:
                raise ZeroDivisionError
    assert reply.closed == 1


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Log lines of level info and above, as they are written."""
    monkeypatch.setattr("wordferry.observe.log._threshold", 100)
    stream = io.StringIO()
    observe.configure(format="json", level="info", stream=stream)
    yield stream
    structlog.reset_defaults()
    logging.getLogger("dbos").setLevel(logging.NOTSET)


def _lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


async def test_each_attempt_is_logged_with_the_guides_fields(log: io.StringIO) -> None:
    """Every attempt leaves one line with all fields; ids come from the path, the endpoint is the template."""
    await make(Script(AWAY, Answered())).run(call())
    first, second = _lines(log)
    assert set(observe.FIELDS) <= first.keys()
    assert (first["outcome"], first["statusCode"], first["level"]) == ("TryAgain", None, "warning")
    assert first["reason"] == "connection refused"
    assert (second["outcome"], second["statusCode"], second["requestId"]) == ("ok", 200, VENDOR_ID)
    assert (second["projectUid"], second["jobUid"], second["asyncRequestId"]) == ("p1", "j1", None)
    assert (second["endpoint"], second["method"]) == (PATH, "GET")
    assert isinstance(second["durationMs"], int)


async def test_a_token_that_ended_is_no_warning(log: io.StringIO) -> None:
    """A 401 that leads to a renewal is logged as such, at level info; a second one is a warning."""
    tokens, _ = _tokens("one", "two")
    with pytest.raises(NeedsOperator):
        await make(Script(Answered(401)), tokens=tokens).run(call())
    assert [(line["outcome"], line["level"]) for line in _lines(log)] == [
        ("renewed", "info"),
        ("NeedsOperator", "warning"),
    ]


async def test_bound_fields_win_over_the_path(log: io.StringIO) -> None:
    """A project bound by the caller is not overwritten by the one in the path."""
    with observe.bind(project="bound", correlation="c"):
        await make(Script(Answered())).run(call())
    (line,) = _lines(log)
    assert (line["projectUid"], line["jobUid"], line["correlationId"]) == ("bound", "j1", "c")


async def test_logs_hold_no_secret_and_no_content(log: io.StringIO) -> None:
    """Tokens, bodies, headers, queries and the vendor's text never reach the log."""
    tokens, _ = _tokens("s3cret-token", "other")
    script = Script(Answered(400, b'{"code": "C", "text": "customer words"}'))
    using = call(EFFECT, body=b"source text", headers={"Memsource": "callback-hmac"}, query="name=customer")
    with pytest.raises(Refused):
        await make(script, tokens=tokens).run(using)
    text = log.getvalue()
    assert "things.make" in text
    assert not [word for word in ("s3cret", "source", "callback-hmac", "customer") if word in text]


async def test_streams_are_logged_when_they_end(log: io.StringIO) -> None:
    """A streamed call is logged once, after its last byte or its breaking off, with what it came to."""
    with pytest.raises(Spent):
        async with make(Script(Answered(200, b"abc", cut=1))).stream(call(ONCE)) as arriving:
            assert _lines(log) == []
            async for _ in arriving:
                pass
    (line,) = _lines(log)
    assert (line["outcome"], line["statusCode"]) == ("Spent", 200)


async def test_calls_are_counted() -> None:
    """Each attempt counts once by outcome, and its time goes into the histogram."""
    await make(Script(AWAY, Answered())).run(call(READ))
    registry = CollectorRegistry()
    register_metrics(registry)
    register_metrics(registry)
    lines = generate_latest(registry).decode().splitlines()
    counts = {line.split(" ")[0]: float(line.split(" ")[1]) for line in lines if not line.startswith("#")}
    ok = counts['wordferry_calls_total{operation="things.get",outcome="ok",vendor="vendor"}']
    failed = counts['wordferry_calls_total{operation="things.get",outcome="TryAgain",vendor="vendor"}']
    assert ok >= 1
    assert failed >= 1
    total = sum(
        value
        for name, value in counts.items()
        if name.startswith('wordferry_calls_total{operation="things.get')
    )
    assert counts['wordferry_call_seconds_count{operation="things.get",vendor="vendor"}'] == total
