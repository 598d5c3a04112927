"""Names inside the ZIP: what Windows refuses is not in them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.domain.evidence.archive_paths import (
    CLUSTER,
    FILE,
    INDICATOR,
    SLOT,
    extension_of,
    file_name,
    folder_of,
    safe_part,
)

REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]')


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("SK Bupati", "SK Bupati"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("Com¹", "_Com¹"),
        ("console", "console"),
        ("titik di akhir. . .", "titik di akhir"),
        (" . ", "tanpa judul"),
        ("", "tanpa judul"),
        ("a\r\nb\tc", "a b c"),
        ("laporan\u202efdp.exe", "laporan fdp.exe"),
        ("Notule\u0301n", "Notulén"),
    ],
)
def test_a_part_of_a_path(text, part):
    assert safe_part(text, 40) == part


@settings(max_examples=60)
@given(st.text(), st.integers(8, 60))
def test_no_part_is_refused_anywhere(text, limit):
    part = safe_part(text, limit)
    assert part
    assert len(part) <= max(limit, len("tanpa judul"))
    assert not REFUSED.search(part)
    assert part == part.strip(" .")
    assert part.partition(".")[0].casefold() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}


@settings(max_examples=60)
@given(st.text(), st.integers(1, 5000))
def test_a_file_keeps_its_number_and_its_ending(title, number):
    name = file_name(number, title, "pdf")
    assert name.startswith(f"{number:02d}")
    assert name.endswith(".pdf")
    assert len(name) <= FILE


@pytest.mark.parametrize(
    ("filename", "extension"),
    [("a.PDF", "pdf"), ("a.tar.gz", "gz"), ("tanpa", ""), ("a.p/df", ""), ("a.ekstensi", ""), ("a.é", "")],
)
def test_the_ending_is_a_plain_one(filename, extension):
    assert extension_of(filename) == extension


def test_every_slot_has_a_folder_of_its_own_that_is_short_enough(spec):
    folders = [
        folder_of(cluster, indicator, question, slot)
        for cluster in spec.clusters
        for indicator in cluster.indicators
        for question in indicator.questions
        for slot in question.slots
    ]
    assert len(folders) > 200
    assert len({folder.casefold() for folder in folders}) == len(folders)
    assert max(map(len, folders)) <= CLUSTER + INDICATOR + SLOT + 2
    assert CLUSTER + INDICATOR + SLOT + FILE + 3 < 180
