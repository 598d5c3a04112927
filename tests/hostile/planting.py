"""Probe texts in every text field of the database: which fields hold people's words, and which never do."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from django.apps import apps
from django.db import DatabaseError, models, transaction

OURS = ("accounts", "indicators", "evaluations", "operations", "regions", "events")

KEPT = {
    # Codes, keys, digests and names of files in the store: made by the portal, never typed.
    "accounts.User": {
        "password",
        "username",
        "email",
    },  # username and address are held to their alphabet by the form
    "accounts.Agency": {"code"},
    "accounts.KnownDevice": {"digest"},
    "accounts.SignedInSession": {"session_key"},
    "accounts.RecoveryCode": {"hash"},
    "events.EventChain": {"key", "head"},
    "events.Event": {"subject", "previous", "hash"},
    "regions.Province": {"code", "timezone"},
    "regions.District": {"code"},
    "regions.Kecamatan": {"code"},
    "regions.Village": {"code"},
    "evaluations.Edition": {"code"},
    "evaluations.Evaluation": {"claimed_predikat"},
    "evaluations.VerifierAssignment": {"cluster"},
    "evaluations.StateChange": {"action"},
    "evaluations.Evidence": {"kind"},
    "evaluations.EvidenceFile": {"content_type", "sha256", "source_sha256", "storage_name"},
    "evaluations.Message": {"url", "once_key"},
    "evaluations.Target": {"predikat"},
    "evaluations.FileReading": {"thumbnail", "fault"},
    "evaluations.FileBand": {"key"},
    "evaluations.ConcernAnswer": {"rule", "basis"},
    "evaluations.StoredReport": {"key", "content_type", "storage_name", "sha256", "series", "number", "code"},
    "evaluations.StageResult": {"predikat", "instrument_digest", "digest", "receipt_number"},
    "evaluations.PublishedResult": {"predikat"},
    "evaluations.Upload": {"declared_type", "sha256", "refusal"},
    "evaluations.UploadPiece": {"storage_name"},
}
TYPED = {
    "accounts.User": {"name"},
    "accounts.Agency": {"name"},
    "accounts.KnownDevice": {"agent"},
    "accounts.SignedInSession": {"agent"},
    "operations.Maintenance": {"reason"},
    "regions.Province": {"name"},
    "regions.District": {"name"},
    "regions.Kecamatan": {"name"},
    "regions.Village": {"name"},
    "evaluations.Edition": {"name"},
    "evaluations.Answer": {"note"},
    "evaluations.AnswerRevision": {"note"},
    "evaluations.Verdict": {"reason"},
    "evaluations.VerdictRevision": {"reason"},
    "evaluations.ReasonPhrase": {"text"},
    "evaluations.StageRecord": {"letter_number"},
    "evaluations.StateChange": {"reason"},
    "evaluations.Objection": {"reason", "decision_reason"},
    "evaluations.Evidence": {"title", "url", "number", "issuer", "description", "withdrawn_reason"},
    "evaluations.EvidenceFile": {"filename", "erased_reason"},
    "evaluations.EvidenceLink": {"pages", "quote"},
    "evaluations.Message": {"subject", "body"},
    "evaluations.PlannedAction": {"title", "output", "budget_source"},
    "evaluations.ActionNote": {"text"},
    "evaluations.SharedPractice": {"story"},
    "evaluations.FileReading": {"number_clue"},
    "evaluations.PageText": {"text"},
    "evaluations.ConcernAnswer": {"reason"},
    "evaluations.StoredReport": {"title"},
    "evaluations.PublishedResult": {"source"},
    "evaluations.Return": {"message"},
    "evaluations.ReturnItem": {"needed"},
    "evaluations.Extension": {"reason"},
    "evaluations.Upload": {"path", "title"},
}
"""Fields with words from a person, a browser, a file or a list that was loaded."""
INSTRUMENT = "indicators"
"""All texts of an instrument come from its file: planted there, since a published one is frozen."""


def text_fields() -> dict[str, set[str]]:
    """Model label -> its text fields, without those that can only hold one of a few words."""
    found: dict[str, set[str]] = {}
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            names = {
                field.name
                for field in model._meta.concrete_fields
                if isinstance(field, models.CharField | models.TextField) and not field.choices
            }
            if names:
                found[model._meta.label] = names
    return found


def numbered() -> dict[str, int]:
    """``evaluations.Answer.note`` -> the number by which its text is known again."""
    return {
        name: place
        for place, name in enumerate(sorted(f"{m}.{f}" for m, fields in TYPED.items() for f in fields), 1)
    }


def probe(number: int, start: str = "") -> str:
    return f"{start}\"'><b x={number}></script>{{{{7*7}}}}<img src=x onerror=alert(1)><svg onload=alert(2)>\u202e{{% debug %}}"


def plant(start: str = "", *, rows: int = 40) -> set[str]:
    """Writes a probe into every field of ``TYPED`` for rows that there are; returns the fields that had a row."""
    planted = set()
    for name, number in numbered().items():
        label, field = name.rsplit(".", 1)
        model = apps.get_model(label)
        pks = list(model._default_manager.order_by("pk").values_list("pk", flat=True)[:rows])
        if label.startswith("regions."):
            pks = [
                pk
                for pk in model._default_manager.values_list("pk", flat=True)
                if pk == "63" or pk.startswith("63.09")
            ]
        if label == "accounts.Agency":
            pks = list(model._default_manager.filter(district="63.09").values_list("pk", flat=True))
        if field in {"url"}:
            pks = list(model._default_manager.exclude(url="").values_list("pk", flat=True))
        if label == "evaluations.Evidence" and field == "withdrawn_reason":
            pks = list(model._default_manager.exclude(withdrawn_at=None).values_list("pk", flat=True))
        if label == "evaluations.EvidenceFile" and field == "erased_reason":
            pks = list(model._default_manager.exclude(erased_at=None).values_list("pk", flat=True))
        limit = model._meta.get_field(field).max_length or 500
        for place, pk in enumerate(pks):
            text = probe(number, start)
            text = "javascript:alert(3)//" if field == "url" else f"{text[: limit - 4]}{place}"
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=pk).update(**{field: text})
            except DatabaseError:  # history is never changed: its words come in through the verbs
                break
            planted.add(name)
    return planted


class Page(HTMLParser):
    """What a browser would make of a page: ``faults`` are elements and attributes that a probe brought in."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if (
            any(name.startswith("on") for name in values)
            or (tag == "b" and "x" in values)
            or values.get("src") == "x"
        ):
            self.faults.append(f"<{tag} {values}>")
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "data-url"):
            if (values.get(name) or "").strip().lower().startswith(("javascript:", "vbscript:", "data:text")):
                self.faults.append(f"<{tag} {name}={values[name]}>")
        if tag == "script" and not values.get("src"):
            self.faults.append("<script> inline")


def faults_of(text: str) -> list[str]:
    found = Page(text).faults
    if "49</script>" in text or "onerror=alert(1)>49" in text or re.search(r"x=\d+>", text):
        found.append("raw probe")
    return found


def seen_in(text: str) -> set[int]:
    """Numbers of the fields whose probe stands in a page or file as text."""
    return {
        int(number) for number in re.findall(r"<b x=(\d+)>", text.replace("&lt;", "<").replace("&gt;", ">"))
    }
