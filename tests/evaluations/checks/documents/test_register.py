"""The rules as a whole: complete, pure, silent about a good document, and steady."""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import time_machine

from evaluations.checks import Severity, documents
from evaluations.checks.documents import RULES, WORDS, Reply, run
from evaluations.checks.documents.words import counted, explained, in_full, short
from tests.evaluations.checks.documents.shelf import file, library, paper, photo, photo_file
from tests.evaluations.checks.read import kla_2023

SHARED = {"__init__", "base", "register", "shared", "words"}
FOLDER = Path(inspect.getfile(documents)).parent


def names():
    return [rule.__module__.rsplit(".", 1)[-1] for rule in RULES]


def everything():
    same = photo_file(width=300, height=200)
    return library(
        (paper(years=(), withdrawn=True), "12.1"),
        (paper(file(scan="infected", identity_numbers=1, children_list=True), years=(2001,)), "12.2"),
        (paper(valid_until=date(2024, 5, 1)), "12.3 12.4"),
        (photo(same, description=""), "1.1"),
        (photo(same), "1.2"),
    )


def test_every_rule_stands_in_the_register_once_with_its_words():
    assert sorted(names()) == sorted({path.stem for path in FOLDER.glob("*.py")} - SHARED)
    assert sorted(WORDS) == sorted(names())


def test_a_good_document_is_left_in_peace():
    shelf = library((paper(), "12.1"), (photo(), "12.2"), (paper(form="link"), "12.3"))
    assert run(shelf) == []


def test_a_rule_says_its_own_name_and_ends_with_a_sentence():
    for rule in RULES:
        for concern in rule(everything()):
            assert concern.rule == rule.__module__.rsplit(".", 1)[-1]
            assert concern.message.endswith(".")
            assert len(concern.basis) == 64
            assert concern.title not in concern.message


def test_warnings_stand_first():
    found = [concern.severity for concern in run(everything())]
    assert found == sorted(found)
    assert {Severity.WARNING, Severity.NOTE} == set(found)


def test_tomorrow_says_the_same():
    shelf = everything()
    with time_machine.travel(datetime(2031, 1, 1, tzinfo=UTC)):
        later = run(shelf)
    assert later == run(shelf)
    assert len(later) > 5


def test_an_answer_closes_its_warning_only():
    shelf = everything()
    before = run(shelf)
    expired = next(concern for concern in before if concern.rule == "expired")
    reply = Reply(1, "Masih berlaku menurut pasal 5.", datetime(2026, 1, 1, tzinfo=UTC), "Koordinator")
    after = run(shelf, {(str(expired.evidence_id), "expired", expired.basis): reply})
    assert after == before, "the answer is no part of what is said"
    assert [concern.rule for concern in after if not concern.open] == ["expired"]
    assert not replace(expired, answered=reply).blocks
    for other in ("undated", "0" * 64):
        key = (str(expired.evidence_id), other, expired.basis)
        assert all(concern.open for concern in run(shelf, {key: reply}))


def test_what_only_a_deed_closes_takes_no_answer():
    shelf = everything()
    undated = next(concern for concern in run(shelf) if concern.rule == "undated")
    reply = Reply(1, "Biar.", datetime(2026, 1, 1, tzinfo=UTC), "Koordinator")
    after = run(shelf, {(str(undated.evidence_id), "undated", undated.basis): reply})
    assert next(concern for concern in after if concern.rule == "undated").blocks


def test_the_rules_are_pure():
    allowed = ("evaluations.checks", "evaluations.files.phrases", "evaluations.scoring", "indicators.spec")
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {
                "django", "evaluations", "indicators", "kla_portal",
            }:  # fmt: skip
                assert (node.module or "").startswith((*allowed, "kla_portal.indonesian")), path


def test_reasons_in_words():
    question = kla_2023().by_code["2.1"]
    label = next(slot.label for slot in question.slots if slot.number == 2)
    reasons = ["slot.1", "expired", "long gone rule"]
    assert short(reasons) == "slot wajib kosong, dokumen lewat masa berlaku"
    assert in_full(question, ["slot.1", "expired"])[1] == "dokumen lewat masa berlaku"
    assert in_full(question, ["slot.2"]) == (f"data dukung wajib kosong: “{label}”",)
    assert explained(kla_2023(), {"2.1": ["undated"]}) == {"2.1": ("dokumen belum diisi tahunnya",)}
    assert counted({"2.1": ["slot.1", "undated"], "2.2": ["undated", "expired"], "2.3": ["slot.1"]}) == {
        "expired": 1,
        "undated": 2,
    }
    assert short([]) == ""
