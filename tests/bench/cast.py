"""Who does what in the measurements: sessions straight into the database, addresses, and the answers people type."""

from __future__ import annotations

from collections import defaultdict
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from evaluations.forms.answer import typed_again
from evaluations.models import Answer, Edition, Evaluation
from evaluations.scoring.rules import best_answer
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import memberships_of
from kla_portal.accounts.models import SignedInSession, User
from kla_portal.accounts.roles import Role
from kla_portal.accounts.session_middleware import mark
from tests.bench.national import CONTRIBUTORS, FIRST, OPEN

Deed = dict[str, Any]
STORE = import_module(settings.SESSION_ENGINE).SessionStore
SECOND_FACTOR = {Role.PROVINCIAL_VERIFIER, Role.PROVINCIAL_ADMIN, Role.NATIONAL_VERIFIER, Role.NATIONAL_ADMIN}


class Cast:
    """The data set as the client needs it. Read anew for every run: versions move."""

    def __init__(self) -> None:
        self.edition = Edition.objects.select_related("instrument").get(code=OPEN)
        self.spec = loaded(self.edition.instrument)
        rows = Evaluation.objects.filter(edition=self.edition).order_by("district")
        self.evaluations = {row.district_id: row for row in rows}
        self.districts = sorted(self.evaluations, key=lambda code: (not code.startswith(FIRST), code))
        self.users = {user.username: user for user in User.objects.all()}
        self.sessions: dict[str, str] = {}

    def session(self, username: str) -> str:
        """The key of a session as a sign-in leaves it, with the second factor where a role needs one."""
        if username not in self.sessions:
            user = self.users[username]
            store = STORE()
            store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
            store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
            if {Role(m.role) for m in memberships_of(user)} & SECOND_FACTOR:
                device, _ = TOTPDevice.objects.get_or_create(user=user, name="bench", confirmed=True)
                store[DEVICE_ID_SESSION_KEY] = device.persistent_id
            store.create()
            sitting = SignedInSession.objects.create(
                user=user,
                session_key=str(store.session_key),
                agent="Ukur",
                signed_in_at=clock.now(),
                seen_at=clock.now(),
            )
            mark(store, sitting.pk, password_given=True)
            store.save()
            self.sessions[username] = str(store.session_key)
        return self.sessions[username]

    def get(self, kind: str, username: str, path: str) -> Deed:
        return {"how": "get", "kind": kind, "session": self.session(username), "path": path}

    def bare_read(self, place: int, way: str = "portal") -> Deed:
        """``way``: as the portal reads the session and the person, or as Django does (bare.py)."""
        kind = "read" if way == "portal" else "django read"
        return self.get(kind, f"koor.{self._district(place)}", f"/bench/{way}/read/")

    def bare_write(self, place: int, way: str = "portal") -> Deed:
        district = self._district(place)
        return {
            "how": "post",
            "kind": "write" if way == "portal" else "django write",
            "session": self.session(f"koor.{district}"),
            "path": f"/bench/{way}/write/",
            "fields": {"evaluation": self.evaluations[district].pk},
        }

    def page(self, kind: str, place: int, name: str, *arguments: object, who: str = "koor") -> Deed:
        """An evaluation's page for someone of that district."""
        district = self._district(place)
        path = reverse(f"evaluations:{name}", args=[self.evaluations[district].pk, *arguments])
        return self.get(kind, f"{who}.{district}", path)

    def _district(self, place: int) -> str:
        return self.filling[place % len(self.filling)]

    @property
    def filling(self) -> list[str]:
        """All but the last, which stands on the verifier's desk while pages are measured."""
        return self.districts[:-1]

    def indicator_with(self, questions: int) -> str:
        """Number of the indicator with that many questions, or the nearest to it."""
        sizes = {n: len(row.questions) for n, row in self.spec.spec.indicator_by_number.items()}
        return min(sizes, key=lambda number: (abs(sizes[number] - questions), number))

    def codes_of(self, who: str) -> list[str]:
        """The questions that this editor fills in, so that no two share one."""
        lead = {q.code: q.agencies[0] if q.agencies else "" for q in self.spec.spec.questions()}
        if who == "koor":
            return [code for code, agency in lead.items() if agency not in CONTRIBUTORS]
        return [code for code, agency in lead.items() if agency == who]

    def saves(self, district: str, who: str, codes: list[str], versions: dict[int, int]) -> list[Deed]:
        """One deed for each question, against the version that stands now."""
        evaluation = self.evaluations[district]
        return [
            {
                "how": "save",
                "kind": "save",
                "session": self.session(f"{who}.{district}"),
                "path": reverse("evaluations:answer_save", args=[evaluation.pk, code]),
                "fields": typed_again(best_answer(self.spec.spec.by_code[code].rule)),
                "evaluation": evaluation.pk,
                "code": code,
                "version": versions.get(self.spec.question_ids[code], 0),
            }
            for code in codes
        ]

    def versions(self) -> dict[int, dict[int, int]]:
        """Evaluation -> question -> version that stands. One query."""
        found: dict[int, dict[int, int]] = defaultdict(dict)
        rows = Answer.objects.filter(evaluation__edition=self.edition)
        for evaluation, question, version in rows.values_list("evaluation", "question", "version"):
            found[evaluation][question] = version
        return found


def handed_in(cast: Cast, district: str, *, state: str) -> None:
    """Move one evaluation of the open edition to the province's desk, or back to its district."""
    at = None if state == "filling" else clock.now()
    Evaluation.objects.filter(pk=cast.evaluations[district].pk).update(
        state=state, submitted_at=at, submitted_by=cast.users[f"koor.{district}"] if at else None
    )
