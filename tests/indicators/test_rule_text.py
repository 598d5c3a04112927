"""A rule in words, best first."""

import pytest

from indicators.rule_text import describe_rule
from tests.indicators.small import small


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("1.1", [("Perda", "4"), ("Perbup", "2.5"), ("Instruksi", "2.5"), ("Tidak ada", "0")]),
        ("1.2", [("APBD", "2"), ("Sumber lain", "1.32"), ("Belum ada", "0")]),
        ("2.1a", [("≥ 95%", "2"), ("≥ 50,5%", "1"), ("≥ 0%", "0"), ("semua anak: 0", "1")]),
        ("2.1b", [("≤ 0 kasus", "1"), ("≤ 3 kasus", "0.5"), ("selebihnya", "0")]),
        ("2.1c", [("≤ −5%", "1"), ("selebihnya", "0")]),
        (
            "2.1d",
            [("Media: Ada", "0.5"), ("Media: Tidak", "0"), ("Usaha: Ada", "1.5"), ("Usaha: Tidak", "0")],
        ),
    ],
)
def test_lines_of_every_kind(code, lines):
    found = [(line.text, str(line.points)) for line in describe_rule(small().by_code[code])]
    assert found == lines


def test_every_question_of_kla_2023_has_lines_that_begin_with_its_maximum(kla_2023):
    for question in kla_2023.questions():
        lines = describe_rule(question)
        assert lines
        if question.rule.kind != "matrix":
            assert lines[0].points == question.weight
