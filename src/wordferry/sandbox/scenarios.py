"""Scenarios: trouble that real teams had, set up by name.

Each is settings, faults and behaviours together. The incidents are public: threads and release notes of other
connectors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DAY = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One kind of trouble.

    Args:
        name: what it is called by.
        incident: where it happened, in a sentence.
        hope: what a good connector does.
        settings: changes of `SandboxSettings`.
        faults: fields of `FaultRule`s.
        behaviours: fields of `Behaviour`s.
    """

    name: str
    incident: str
    hope: str
    settings: dict[str, Any] = field(default_factory=dict)
    faults: tuple[dict[str, Any], ...] = ()
    behaviours: tuple[dict[str, Any], ...] = ()


def _each(kind: str, operation: str, *, count: int = 1, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "operation": operation, "count": count, "each_object": True, **fields}


SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario(
            name="duplicate-after-timeout",
            incident="A create call timed out although it had worked; the retry made a second job "
            "(mozilla/wagtail-localize-smartling, README; newrelic/docs-website#2872).",
            hope="Looks for what it may have made before it makes it again.",
            faults=(_each("lost", "create_*"),),
        ),
        Scenario(
            name="done-after-you-left",
            incident="The vendor went on working after the client had given up; resubmitting an aborted job doubled it "
            "(Lionbridge's guide to its Drupal connector).",
            hope="Trusts a look-up that finds nothing only after the vendor has had time to settle.",
            faults=(_each("late", "create_*", seconds=0.1),),
        ),
        Scenario(
            name="webhook-disabled",
            incident="Events came with empty bodies, the receiver answered with errors, and the vendor switched the "
            "webhook off (bb-io/Phrase-TMS, release of 2025-12-12).",
            hope="Answers 200 to whatever is verified, and finds the finished work by polling.",
            faults=({"kind": "empty_event"},),
        ),
        Scenario(
            name="every-event-lost",
            incident="Deliveries of events went missing, and the webhook panel was withdrawn again "
            "(hyperlocalise/hyperlocalise#779 and its decision record).",
            hope="Converges by polling alone.",
            faults=({"kind": "lost_event"},),
        ),
        Scenario(
            name="events-out-of-order",
            incident="The CMS saw one change several times and another one never in time (strapi/strapi#5767, "
            "stripe/stripe-cli#1206).",
            hope="Takes events as hints and reads the object again.",
            faults=(
                {"kind": "reorder_event", "probability": 0.5},
                {"kind": "duplicate_event", "probability": 0.5},
            ),
        ),
        Scenario(
            name="half-ready-download",
            incident="A download ended early and the half file was imported (pinterest/mojito#267 and #493).",
            hope="Checks the length, throws the half file away, and asks for a new export instead of the spent one.",
            faults=(_each("truncate", "download_target"), _each("reset", "download_target", after=1)),
        ),
        Scenario(
            name="still-processing",
            incident="The file was locked because the vendor was still processing it, and the sync failed "
            "(mozilla/bedrock#15629 and #15699).",
            hope="Takes “not ready” for a reason to wait.",
            settings={"import_seconds": 600.0, "export_seconds": 300.0},
        ),
        Scenario(
            name="locale-merge",
            incident="Portuguese of Portugal and of Brazil landed in one file (opf/openproject#14947; "
            "phrase/phraseapp-client#28).",
            hope="Keeps the vendor's codes apart, whichever comes first.",
            behaviours=({"action": "late", "locale": "pt_br", "seconds": 3600.0},),
        ),
        Scenario(
            name="english-over-japanese",
            incident="Good Japanese pages were replaced by the English source (newrelic/docs-website#2597).",
            hope="Holds a delivery that is the source once more.",
            behaviours=({"action": "source_text", "locale": "ja"},),
        ),
        Scenario(
            name="rate-limit-storm",
            incident="Half of the files, then 429 with “resume in -9223372036 seconds” (phrase/phrase-cli#85).",
            hope="Slows down, ignores a senseless Retry-After, and goes on where it stopped.",
            faults=({"kind": "429", "probability": 0.3, "retry_after": "-9223372036"},),
        ),
        Scenario(
            name="limit-shown-as-500",
            incident="The rate limit came as a plain 500 (crowdin/crowdin-api-client-php#167).",
            hope="Repeats what is safe to repeat, and looks up the rest.",
            faults=({"kind": "500", "probability": 0.2},),
        ),
        Scenario(
            name="one-bad-file",
            incident="One file failed, was swallowed, and the job was reported as a success "
            "(Craft translations 4.1.8; symfony/symfony#48225: 2,476 keys sent, some 1,400 arrived).",
            hope="Brings the others home, and the counts add up.",
            behaviours=({"action": "import_error", "file": "*bad*"},),
        ),
        Scenario(
            name="wrong-encoding",
            incident="Translations came back in another encoding than they were sent in (WeblateOrg/weblate#490; "
            "newrelic/docs-website#17817).",
            hope="Never writes a file that it cannot read as its format.",
            faults=(_each("encoding", "download_target", encoding="utf-16"),),
        ),
        Scenario(
            name="placeholders-lost",
            incident="Tags and placeholders were gone after the round trip (digitalfabrik/cms#862; "
            "pimcore/pimcore#9850).",
            hope="Compares the structure with the source's and holds the file.",
            behaviours=({"action": "corrupt", "corruption": "drop_placeholder"},),
        ),
        Scenario(
            name="stuck-export",
            incident="The client waited for ever on “creating download job” (transifex/cli#188).",
            hope="Shows the export as stuck, with its age, and the siblings go on.",
            settings={"export_seconds": 2 * DAY},
        ),
        Scenario(
            name="finished-but-unseen",
            incident="A finished job never came back; somebody found it by hand (newrelic/docs-website#2404).",
            hope="Looks again: a list that lags behind is no proof.",
            faults=({"kind": "stale", "operation": "list_jobs", "seconds": 1.0, "count": 20},),
        ),
        Scenario(
            name="nobody-takes-it",
            incident="Submissions stayed “New”, others read 100 % “In Progress” "
            "(Smartling's WordPress plugin 3.9.3, 1.2.3).",
            hope="Has a deadline for each state and says who has to act.",
            behaviours=({"action": "manual"},),
        ),
        Scenario(
            name="provider-says-no",
            incident="The provider declined and the connector had no state for it.",
            hope="Shows it as declined and lets the others go on.",
            behaviours=({"action": "decline", "locale": "fr"},),
        ),
        Scenario(
            name="cancelled-over-there",
            incident="Somebody cancelled the job at the vendor's; resending meant support "
            "(Lionbridge's guide to its Drupal connector).",
            hope="Settles it as cancelled and can send it again.",
            behaviours=({"action": "cancel", "locale": "fr"},),
        ),
        Scenario(
            name="sent-back-once",
            incident="Rework was an e-mail, and the earlier version was not to be had (newrelic/docs-website#9177).",
            hope="Waits for the next round and takes that.",
            behaviours=({"action": "rework"},),
        ),
        Scenario(
            name="login-page-with-200",
            incident="A proxy answered with an HTML page and status 200, which was taken for content "
            "(newrelic/docs-website#17817).",
            hope="Takes nothing for an answer that is not of the promised kind.",
            faults=(_each("html", "get_*", status=200), _each("html", "list_jobs", status=200)),
        ),
        Scenario(
            name="token-ends-early",
            incident="An expired token was never renewed: “no retry on 401” (bb-io/Phrase-TMS, two releases of 2026).",
            hope="Gets a new token once and repeats the call.",
            settings={"token_seconds": 1},
        ),
        Scenario(
            name="gateway-storm",
            incident="Big batches ran into gateway timeouts "
            "(WeblateOrg/weblate#7382; MozillaFoundation/donate-wagtail#1467).",
            hope="Repeats what did not happen, and looks up what may have.",
            faults=(
                {"kind": "502", "probability": 0.15},
                {"kind": "lost", "probability": 0.1, "status": 504},
            ),
        ),
        Scenario(
            name="receiver-down",
            incident="The receiver was away for hours and the vendor put its listener on probation for good "
            "(Lionbridge's documentation of listeners).",
            hope="Notices the probation, has the failed calls sent again, and misses nothing meanwhile.",
            faults=({"kind": "unreachable_event"},),
        ),
    )
}


def scenario(name: str) -> Scenario:
    """The scenario of that name.

    Raises:
        ValueError: when there is none.
    """
    found = SCENARIOS.get(name)
    if found is None:
        raise ValueError(f"there is no scenario {name!r}; there are: {', '.join(SCENARIOS)}")
    return found
