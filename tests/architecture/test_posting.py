"""A form takes its own fields and nothing else: what is added, locked or points elsewhere changes nothing.

Each deed is done twice, plainly and with everything that somebody could add by hand, and both leave the whole
database equal. Then each that takes a key from the form is given the key of something that is not the sender's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import time_machine
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management.color import no_style
from django.db import connection, transaction
from django.urls import reverse

from evaluations.domain.actions.content import Content
from evaluations.domain.actions.editing import add
from evaluations.models import EvidenceLink
from indicators.models import Slot
from kla_portal import clock
from kla_portal.accounts.models import User
from tests.cast import GUNUNG_MAS, KALTENG, MURUNG_PUDAK, TABALONG, TANAH_BUMBU, agency, enter
from tests.evaluations.papers import documents

ADDED = {
    "district": TANAH_BUMBU, "district_id": TANAH_BUMBU, "province": KALTENG, "edition": "1", "edition_id": "1",
    "evaluation": "1", "evaluation_id": "1", "instrument": "1", "question": "1", "slot": "2",
    "state": "final", "stage": "final", "status": "done", "locked_at": "", "submitted_at": "2020-01-01",
    "total": "1000", "points": "100", "score": "100", "claim": "3", "predikat": "kla", "sha256": "0" * 64,
    "verdict": "accept", "decision": "accept", "numerator_verified": "1", "reading": "2", "final": "1",
    "by": "1", "user": "1", "user_id": "1", "added_by": "1", "updated_by": "1", "created_by": "1",
    "id": "1", "pk": "1", "number": "1", "sequence": "1", "created_at": "2020-01-01", "updated_at": "2020-01-01",
    "role": "national_admin", "username": "orang.lain", "password": "kata-sandi-lain-1", "is_staff": "on",
    "is_superuser": "on", "is_active": "", "must_change_password": "", "removed_at": "2020-01-01",
    "agency": "1", "kecamatan": MURUNG_PUDAK, "source": "unit", "value": "100", "revision": "9", "opened_at": "",
    "closed_at": "2020-01-01", "published_at": "2020-01-01", "weight": "100", "sensitive": "", "withdrawn_at": "",
}  # fmt: skip
"""What a form could be sent besides its own fields. A name that the form itself has is left out for it."""


@dataclass(frozen=True)
class Deed:
    who: str
    name: str
    arguments: str
    own: dict[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    """Fields of the form that the plain deed leaves empty."""


DEEDS = {
    "answer": Deed("contributor_health_tabalong", "evaluations:answer_save", "evaluation 12.1",
                   {"numerator": "96", "denominator": "100", "version": "0", "note": "Profil"}, ("source",)),
    "assignment": Deed("coordinator_tabalong", "evaluations:assign", "evaluation",
                       {"indicator": "12", "agency": "{other_agency}", "code": "12.1"}),
    "action": Deed("coordinator_tabalong", "evaluations:action_new", "evaluation",
                   {"title": "Jemput bola", "version": "0"}, ("agency",)),
    "changed action": Deed("coordinator_tabalong", "evaluations:action_change", "evaluation action",
                           {"title": "Jemput bola", "version": "1"}, ("agency",)),
    "progress": Deed("coordinator_tabalong", "evaluations:action_note", "evaluation action",
                     {"status": "running", "text": "Dimulai"}),
    "target": Deed("coordinator_tabalong", "evaluations:target_set", "evaluation", {"total": "700"}, ("predikat",)),
    "description": Deed("coordinator_tabalong", "evaluations:evidence_describe", "evaluation document",
                        {"title": "Profil 2025", "years": "2025"}, ("number",)),
    "page": Deed("coordinator_tabalong", "evaluations:evidence_annotate", "evaluation link",
                 {"pages": "1", "quote": "Bab II"}),
    "year": Deed("coordinator_tabalong", "evaluations:evidence_fill", "evaluation link", {"tahun": "2025:1"}),
    "preference": Deed("leader_tabalong", "evaluations:message_preferences", "", {"mail": "at_once"}),
    "phrase": Deed("verifier_kalsel", "evaluations:phrases", "", {"text": "Dokumen belum ditandatangani."}),
    "agency": Deed("coordinator_tabalong", "accounts:agency_add", "63.09", {"name": "Dinas Uji"}),
    "agency name": Deed("coordinator_tabalong", "accounts:agency_rename", "63.09 agency", {"name": "Dinas Uji"}),
    "account": Deed("admin_kalsel", "accounts:edit", "account", {"name": "Petugas Baru", "email": ""}),
    "membership": Deed("admin_kalsel", "accounts:membership_add", "account",
                       {"role": "leader", "district": "63.09"}, ("province", "agency", "kecamatan")),
    "role in the one province": Deed("admin_kalsel", "accounts:membership_add", "account", {"role": "auditor"},
                                     ("district", "agency", "kecamatan")),
    "edition": Deed("admin_national", "evaluations:edition_create", "",
                    {"code": "2028", "name": "Evaluasi KLA 2028", "instrument": "{instrument}", "first_year": "2026",
                     "last_year": "2027"}, ("previous",)),
    "schedule": Deed("admin_national", "evaluations:edition_window", "2026 va",
                     {"opens_on": "2030-01-01", "opens_time": "08:00", "closes_on": "2030-02-01",
                      "closes_time": "16:00"}),
}  # fmt: skip


def state():
    """Table -> its rows, of all tables but the sessions; the regions are never written, so they are counted."""
    kept = {}
    for model in apps.get_models():
        if model is Session or not model._meta.managed:
            continue
        rows = model._default_manager.order_by("pk")
        large = model._meta.app_label in {"regions", "indicators"}
        kept[model._meta.label] = rows.count() if large else list(rows.values_list())
    return kept


def changed(before, after):
    return {table: after[table] for table in after if before[table] != after[table]}


@pytest.fixture
def send(client):
    """``send(path, form)`` -> the status, and what it changed. Undone again, with the keys that it took."""

    def post(path, form):
        for sql in connection.ops.sequence_reset_sql(no_style(), list(apps.get_models())):
            connection.cursor().execute(sql)
        before = state()
        with transaction.atomic():
            answer = client.post(path, form)
            after = state()
            transaction.set_rollback(True)
        return answer.status_code, changed(before, after)

    return post


def test_extra_and_locked_fields_change_nothing(client, cast, evaluation, things, send):
    wrong = {}
    known = things | {
        "instrument": evaluation.edition.instrument_id,
        "other_agency": agency(TABALONG, "dukcapil").pk,
    }
    with time_machine.travel(clock.now(), tick=False):
        for kind, deed in DEEDS.items():
            enter(client, getattr(cast, deed.who))
            path = reverse(deed.name, args=[things.get(word, word) for word in deed.arguments.split()])
            own = {name: value.format(**known) for name, value in deed.own.items()}
            added = {name: value for name, value in ADDED.items() if name not in {*own, *deed.also}}
            plain, spiked = send(path, own), send(path, added | own)
            if plain[0] >= 400 or not plain[1]:
                wrong[kind] = f"the plain deed was not done: {plain[0]}"
            elif plain != spiked:
                tables = {t for t in {*plain[1], *spiked[1]} if plain[1].get(t) != spiked[1].get(t)}
                wrong[kind] = f"{plain[0]} and {spiked[0]}, differing in {sorted(tables)}"
    assert wrong == {}


@pytest.fixture
def foreign(neighbour_evaluation, cast):
    """Things of Tanah Bumbu, whose keys somebody in Tabalong could guess or have seen."""
    by, now = cast.coordinator_tanahbumbu, clock.now()
    (document,) = documents(neighbour_evaluation.district, ["Rahasia Tanah Bumbu"], by=by)
    slot = Slot.objects.filter(
        instrument=neighbour_evaluation.edition.instrument, question__code="12.1"
    ).first()
    link = EvidenceLink.objects.create(
        evaluation=neighbour_evaluation, slot=slot, evidence=document, added_at=now, added_by=by
    )
    action = add(evaluation=neighbour_evaluation, by=by, content=Content("Rahasia", codes=("12.1",)))
    return {
        "f_document": document.pk,
        "f_file": document.current_files[0].pk,
        "f_link": link.pk,
        "f_action": action.pk,
        "f_agency": agency(TANAH_BUMBU, "kesehatan").pk,
        "f_user": by.pk,
        "f_verifier": cast.verifier_kalteng.pk,
        "f_account": cast.coordinator_gunungmas.pk,
    }


COORDINATOR, ADMIN = "coordinator_tabalong", "admin_kalsel"
FOREIGN = {
    "pick a document": (COORDINATOR, "evaluations:evidence_pick", "evaluation 12.1 1", {"evidence": "{f_document}"}),
    "describe it": (COORDINATOR, "evaluations:evidence_describe", "evaluation f_document", {"title": "Milik kami"}),
    "describe many": (COORDINATOR, "evaluations:evidence_describe_many", "evaluation",
                      {"document": "{f_document}", "years": "2025"}),
    "mark its year": (COORDINATOR, "evaluations:evidence_year", "evaluation", {"tahun": "{f_document}:2025:1"}),
    "throw it away": (COORDINATOR, "evaluations:evidence_delete", "evaluation f_document", {}),
    "withdraw it": (COORDINATOR, "evaluations:evidence_withdraw", "evaluation f_document", {"reason": "x"}),
    "retire its file": (COORDINATOR, "evaluations:evidence_retire_file", "evaluation f_document f_file", {}),
    "a file of another": (COORDINATOR, "evaluations:evidence_retire_file", "evaluation document f_file", {}),
    "take a link off": (COORDINATOR, "evaluations:evidence_detach", "evaluation f_link", {}),
    "annotate a link": (COORDINATOR, "evaluations:evidence_annotate", "evaluation f_link", {"pages": "1"}),
    "fill a link": (COORDINATOR, "evaluations:evidence_fill", "evaluation f_link", {"tahun": "2025:1"}),
    "change an action": (COORDINATOR, "evaluations:action_change", "evaluation f_action",
                         {"title": "Milik kami", "version": "1"}),
    "remove an action": (COORDINATOR, "evaluations:action_remove", "evaluation f_action", {}),
    "prove with it": (COORDINATOR, "evaluations:action_prove", "evaluation action", {"evidence": "{f_document}"}),
    "an agency elsewhere": (COORDINATOR, "evaluations:action_new", "evaluation",
                            {"title": "Aksi", "version": "0", "agency": "{f_agency}"}),
    "assign elsewhere": (COORDINATOR, "evaluations:assign", "evaluation",
                         {"indicator": "12", "agency": "{f_agency}", "code": "12.1"}),
    "rename elsewhere": (COORDINATOR, "accounts:agency_rename", "63.09 f_agency", {"name": "Dinas Uji"}),
    "a verifier elsewhere": (ADMIN, "evaluations:verifiers", "evaluation",
                             {"district": "{f_verifier}", "first": "{f_verifier}", "K0": "{f_verifier}"}),
    "an account elsewhere": (ADMIN, "accounts:edit", "f_account", {"name": "Orang lain", "email": ""}),
    "its password": (ADMIN, "accounts:reset_password", "f_account", {}),
    "a role elsewhere": (ADMIN, "accounts:membership_add", "account", {"role": "leader", "district": GUNUNG_MAS}),
    "a role above one's own": (ADMIN, "accounts:membership_add", "account", {"role": "national_admin"}),
    "a membership of another": (ADMIN, "accounts:membership_remove", "f_user membership_pk", {}),
    "an agency of another": (ADMIN, "accounts:membership_add", "account",
                             {"role": "contributor", "district": "63.09", "agency": "{f_agency}"}),
}  # fmt: skip


def test_keys_of_others_change_nothing(client, cast, things, foreign, send):
    known, wrong = things | foreign, {}
    for kind, (who, name, arguments, form) in FOREIGN.items():
        enter(client, getattr(cast, who))
        path = reverse(name, args=[known.get(word, word) for word in arguments.split()])
        status, written = send(path, {key: value.format(**known) for key, value in form.items()})
        if written or status >= 500:
            wrong[kind] = (status, sorted(written))
    assert wrong == {}
    assert not User.objects.filter(is_superuser=True).exists()
