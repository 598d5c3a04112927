"""The district report as values: what it takes from the snapshot, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from evaluations.reports.data import SnapshotMismatch, build_district_report
from evaluations.reports.paper import places_for, printable
from evaluations.scoring.rules import describe_rule
from evaluations.scoring.score import digest, tree_to_dict
from kla_portal.indonesian import angka
from tests.evaluations.reports import build


@pytest.fixture(scope="module")
def taken():
    return build.snapshot(notes={"12.1": "Angka dua puskesmas menyusul."})


@pytest.fixture(scope="module")
def report(taken):
    return build.district_report(taken)


def entries(report):
    return {
        question.code: question
        for cluster in report.clusters
        for indicator in cluster.indicators
        for question in indicator.questions
    }


def test_the_tree_is_the_snapshots_tree(report, taken):
    assert tree_to_dict(report.tree) == taken["score"]
    assert [entries(report)[q.code].points for q in report.tree.questions()] == [
        q.points for q in report.tree.questions()
    ]


def test_a_snapshot_that_went_through_json_gives_the_same_report(report, taken):
    assert build.district_report(json.loads(json.dumps(taken, sort_keys=True))) == report


def test_questions_carry_title_reason_note_and_mark(report):
    question = entries(report)["12.1"]
    assert question.title == build.instrument().by_code["12.1"].title
    assert question.note == "Angka dua puskesmas menyusul."
    assert question.estimated
    assert not entries(report)["1.1"].estimated, "the options of 1.1 are official"
    assert report.estimated_count == 273


def test_questions_carry_rule_source_and_verdicts_as_the_scores_page_has_them():
    """As the page explains them: a verdict that only accepts needs no words, one without a reason may."""
    content = build.snapshot(stage="vl")
    content["verdicts"] = {
        "va": {
            "12.1": {"decision": "reject", "value": None, "reason": f"Belum ditandatangani{chr(0x202E)}."},
            "12.2": {"decision": "accept", "value": None, "reason": ""},
        },
        "vl": {"12.1": {"decision": "accept", "value": None, "reason": "Asli ditunjukkan"}},
    }
    report = build_district_report(
        snapshot=content,
        instrument=build.instrument(),
        digest=digest(content),
        letterhead=build.LETTERHEAD,
        receipt_number=build.RECEIPT,
        sources={"12.1": "diisi dari buku kerja"},
    )
    behind = {code: question.behind for code, question in entries(report).items()}
    rule = "; ".join(
        f"{line.text} {angka(line.points)}" for line in describe_rule(build.instrument().by_code["12.1"])
    )
    assert behind["12.1"] == (
        f"Aturan: {rule}. Asal jawaban: diisi dari buku kerja. VA: ditolak, Belum ditandatangani. "
        "VL: diterima, Asli ditunjukkan."
    )
    assert "VA" not in behind["12.2"]
    assert "Asal" not in behind["12.2"]


def test_an_unanswered_question_has_its_rule_and_no_source():
    content = build.snapshot(answers={})
    report = build_district_report(
        snapshot=content,
        instrument=build.instrument(),
        digest=digest(content),
        letterhead=build.LETTERHEAD,
        sources={"1.1": "diisi di portal"},
    )
    behind = entries(report)["1.1"].behind
    assert behind.startswith("Aturan: Peraturan Daerah tentang KLA 12; ")
    assert behind.endswith("Tidak ada 0.")


def test_percent_is_exact(report):
    for cluster in report.clusters:
        assert cluster.percent == Fraction(cluster.points) / Fraction(cluster.weight) * 100


def test_time_stands_in_the_provinces_zone(report):
    assert report.taken_text == "30 Juni 2026 23.59 WITA"
    assert report.created == "2026-06-30T15:59:00Z"
    assert report.stage_name == "Evaluasi Mandiri"
    assert report.years_text == "2024 dan 2025"


def test_required_slots_are_counted_from_the_instrument(taken):
    spec = build.instrument()
    required = [(q, slot) for q in spec.questions() for slot in q.slots if slot.required]
    empty = build.district_report(taken | {"evidence": {}})
    assert (empty.documents, empty.required_filled, empty.required_slots) == (0, 0, len(required))
    question, slot = required[0]
    found = [
        {
            **slot_of(question, slot),
            "items": [{"title": "Perda", "filename": "perda.pdf", "size": 900, "sha256": "ab" * 32}],
        }
    ]
    one = build.district_report(taken | {"evidence": {question.code: found}})
    assert (one.documents, one.required_filled) == (1, 1)
    hollow = build.district_report(taken | {"evidence": {question.code: [{**found[0], "items": []}]}})
    assert (hollow.documents, hollow.required_filled) == (0, 0)


def slot_of(question, slot):
    return {
        "slot": slot.number,
        "label": slot.label,
        "kind": slot.kind,
        "required": slot.required,
        "items": [],
    }


def test_missing_required_evidence_is_listed_and_optional_is_not(taken):
    report = build.district_report(taken | {"evidence": {}})
    question = build.instrument().by_code["1.1"]
    assert [slot.label for slot in entries(report)["1.1"].slots] == [
        s.label for s in question.slots if s.required
    ]
    assert any(not slot.required for slot in question.slots), "1.1 has an optional slot to leave out"
    assert not entries(report)["1.1"].has_evidence


def test_evidence_item_says_file_size_pages_and_link(taken):
    question = build.instrument().by_code["1.1"]
    file = {
        "title": "Perda 4/2023",
        "filename": "perda.pdf",
        "size": 1_234_567,
        "sha256": "ab" * 32,
        "pages": "4",
    }
    link = {
        "title": "JDIH",
        "filename": "",
        "size": None,
        "sha256": None,
        "url": "https://jdih.example.go.id/4",
    }
    slot = {**slot_of(question, question.slots[0]), "items": [file, link]}
    [first, second] = (
        entries(build.district_report(taken | {"evidence": {"1.1": [slot]}}))["1.1"].slots[0].items
    )
    assert (first.title, first.detail) == ("Perda 4/2023", "perda.pdf, 1,2 MB, hlm. 4")
    assert first.fingerprint == "ab" * 6
    assert (second.detail, second.fingerprint) == ("tautan, https://jdih.example.go.id/4", "")


def test_a_slot_unknown_to_the_instrument_is_still_shown(taken):
    slot = {
        "slot": 9,
        "label": "Lain-lain",
        "kind": "Dokumen",
        "required": False,
        "items": [{"title": "Surat"}],
    }
    slots = entries(build.district_report(taken | {"evidence": {"1.1": [slot]}}))["1.1"].slots
    assert ("Lain-lain", "Surat") in [(slot.label, item.title) for slot in slots for item in slot.items]


def test_evidence_of_sensitive_questions_keeps_names_off_the_paper(taken):
    question = next(q for q in build.instrument().questions() if q.sensitive)
    named = {"title": "Akta Anak Contoh", "filename": "anak-contoh.pdf", "size": 10, "sha256": "cd" * 32}
    slot = {**slot_of(question, question.slots[0]), "items": [named]}
    entry = entries(build.district_report(taken | {"evidence": {question.code: [slot]}}))[question.code]
    assert entry.protected
    assert "Contoh" not in repr(entry.slots)
    assert "anak-contoh" not in repr(entry.slots)
    assert entry.slots[0].items[0].fingerprint == "cd" * 6, "the document can still be recognised"


@pytest.mark.parametrize(
    ("file", "elsewhere"),
    [
        ({"sha256": "cd" * 32}, {"sha256": "cd" * 32, "pages": "3"}),
        ({"url": "https://contoh.go.id/anak"}, {"url": "https://contoh.go.id/anak"}),
        ({"sha256": "cd" * 32}, {"sha256": "ef" * 32}),
    ],
    ids=["same file", "same address", "another scan under the same title"],
)
def test_what_stands_at_a_sensitive_question_too_is_named_nowhere(taken, file, elsewhere):
    sensitive = next(q for q in build.instrument().questions() if q.sensitive)
    plain = next(q for q in build.instrument().questions() if not q.sensitive and q.slots)
    named = {"title": "Data korban Ani binti Budi", "filename": "ani.pdf"}
    evidence = {
        code.code: [{**slot_of(code, code.slots[0]), "items": items}]
        for code, items in (
            (sensitive, [named | file]),
            (plain, [named | elsewhere, {"title": "Perda", "filename": "perda.pdf", "sha256": "ab" * 32}]),
        )
    }
    entry = entries(build.district_report(taken | {"evidence": evidence}))[plain.code]
    assert [item.title for item in entry.slots[0].items] == ["Dokumen dilindungi", "Perda"]
    assert "ani" not in repr(entry.slots).lower().replace("lindungi", "")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 2}, "schema"),
        ({"instrument": {"code": "kla-2023", "title": "", "digest": "0" * 64}}, "instrument"),
    ],
)
def test_a_foreign_snapshot_is_refused(taken, change, said):
    content = taken | change
    with pytest.raises(SnapshotMismatch, match=said):
        build.district_report(content)


def test_a_changed_snapshot_is_refused(taken):
    stored = digest(taken)
    changed = json.loads(json.dumps(taken))
    changed["score"]["total"] = "955.25"
    with pytest.raises(SnapshotMismatch, match="digest"):
        build_district_report(
            snapshot=changed, instrument=build.instrument(), digest=stored, letterhead=build.LETTERHEAD
        )


def test_payload_changes_with_all_that_is_printed(report, taken):
    other = build_district_report(
        snapshot=taken,
        instrument=build.instrument(),
        digest=digest(taken),
        letterhead=build.Letterhead("Lain"),
    )
    assert other.payload()["digest"] == report.payload()["digest"]
    assert other.payload() != report.payload()
    assert other.payload()["receipt_number"] is None
    assert replace(report, sources={"1.1": "diisi di portal"}).payload() != report.payload()
    json.dumps(report.payload())


def test_printable_removes_what_hides_or_reorders():
    assert printable("perda\u202efdp.exe\x00\x1b") == "perdafdp.exe"
    assert printable("satu\r\ndua\ttiga\rempat") == "satu\ndua tiga\nempat"
    assert printable("Ruang “ramah anak” – 5 ≥ 3") == "Ruang “ramah anak” – 5 ≥ 3"


def test_places_keep_every_number_exact():
    assert places_for([]) == 2
    assert places_for([Decimal("12"), Decimal("0.5"), Decimal("1E+2")]) == 2
    assert places_for([Decimal("1.32"), Decimal("0.125"), Decimal("0.5000")]) == 3
