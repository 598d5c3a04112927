"""The file in the ZIP: it comes to the same score by itself, and it finds whatever was changed."""

from __future__ import annotations

import ast
import importlib.util
import json
import sys
from decimal import Decimal

import pytest

from evaluations.reports.calculation import calculation_zip
from evaluations.reports.keys import CODE
from evaluations.reports.recompute import check, comma, tier_points
from evaluations.scoring.hints import best_answer
from evaluations.scoring.score import digest
from tests.evaluations.explaining import build

SOURCE = CODE / "recompute.py"


def unpacked(files, folder):
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def changed(files, name, change):
    """The files with ``change`` made to the JSON of one of them."""
    content = json.loads(files[name])
    change(content)
    return files | {name: json.dumps(content).encode()}


@pytest.fixture(scope="module")
def files():
    return build.files_of(build.packed(build.any_answers(1), build.VERDICTS, stage="vl"))


def test_it_needs_nothing_but_the_standard_library():
    modules = set()
    for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            modules.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
    assert modules <= sys.stdlib_module_names
    assert "evaluations" not in modules
    assert len(SOURCE.read_text(encoding="utf-8").splitlines()) < 300


def test_a_bare_python_in_an_empty_folder_agrees(files, tmp_path):
    """All 274 questions of kla-2023, each kind of rule, the edges, and verdicts of two stages."""
    code, said = build.run(files, tmp_path)
    total = Decimal(json.loads(files["pohon.json"])["tree"]["total"])
    assert said.splitlines()[-1].startswith(f"Cocok: {comma(total)} (")
    assert "274 pertanyaan" in said
    assert "5 putusan" in said
    assert code == 0


def test_a_bare_python_finds_a_changed_answer(files, tmp_path):
    code, said = build.run(
        changed(files, "jawaban.json", lambda rows: rows["2.4"].update(value={"option": 0})), tmp_path
    )
    assert code == 1
    assert "jawaban.json: isinya bukan yang dikemas portal" in said


@pytest.mark.parametrize("seed", range(6))
def test_any_answers_come_to_the_same_score(seed, tmp_path):
    content = build.packed(
        build.any_answers(seed), build.VERDICTS if seed % 2 else {}, stage="vl" if seed % 2 else "em"
    )
    faults, said = check(unpacked(build.files_of(content), tmp_path))
    assert faults == []
    assert said.startswith("Cocok: ")


def test_every_point_and_none(tmp_path):
    best = {question.code: best_answer(question.rule) for question in build.instrument().questions()}
    for answers, closing in ((best, "Cocok: 1000,00 (KLA)"), ({}, "Cocok: 0,00 (Inisiasi)")):
        assert check(unpacked(build.files_of(build.packed(answers)), tmp_path)) == ([], closing)


EDGES = [
    ("12.1", {"numerator": "0", "denominator": "0"}),
    ("12.1", {"numerator": None, "denominator": "7"}),
    ("12.4", {"previous": "0", "current": "0"}),
    ("12.4", {"previous": "0", "current": "3"}),
    ("12.4", {"previous": "8", "current": "0"}),
    ("3.1a", {"rows": [None, 1, None]}),
    ("3.1a", {"rows": [None, None, None]}),
    ("26.17", {"numerator": "1", "denominator": "1"}),
]


@pytest.mark.parametrize(("code", "value"), EDGES)
def test_one_edge_alone(code, value, tmp_path):
    """Alone, so that no other question hides a difference."""
    explanation, data = build.calculation({code: value})
    files = build.files_of(calculation_zip(explanation, data))
    assert check(unpacked(files, tmp_path))[0] == []
    assert explanation.questions[code].points == explanation.tree.total_exact


def test_an_empty_denominator_can_be_worth_points():
    """No question of kla-2023 says so, but the format does."""
    rule = {
        "kind": "percentage",
        "direction": "higher",
        "tiers": [{"min": "90", "points": "3"}],
        "empty": "2",
    }
    assert tier_points(rule, {"numerator": "0", "denominator": "0"}) == 2
    assert tier_points(rule, {"numerator": "8", "denominator": "9"}) == 0


def raise_points(content):
    question = content["tree"]["clusters"][0]["indicators"][0]["questions"][0]
    question["points"] = str(Decimal(question["points"]) + 1)


def raise_total(content):
    content["tree"]["total"] = "999.00"


TAMPERED = [
    ("jawaban.json", lambda rows: rows["12.1"].update(value={"numerator": "5", "denominator": "5"}), "jawaban.json"),
    ("jawaban.json", lambda rows: rows["12.1"].update(value={"numerator": "5,5", "denominator": "6"}), "12.1 (jawaban)"),
    ("jawaban.json", lambda rows: rows["12.1"].update(value={"numerator": "7", "denominator": "6"}), "pembilang 7"),
    ("jawaban.json", lambda rows: rows["1.1"].update(value={"option": 99}), "pilihan nomor 99 tidak ada"),
    ("jawaban.json", lambda rows: rows.update({"99.9": {"value": None}}), "99.9 (jawaban): tidak ada"),
    ("putusan.json", lambda rows: rows["va"].pop("12.1"), "Pertanyaan 12.1: tertulis"),
    ("putusan.json", lambda rows: rows["va"]["2.3"].update(decision="agree"), "tidak dikenal"),
    ("putusan.json", lambda rows: rows.update(vf={}), "tahap vf tidak termasuk"),
    ("instrumen.json", lambda spec: spec["clusters"][0].update(weight="165"), "bukan instrumen dengan sidik"),
    ("pohon.json", raise_points, "Pertanyaan 1.1: tertulis"),
    ("pohon.json", raise_total, "Nilai: tertulis 999,00"),
    ("pohon.json", lambda content: content["tree"]["predikat"].update(code="kla", name="KLA"), "Predikat: tertulis KLA"),
    ("pohon.json", lambda content: content["tree"]["clusters"][6].update(points="0"), "Klaster K6: tertulis 0"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "words"), TAMPERED)
def test_whatever_was_changed_is_found(files, tmp_path, name, change, words):
    faults, _ = check(unpacked(changed(files, name, change), tmp_path))
    assert any(words in fault for fault in faults), faults


def test_points_are_found_even_under_a_new_seal(files, tmp_path):
    """Who also writes a new digest beside the changed tree gains nothing: the points are computed again."""
    content = json.loads(files["pohon.json"])
    raise_points(content)
    content["tree_digest"] = digest(content["tree"])
    faults, _ = check(unpacked(files | {"pohon.json": json.dumps(content).encode()}, tmp_path))
    assert [fault[:16] for fault in faults] == ["Pertanyaan 1.1: "]


def test_a_missing_file_is_told_and_no_traceback(files, tmp_path):
    code, said = build.run({name: text for name, text in files.items() if name != "putusan.json"}, tmp_path)
    assert code == 1
    assert said.startswith("Tidak dapat dihitung ulang: berkas kurang atau rusak")


def test_the_source_in_the_zip_is_this_file(files):
    assert files["hitung_ulang.py"] == SOURCE.read_bytes()
    assert importlib.util.find_spec("evaluations.reports.recompute").origin == str(SOURCE)
