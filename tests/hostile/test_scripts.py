"""Script, markup and template tags typed into every text field come out of every page, paper and e-mail as text."""

from __future__ import annotations

import json
import re

import pytest
from django.core import mail
from django.test import Client

from evaluations.domain import mailing
from evaluations.domain.evidence import slots
from evaluations.models import Message
from indicators.domain.importing import load_instrument, parse_instrument
from indicators.domain.publishing import publish
from kla_portal import clock
from tests.evaluations.history import scenes
from tests.evaluations.models.rows import Rows
from tests.hostile.doors import doors
from tests.hostile.planting import (
    INSTRUMENT,
    KEPT,
    TYPED,
    Page,
    faults_of,
    numbered,
    plant,
    probe,
    seen_in,
    text_fields,
)
from tests.indicators.small import SMALL

VERIFYING = {
    "evaluations:desk", "evaluations:stages", "evaluations:as_of", "evaluations:receipt", "evaluations:lhe",
    "evaluations:events", "evaluations:objections", "evaluations:reports", "evaluations:queue", "evaluations:overview",
    "evaluations:risk", "evaluations:verifiers", "evaluations:card", "evaluations:score", "evaluations:ranking",
}  # fmt: skip
PAPERS = ("lhe.pdf", "rapor.pdf", "laporan.pdf")
PAGES = {"text/html", "text/plain"}


def test_every_text_field_says_whether_people_write_into_it():
    """A new text field without a row here fails: is it typed (then it is planted), or made by the portal?"""
    rows = {model: TYPED.get(model, set()) | KEPT.get(model, set()) for model in {*TYPED, *KEPT}}
    fields = {model: names for model, names in text_fields().items() if not model.startswith(INSTRUMENT)}
    assert fields == rows
    assert not any(TYPED.get(model, set()) & KEPT.get(model, set()) for model in rows)


def bodies(found) -> dict[str, tuple[str, str]]:
    """Address name -> (path, text) for every door that opens onto a page, JSON or CSV."""
    shown = {}
    for door in found:
        answer = door.client().get(door.path)
        kind = answer["Content-Type"].partition(";")[0] if answer.has_header("Content-Type") else ""
        if kind in PAGES | {"application/json", "text/csv"}:
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            shown[door.address.name] = kind, body.decode()
    return shown


def judge(shown) -> tuple[list[str], set[int]]:
    faults = [
        f"{name}: {found}"
        for name, (kind, text) in shown.items()
        if kind == "text/html" and (found := faults_of(text))
    ]
    return faults, set().union(*(seen_in(text.replace('\\"', '"')) for _, text in shown.values()))


def test_every_page_shows_them_as_text(cast, evaluation, things):
    rows = Rows(evaluation, cast)
    page = rows.page_text()
    rows.revision()
    rows.answer(question_id=rows.ids.question_ids["12.1"], note="x")
    rows.concern_answer(evidence_id=things["document"])
    now = clock.now()
    Message.objects.create(
        user=cast.admin_national,
        kind="submitted",
        subject="s",
        body="b",
        url="/",
        once_key="k",
        created_at=now,
    )
    assert page.text
    planted = plant()
    assert len(planted) > 20
    found = doors(things, cast)
    shown = bodies(found)
    faults, seen = judge(shown)
    assert faults == []
    names = {number: name for name, number in numbered().items()}
    here = {
        "accounts.User.name", "accounts.Agency.name", "regions.District.name", "regions.Province.name",
        "regions.Kecamatan.name", "evaluations.Edition.name", "evaluations.Answer.note", "evaluations.Evidence.title",
        "evaluations.Message.subject", "evaluations.PlannedAction.title", "evaluations.SharedPractice.story",
        "evaluations.EvidenceFile.filename", "evaluations.Upload.path",
    }  # fmt: skip
    assert here - {names[number] for number in seen} == set()


def test_a_probe_that_came_through_would_be_seen():
    """The judge itself: unescaped it finds every one of them, escaped none."""
    from django.utils.html import escape

    raw = f"<p>{probe(7)}</p>"
    assert len(faults_of(raw)) >= 3
    assert faults_of(f"<p>{escape(probe(7))}</p>") == []
    assert seen_in(f"<p>{escape(probe(7))}</p>") == {7}
    assert Page('<a href="javascript:alert(3)">').faults
    assert Page('<input value="" onfocus=alert(1)>').faults
    assert Page("<script>1</script>").faults


def test_the_stages_show_reasons_as_text(cast, evaluation, monkeypatch):
    monkeypatch.setattr(scenes, "VA_REASON", probe(901))
    monkeypatch.setattr(scenes, "VL_REASON", probe(902))
    evaluation = scenes.whole_way(evaluation, cast)
    Rows(evaluation, cast)
    plant(rows=20)
    result = evaluation.results.order_by("pk").last()
    values = {
        "evaluation": evaluation.pk,
        "result": result.pk,
        "practice": 0,
        "action": 0,
        "sheet": "x",
        "document": 0,
    }
    found = doors(values | {"link": 0, "file": 0, "upload": 0}, cast, VERIFYING)
    shown = bodies(found)
    faults, seen = judge(shown)
    assert faults == []
    assert len(shown) > 8
    assert seen & {
        901,
        902,
        numbered()["evaluations.VerdictRevision.reason"],
        numbered()["evaluations.Verdict.reason"],
    }


def evil_file() -> str:
    """The small instrument with a probe in every text of it."""
    keys = "title|text|guidance|name|label|purpose|numerator|denominator|unit"
    text = json.dumps(probe(77)[:40].replace("\u202e", ""))
    return re.sub(rf"\b({keys}): [^,}}\n]+", lambda found: f"{found[1]}: {text}", SMALL).replace(
        "kecil", "jahat", 1
    )


def test_an_instrument_shows_its_own_words_as_text(cast, sign_in):
    instrument, _ = load_instrument(parse_instrument(evil_file(), name="jahat.yaml"), by=None)
    publish(instrument, by=cast.admin_national)
    client = sign_in(cast.admin_national)
    for path in (
        "/instrumen/",
        "/instrumen/jahat/",
        "/instrumen/jahat/klaster/K0/",
        "/instrumen/jahat/klaster/K1/",
        "/instrumen/jahat/tarik/",
    ):
        page = client.get(path).content.decode()
        assert faults_of(page) == [], path
        assert seen_in(page) == {77}, path
    exported = client.get("/instrumen/jahat/unduh/")
    assert exported["Content-Type"].startswith(("application/", "text/plain", "text/yaml"))
    assert exported["X-Content-Type-Options"] == "nosniff"


def test_refused_files_and_forms_give_the_text_back_as_text(cast, evaluation, sign_in):
    """What is shown again beside a message: typed values, file names, cells, search words."""
    client = sign_in(cast.admin_national)
    evil = probe(5)
    wrong = SMALL.replace("code: kecil", f"code: {json.dumps(evil)}", 1)
    page = client.post("/instrumen/muat/", {"text": wrong, "name": evil[:100]}).content.decode()
    assert faults_of(page) == []
    assert "baris" in page.lower()
    for path in ("/akun/daftar/", "/wilayah/2026/63/", "/catatan/", "/praktik-baik/2026/"):
        page = client.get(path, {"q": evil, "orang": evil, "daerah": evil, "status": evil}).content.decode()
        assert faults_of(page) == [], path
    client = sign_in(cast.coordinator_tabalong)
    for code in ("12.1", "1.1"):
        fields = {"numerator": evil, "option": evil, "note": evil, "denominator": "1.000", "version": evil}
        page = client.post(f"/evaluasi/{evaluation.pk}/pertanyaan/{code}/simpan/", fields).content.decode()
        assert faults_of(page) == []
        assert 5 in seen_in(page)
    page = (
        Client()
        .post(f"/evaluasi/{evaluation.pk}/pertanyaan/1.1/simpan/", {evil: evil, "note": evil})
        .content.decode()
    )
    assert faults_of(page) == []
    assert 5 in seen_in(page)


def test_links_to_scripts_are_never_links(cast, evaluation):
    for url in (
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//jahat.contoh/x",
        "http://[",
        "https://\u202ejahat",
    ):
        with pytest.raises(Exception) as refused:
            slots.add_web_link(
                evaluation=evaluation,
                code="12.1",
                slot_number=1,
                url=url,
                title="x",
                by=cast.coordinator_tabalong,
            )
        assert type(refused.value).__module__.startswith(
            ("evaluations", "kla_portal", "django.core.exceptions")
        ), url


def test_mails_are_plain_text_with_one_line_of_subject(cast):
    user = cast.coordinator_tabalong
    user.email, user.name = "koor@contoh.go.id", f"{probe(1)}\r\nBcc: jahat@contoh.id"
    user.save()
    Message.objects.create(
        user=user, kind="submitted", subject=f"{probe(2)}\r\nBcc: jahat@contoh.id", body=probe(3), url="/", once_key="k2", created_at=clock.now()
    )  # fmt: skip
    mailing.send_digests()
    (sent,) = mail.outbox
    assert sent.content_subtype == "plain"
    assert sent.alternatives == [] if hasattr(sent, "alternatives") else True
    assert sent.recipients() == ["koor@contoh.go.id"]
    assert "\n" not in sent.subject
    assert "&lt;" not in sent.body
    assert {2, 3} <= seen_in(sent.body)
    assert "49" not in sent.body
