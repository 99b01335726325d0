"""Users, linguists, e-mail templates and the other small things that requests refer to by id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wordferry.sandbox.identifiers import Identifiers
from wordferry.sandbox.phrase.errors import invalid, not_found
from wordferry.sandbox.phrase.languages import NAMES
from wordferry.sandbox.phrase.paging import page
from wordferry.sandbox.phrase.paths import DOCUMENTED, SPECIFICATION, TMS, nothing, param
from wordferry.sandbox.phrase.values import query_list
from wordferry.sandbox.routing import Answer, Call, Route, answer_json

# The kinds of thing a project may refer to by `{id}`; the sandbox has one of each.
REFERENCES = {
    "client": "Northwind",
    "businessUnit": "Documentation",
    "domain": "Software",
    "subDomain": "Help pages",
    "costCenter": "Localization",
}
EMAIL_TEMPLATES = {
    "JobAssigned": "A job is yours",
    "JobStatusChanged": "A job has changed",
    "JobRejected": "A job came back",
}


@dataclass(slots=True, frozen=True)
class User:
    """A user of the organisation."""

    id: str
    uid: str
    user_name: str
    first_name: str
    last_name: str
    role: str

    def reference(self) -> dict[str, Any]:
        """The vendor's UserReference."""
        return {
            "id": self.id,
            "uid": self.uid,
            "userName": self.user_name,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "email": f"{self.user_name}@example.com",
            "role": self.role,
        }

    def provider(self) -> dict[str, Any]:
        """The vendor's provider reference."""
        return {"id": self.id, "uid": self.uid, "type": "USER"}


class People:
    """Who and what is there from the start.

    Args:
        ids: the sandbox's ids.
    """

    def __init__(self, ids: Identifiers) -> None:
        self._ids = ids
        self.organization = {
            "id": str(ids.number("organization", digits=6)),
            "uid": ids.uid("organization"),
            "name": "Sandbox",
        }
        self.owner = self._user("sandbox.admin", "Sam", "Box", "ADMIN")
        self.owner_reference = self.owner.reference()
        self.linguists = {
            code: self._user(f"linguist.{code}", "Lin", name, "LINGUIST") for code, name in NAMES.items()
        }
        everyone = [self.owner, *self.linguists.values()]
        self.by_id = {user.id: user for user in everyone}
        self.by_uid = {user.uid: user for user in everyone}
        self.references = {
            kind: {"id": str(ids.number(kind)), "uid": ids.uid(kind), "name": name}
            for kind, name in REFERENCES.items()
        }
        self.email_templates = [
            {
                "id": str(ids.number("email", kind)),
                "uid": ids.uid("email", kind),
                "type": kind,
                "name": subject,
                "subject": subject,
                "body": subject + ".",
                "ccAddress": None,
                "bccAddress": None,
            }
            for kind, subject in EMAIL_TEMPLATES.items()
        ]

    def _user(self, user_name: str, first_name: str, last_name: str, role: str) -> User:
        return User(
            id=str(self._ids.number("user", user_name)),
            uid=self._ids.uid("user", user_name),
            user_name=user_name,
            first_name=first_name,
            last_name=last_name,
            role=role,
        )

    def get(self, uid: str) -> User:
        """The user of that uid.

        Raises:
            PhraseError: 404.
        """
        user = self.by_uid.get(uid)
        if user is None:
            raise not_found("User", uid)
        return user

    def referred(self, kind: str, value: Any) -> dict[str, Any] | None:
        """The thing a request refers to by `{id}`.

        Raises:
            PhraseError: 400 when it is no reference or nothing has that id.
        """
        if value is None:
            return None
        found = self.references[kind]
        if not isinstance(value, dict) or str(value.get("id")) != found["id"]:
            raise invalid(f"'{kind}' does not refer to an existing {kind}.", field=kind)
        return found

    def providers(self, value: Any, *, field: str) -> list[User]:
        """The providers of an assignment, `[{id, type}]`.

        Raises:
            PhraseError: 400 for another shape, another type, or an unknown id.
        """
        if not isinstance(value, list):
            raise invalid(f"'{field}' must be a list of providers.", field=field)
        found = []
        for entry in value:
            if not isinstance(entry, dict) or entry.get("type") not in ("USER", "VENDOR"):
                raise invalid(f"'{field}' needs an id and a type, USER or VENDOR.", field=field)
            user = self.by_id.get(str(entry.get("id")))
            if user is None or entry["type"] != "USER":
                raise invalid(f"Provider {entry.get('id')} was not found.", field=field)
            found.append(user)
        return found

    def email_template(self, value: Any, *, field: str) -> dict[str, Any]:
        """The e-mail template a request refers to by `{id}`.

        Raises:
            PhraseError: 400 when nothing has that id.
        """
        wanted = str(value.get("id")) if isinstance(value, dict) else None
        for template in self.email_templates:
            if template["id"] == wanted:
                return template
        raise invalid(f"'{field}' does not refer to an existing e-mail template.", field=field)

    def routes(self) -> list[Route]:
        """Its calls."""
        emails, users = TMS + "/v1/emailTemplates", TMS + "/v1/users"
        table = (
            (emails, "list_email_templates", self.list_email_templates, nothing,
             "List email templates", DOCUMENTED),
            (emails + "/{templateUid}", "get_email_template", self.get_email_template, param("templateUid"),
             "Get email template", DOCUMENTED),
            (users, "list_users", self.list_users, nothing,
             "List users", "by name, role and paging; the administrator and one linguist for each language"),
        )  # fmt: skip
        return [
            Route(
                "GET",
                path,
                operation,
                handler,
                about,
                summary=summary,
                source=SPECIFICATION,
                fidelity=fidelity,
            )
            for path, operation, handler, about, summary, fidelity in table
        ]

    def get_email_template(self, call: Call) -> Answer:
        """`GET /api2/v1/emailTemplates/{templateUid}`."""
        uid = call.params["templateUid"]
        for template in self.email_templates:
            if template["uid"] == uid:
                return answer_json(template)
        raise not_found("Email template", uid)

    def list_users(self, call: Call) -> Answer:
        """`GET /api2/v1/users`: a page, filtered by names and roles."""
        query = call.query
        roles = set(query_list(query, "role"))
        first, last = str(query.get("firstName", "")).lower(), str(query.get("lastName", "")).lower()
        user_name = str(query.get("userName", "")).lower()
        found = [
            user
            for user in self.by_uid.values()
            if (not roles or user.role in roles)
            and first in user.first_name.lower()
            and last in user.last_name.lower()
            and user_name in user.user_name.lower()
        ]
        return answer_json(page(query, found, show=User.reference))

    def list_email_templates(self, call: Call) -> Answer:
        """`GET /api2/v1/emailTemplates`."""
        kind = call.query.get("type")
        found = [template for template in self.email_templates if kind in (None, "", template["type"])]
        return answer_json(page(call.query, found, show=lambda template: template))
