"""``manage.py score``: the shape it prints, and exit code 2 with one line per fault."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError

from evaluations.management.commands import score as command
from evaluations.scoring.hints import best_answer
from evaluations.scoring.score import score, tree_to_summary
from indicators.domain.importing import parse_instrument
from indicators.models import Instrument

ROOT = Path(__file__).parents[2]
FILE = ROOT / "fixtures" / "instruments" / "kla-2023.yaml"
EXAMPLE = {
    "1.1": {"option": 0},
    "4.1": {"numerator": "950", "denominator": "1000"},
    "8.1": {"value": "6"},
    "12.4": {"previous": "12", "current": "10"},
    "3.1a": {"rows": [0, 1, 3]},
}


@pytest.fixture(scope="module")
def kla():
    return parse_instrument(FILE.read_text(encoding="utf-8"), name=FILE.name)


@pytest.fixture
def run(tmp_path, capsys):
    """Runs the command on a content (text, bytes, or made JSON): exit code, stdout, lines of stderr."""

    def call(content, instrument=str(FILE), answers=None):
        if answers is None:
            answers = tmp_path / "jawaban.json"
            text = content if isinstance(content, str | bytes) else json.dumps(content)
            answers.write_bytes(text if isinstance(text, bytes) else text.encode())
        code = 0
        try:
            call_command("score", instrument=instrument, answers=str(answers))
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err.splitlines()

    return call


def test_prints_the_whole_tree(run, kla):
    code, out, err = run(EXAMPLE)
    printed = json.loads(out)
    assert (code, err) == (0, [])
    assert list(printed) == ["total", "predikat", "clusters", "indicators", "questions"]
    assert (printed["total"], printed["predikat"]) == ("24.50", "inisiasi")
    assert printed["clusters"]["K0"] == "14.5"
    assert printed["indicators"]["1"] == "12"
    assert printed["questions"]["1.1"] == {
        "points": "12",
        "reason": "Peraturan Daerah tentang KLA: 12 dari 12 poin",
    }
    assert len(printed["questions"]) == 274
    assert printed["questions"]["2.1"]["reason"].startswith("Belum dijawab: 0 dari ")
    assert printed == tree_to_summary(score(kla, EXAMPLE))


def test_best_answers_print_1000(run, kla):
    _, out, _ = run({question.code: best_answer(question.rule) for question in kla.questions()})
    printed = json.loads(out)
    assert (printed["total"], printed["predikat"]) == ("1000.00", "kla")
    assert "note" not in printed


def test_no_answers_print_0(run):
    code, out, _ = run({})
    assert (code, json.loads(out)["total"]) == (0, "0.00")


def test_null_is_unanswered_and_half_an_answer_is_legal(run):
    code, out, _ = run({"1.1": None, "4.1": {"numerator": "3", "denominator": None}})
    half = json.loads(out)["questions"]["4.1"]
    assert (code, half["points"]) == (0, "0")
    assert half["reason"] == (
        "Belum lengkap: 0 dari 1 poin; belum diisi: penyebut (seluruh anak berusia di bawah 18 tahun)"
    )


def test_a_gap_between_the_published_bands_is_noted(run, kla):
    answers = gap_answers(kla)
    _, out, _ = run(answers)
    printed = json.loads(out)
    assert 600 < float(printed["total"]) < 601
    assert printed["predikat"] == "madya"
    assert printed["note"].startswith(f"Nilai {printed['total'].replace('.', ',')} berada di antara")


def gap_answers(kla):
    """Best answers, added while the total stays below 601."""
    answers = {}
    for question in kla.questions():
        more = {**answers, question.code: best_answer(question.rule)}
        if score(kla, more).total < 601:
            answers = more
    assert score(kla, answers).note, "the instrument has no such sum; choose another order"
    return answers


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ({"99.9": {"option": 0}}, ["99.9: butir tidak ada dalam instrumen kla-2023."]),
        ({"1.1": {"value": "3"}}, ["1.1: Isi jawaban butir ini hanya option; tidak dikenal: value."]),
        ({"1.1": {}}, ["1.1: Isi jawaban butir ini harus memuat option; kurang: option."]),
        ({"1.1": [0]}, ["1.1: Isi jawaban butir ini harus memuat option."]),
        ({"1.1": {"option": 99}}, ["1.1: Pilihan harus nomor 0 sampai 5."]),
        ({"1.1": {"option": "0"}}, ["1.1: Pilihan harus nomor pilihan, bilangan bulat mulai dari 0."]),
        ({"1.1": {"option": True}}, ["1.1: Pilihan harus nomor pilihan, bilangan bulat mulai dari 0."]),
        ({"8.1": {"value": "-1"}}, ["8.1: Jumlah tidak boleh kurang dari 0 (−1)."]),
        (
            '{"8.1": {"value": 6.5}}',
            ["8.1: Jumlah harus bilangan bulat; pecahan seperti 12,5 tidak diterima."],
        ),
        (
            '{"8.1": {"value": 6.0}}',
            ["8.1: Jumlah harus bilangan bulat; pecahan seperti 12,5 tidak diterima."],
        ),
        ('{"8.1": {"value": 1e9}}', ["8.1: Jumlah harus bilangan bulat, ditulis dengan angka saja."]),
        ('{"8.1": {"value": NaN}}', ["8.1: Jumlah harus bilangan bulat, ditulis dengan angka saja."]),
        ('{"8.1": {"value": -Infinity}}', ["8.1: Jumlah harus bilangan bulat, ditulis dengan angka saja."]),
        ('{"8.1": {"value": ' + "9" * 5000 + "}}", ["8.1: Jumlah paling panjang 12 angka."]),
        ('{"1.1": {"option": ' + "9" * 5000 + "}}", None),
        (
            {"4.1": {"numerator": "4620", "denominator": "4508"}},
            ["4.1: Pembilang tidak boleh lebih besar dari penyebut (4.620 > 4.508)."],
        ),
        ({"3.1a": {"rows": [0, 1]}}, ["3.1a: Baris harus berupa daftar 3 nomor pilihan."]),
        (
            {"x\ny": None, "12.4": {"previous": "a", "current": "-2"}, "1.1": {"option": -1}},
            [
                "x y: butir tidak ada dalam instrumen kla-2023.",
                "12.4: Angka tahun lalu harus bilangan bulat, ditulis dengan angka saja.",
                "12.4: Angka tahun ini tidak boleh kurang dari 0 (−2).",
                "1.1: Pilihan harus nomor 0 sampai 5.",
            ],
        ),
    ],
)
def test_impossible_answers_exit_2_with_a_line_each(run, content, lines):
    code, out, err = run(content)
    assert (code, out) == (2, "")
    assert err == lines if lines else len(err) == 1


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("", "bukan JSON yang sah"),
        ("{", "bukan JSON yang sah"),
        ('{"1.1": {"option": 0}, "1.1": {"option": 1}}', "kunci ganda: 1.1"),
        ('{"4.1": {"numerator": "1", "numerator": "2", "denominator": "3"}}', "kunci ganda: numerator"),
        ("[" * 100_000, "bukan JSON yang sah"),
        ("[]", "harus satu objek JSON"),
        ("null", "harus satu objek JSON"),
        ("12", "harus satu objek JSON"),
        (b"\xff\xfe{}", "tidak dapat dibaca"),
    ],
)
def test_an_unusable_file_exits_2_with_one_line(run, content, part):
    code, out, err = run(content)
    assert (code, out, len(err)) == (2, "", 1)
    assert part in err[0]


def test_a_byte_order_mark_is_read_over(run):
    code, out, _ = run(b"\xef\xbb\xbf" + json.dumps(EXAMPLE).encode())
    assert (code, json.loads(out)["total"]) == (0, "24.50")


@pytest.mark.parametrize("name", ["tidak-ada.json", "."])
def test_a_missing_file_exits_2(run, tmp_path, name):
    code, out, err = run(None, answers=tmp_path / name)
    assert (code, out, len(err)) == (2, "", 1)
    assert "tidak dapat dibaca" in err[0]


def test_a_dash_reads_standard_input(run, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(EXAMPLE).encode())))
    code, out, _ = run(None, answers="-")
    assert (code, json.loads(out)["total"]) == (0, "24.50")


def test_a_terminal_without_the_signs_still_gets_json(kla, tmp_path):
    answers = tmp_path / "jawaban.json"
    answers.write_text(json.dumps(EXAMPLE))
    plain = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    call_command("score", instrument=str(FILE), answers=str(answers), stdout=plain)
    plain.flush()
    assert json.loads(plain.buffer.getvalue()) == tree_to_summary(score(kla, EXAMPLE))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["kla-2099", "../instruments/kla-2023", "", "tidak-ada.yaml"])
def test_an_unknown_instrument_exits_2(run, name):
    code, out, err = run(EXAMPLE, instrument=name)
    assert (code, out, len(err)) == (2, "", 1)
    assert "tidak ditemukan" in err[0] or "tidak dapat dibaca" in err[0]


def test_a_faulty_instrument_file_exits_2(run, tmp_path):
    faulty = tmp_path / "salah.yaml"
    faulty.write_text(
        FILE.read_text(encoding="utf-8").replace("weight: 164", "weight: 165"), encoding="utf-8"
    )
    code, out, err = run(EXAMPLE, instrument=str(faulty))
    assert (code, out) == (2, "")
    assert err
    assert all(line.strip() for line in err)
    assert any("164" in line or "165" in line for line in err)


@pytest.mark.django_db
def test_the_databases_instrument_comes_first_and_scores_the_same(run, kla, monkeypatch):
    def unread(text, *, name):
        raise AssertionError(f"{name} was read although the database has the instrument")

    monkeypatch.setattr(command, "parse_instrument", unread)
    code, out, _ = run(EXAMPLE, instrument="kla-2023")
    assert code == 0
    assert json.loads(out) == tree_to_summary(score(kla, EXAMPLE))


@pytest.mark.parametrize("error", [Instrument.DoesNotExist, OperationalError("no such table")])
def test_without_the_row_or_the_table_the_shipped_file_is_read(run, monkeypatch, error):
    def broken(code):
        raise error

    monkeypatch.setattr(command, "_has_database", lambda: True)
    monkeypatch.setattr(command, "spec_by_code", broken)
    code, out, _ = run(EXAMPLE, instrument="kla-2023")
    assert (code, json.loads(out)["total"]) == (0, "24.50")


def test_as_a_command_line_without_database_or_server(tmp_path):
    def manage(*arguments, **kwargs):
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "score", *arguments],
            capture_output=True,
            env={**os.environ, "KLA_MODE": "test", "KLA_DATA_DIR": str(tmp_path), "DATABASE_URL": "",
                 "DJANGO_SETTINGS_MODULE": "kla_portal.settings", "PYTHONIOENCODING": "utf-8"},
            check=False,
            **kwargs,
        )  # fmt: skip

    good = manage("--instrument", "kla-2023", "--answers", "-", input=json.dumps(EXAMPLE).encode())
    assert (good.returncode, good.stderr) == (0, b"")
    assert json.loads(good.stdout)["total"] == "24.50"
    bad = manage("--instrument", "kla-2023", "--answers", "-", input=b'{"1.1": {"option": 9}}')
    assert (bad.returncode, bad.stdout) == (2, b"")
    assert bad.stderr.decode().splitlines() == ["1.1: Pilihan harus nomor 0 sampai 5."]
    assert manage("--instrument", "kla-2023").returncode == 2
    assert not list(tmp_path.iterdir()), "a calculation leaves no database behind"
