"""docs/privacy.md against the models: whatever can hold a person's data is classified, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models

from kla_portal.accounts.domain.removal import belongings
from kla_portal.accounts.models import User

PAGE = Path(settings.BASE_DIR) / "docs" / "privacy.md"
ROW = re.compile(r"^\| `(\w+\.\w+)` \| ((?:`\w+`(?:, )?)+) \|", re.MULTILINE)
TEXTUAL = (models.CharField, models.TextField, models.GenericIPAddressField, models.JSONField)

NO_PERSON = {
    "auth.Permission": "name codename",
    "auth.Group": "name",
    "contenttypes.ContentType": "app_label model",
    "axes.AccessFailureLog": "http_accept path_info",
    "regions.Province": "code name timezone",
    "regions.District": "code name",
    "regions.Kecamatan": "code name",
    "regions.Village": "code name",
    "events.EventChain": "key head",
    "events.Event": "previous hash",
    "accounts.Agency": "code name",
    "indicators.Cluster": "code name",
    "indicators.Indicator": "number name purpose",
    "indicators.Instrument": "code title legal_basis digest",
    "indicators.InstrumentAgency": "code name",
    "indicators.Theme": "code name",
    "indicators.EvidenceKind": "code name",
    "indicators.Scale": "code options",
    "indicators.PredikatBand": "code name published",
    "indicators.Question": "code title text guidance rule official",
    "indicators.Slot": "label",
    "evaluations.Edition": "code name",
    "evaluations.Evaluation": "claimed_predikat unready",
    "evaluations.Answer": "value",
    "evaluations.AnswerRevision": "value",
    "evaluations.Verdict": "value",
    "evaluations.VerdictRevision": "value",
    "evaluations.VerifierAssignment": "cluster",
    "evaluations.StateChange": "action",
    "evaluations.Objection": "value",
    "evaluations.Evidence": "kind years",
    "evaluations.EvidenceFile": "content_type sha256 source_sha256 storage_name",
    "evaluations.Message": "url once_key",
    "evaluations.Target": "predikat",
    "evaluations.ActionQuestion": "aim",
    "evaluations.FileReading": "year_clues fault",
    "evaluations.FileBand": "key",
    "evaluations.ConcernAnswer": "rule basis",
    "evaluations.StoredReport": "key content_type storage_name sha256 series number code",
    "evaluations.StageResult": "predikat clusters unready instrument_digest digest receipt_number",
    "evaluations.PublishedResult": "predikat clusters source",
    "evaluations.Upload": "declared_type sha256 refusal",
    "evaluations.UploadPiece": "storage_name",
}
"""Text that is made by the portal, belongs to the instrument or a place, or is a number's or choice's JSON."""

EMPTY = {"axes.AccessAttempt", "axes.AccessLog", "axes.AccessAttemptExpiration"}
"""Tables of a library that the portal never fills (accounts/lockout.py writes the failure log alone)."""

QUEUE = {"django_tasks_database"}
"""The worker's own tables: ids as arguments."""


def classified() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for label, fields in ROW.findall(PAGE.read_text(encoding="utf-8")):
        found.setdefault(label, set()).update(re.findall(r"`(\w+)`", fields))
    return found


def suspects(model: type[models.Model]) -> set[str]:
    """Fields that name a person or can hold any text."""
    return {
        field.name
        for field in model._meta.concrete_fields
        if field.related_model is User or (isinstance(field, TEXTUAL) and not field.choices)
    }


def ours() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m._meta.label not in EMPTY and m._meta.app_label not in QUEUE]


def test_every_field_that_can_hold_a_persons_data_is_classified():
    page = classified()
    missing = {
        model._meta.label: sorted(left)
        for model in ours()
        if (
            left := suspects(model)
            - page.get(model._meta.label, set())
            - set(NO_PERSON.get(model._meta.label, "").split())
        )
    }
    assert missing == {}, "Say in docs/privacy.md whose they are and how long, or here why they are nobody's."


def test_nothing_is_classified_that_is_not_there_or_twice():
    fields = {m._meta.label: {f.name for f in m._meta.concrete_fields} for m in apps.get_models()}
    unknown = {label: sorted(said - fields.get(label, set())) for label, said in classified().items()}
    assert {label: left for label, left in unknown.items() if left} == {}
    both = {label: set(NO_PERSON.get(label, "").split()) & said for label, said in classified().items()}
    assert {label: left for label, left in both.items() if left} == {}
    stale = {label: set(words.split()) - fields.get(label, set()) for label, words in NO_PERSON.items()}
    assert {label: left for label, left in stale.items() if left} == {}


def test_a_link_to_a_person_is_never_nobodys():
    for model in ours():
        people = {f.name for f in model._meta.concrete_fields if f.related_model is User}
        assert people <= classified().get(model._meta.label, set()), model._meta.label


def test_what_hangs_on_the_account_stands_in_the_first_table_and_deeds_in_the_others():
    first = PAGE.read_text(encoding="utf-8").split("## Deeds")[0]
    own = {r.related_model._meta.label for r in belongings() if not r.related_model._meta.auto_created}
    said = {label for label, _ in ROW.findall(first)}
    assert own <= said
    deeds = {
        model._meta.label
        for model in ours()
        for field in model._meta.concrete_fields
        if field.related_model is User and field.remote_field.on_delete is not models.CASCADE
    }
    assert len(deeds) > 20
    assert deeds & said == {"accounts.User"}


def test_the_settings_it_names_exist():
    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z][A-Z_]+(?:DAYS|CONTACT))`", text))
    assert len(named) >= 8
    assert [name for name in named if not hasattr(settings, name)] == []
    operations = (PAGE.parent / "operations.md").read_text(encoding="utf-8")
    assert [name for name in named if f"`{name}`" not in operations] == []
