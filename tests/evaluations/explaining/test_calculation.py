"""The ZIP: what lies in it, what does not, and that its bytes are always the same."""

from __future__ import annotations

import hashlib
import json

from evaluations.reports.calculation import NAMES
from tests.evaluations.explaining import build

DOCUMENT = {
    "title": "Daftar anak Budi Santoso",
    "filename": "budi.pdf",
    "size": 3,
    "sha256": "ab",
    "url": "",
    "pages": "",
}


def slot(title):
    return [
        {"slot": 1, "label": "SK", "kind": "SK", "required": True, "items": [DOCUMENT | {"title": title}]}
    ]


def test_every_file_is_there_and_sealed():
    files = build.files_of(build.packed(build.any_answers(2)))
    assert tuple(files) == NAMES
    stated = json.loads(files["pohon.json"])
    for name, seal in stated["files"].items():
        assert hashlib.sha256(files[name]).hexdigest() == seal
    assert hashlib.sha256(files["instrumen.json"]).hexdigest() == build.instrument().digest


def test_the_same_calculation_is_the_same_bytes():
    assert build.packed(build.any_answers(3)) == build.packed(build.any_answers(3))
    assert build.packed(build.any_answers(3)) != build.packed(build.any_answers(4))


def test_names_of_people_notes_and_sensitive_titles_stay_out():
    spec = build.instrument()
    sensitive = next(question.code for question in spec.questions() if question.sensitive)
    open_one = next(question.code for question in spec.questions() if not question.sensitive)
    evidence = {sensitive: slot("Daftar anak Budi Santoso"), open_one: slot("Perda KLA")}
    files = build.files_of(build.packed(build.any_answers(5), build.VERDICTS, stage="vl", evidence=evidence))
    everything = b"".join(files.values()).decode()
    assert "Perda KLA" in everything, "titles of other questions are told"
    for secret in ("Budi", "budi.pdf", "Rahasia kantor", "siti.aminah", "verif.kalsel"):
        assert secret not in everything
    told = {row["code"]: row for row in json.loads(files["pohon.json"])["questions"]}
    assert (told[sensitive]["documents"], told[sensitive]["titles"]) == (1, [])


def test_a_document_at_a_question_on_children_is_not_named_elsewhere_either():
    """The same list proves another question too: its title would name the child there."""
    spec = build.instrument()
    sensitive = next(question.code for question in spec.questions() if question.sensitive)
    open_one = next(question.code for question in spec.questions() if not question.sensitive)
    listed = slot("Daftar anak Budi Santoso")
    both = [{**listed[0], "items": listed[0]["items"] + slot("Perda KLA")[0]["items"]}]
    files = build.files_of(build.packed(build.any_answers(5), evidence={sensitive: listed, open_one: both}))
    assert "Budi" not in b"".join(files.values()).decode()
    told = {row["code"]: row for row in json.loads(files["pohon.json"])["questions"]}
    assert (told[open_one]["documents"], told[open_one]["titles"]) == (2, ["Perda KLA"])


def test_the_note_says_what_it_is_and_how_to_check():
    text = build.files_of(build.packed(build.any_answers(6)))["keterangan.txt"].decode()
    assert "Kabupaten Tabalong, Kalimantan Selatan" in text
    assert "30 Juni 2026 23.59 WITA" in text
    assert "python3 hitung_ulang.py" in text
    assert "dapat berubah" in text


def test_a_question_says_rule_answer_verdict_and_source():
    explanation, _ = build.calculation(build.any_answers(7), build.VERDICTS, stage="vl")
    why = explanation.questions["8.1"]
    told = why.content()
    assert told["stages"] == [{"code": "vl", "points": "5", "decision": "Diubah", "reason": "Alasan."}]
    assert why.verdicts == ("VL: diubah, Alasan.",)
    assert told["source"] == "diisi di portal"
    assert told["rule"][0] == {"text": "≥ 5 jenis lembaga", "points": "6"}
    estimated = {code for code, row in explanation.questions.items() if row.estimated}
    assert estimated == {q.code for q in build.instrument().questions() if q.estimated and q.weight}
    assert all("perkiraan" in explanation.questions[code].basis for code in estimated)
