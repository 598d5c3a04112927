"""The child by itself: fast to start, without Django, and what it does to text."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.files import reader, reading
from tests.evaluations.files import papers


def test_the_child_loads_no_django_and_only_the_parser_it_needs(tmp_path):
    loaded = "import sys; from evaluations.files import {}; print(' '.join(sys.modules))"

    def modules(names):
        done = subprocess.run(
            [sys.executable, "-P", "-c", loaded.format(names)],
            env=reading.environment(), cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return set(done.stdout.split())

    every = modules("reader, reader_pdf, reader_pictures, reader_office")
    assert {"pypdfium2", "PIL.Image", "defusedxml"} <= every
    assert not [name for name in every if name.startswith(("django", "kla_portal", "evaluations.models"))]
    assert not modules("reader") & {"pypdfium2", "PIL.Image", "defusedxml"}
    assert "PIL.TiffImagePlugin" not in modules("reader_pictures"), "no decoder beyond those we accept"


def test_the_first_line_repeats_the_job(tmp_path):
    """From it on, what goes wrong is the file's doing."""
    paper = tmp_path / "sk.pdf"
    paper.write_bytes(papers.letter("satu"))
    job = json.dumps(
        {"kind": "pdf", "page": 0, "memory": 10**9, "cpu": 9, "answer": 10**6, "text_pages": 9, "text_limit": 99,
         "text_total": 999, "thumbnail_side": 40}
    )  # fmt: skip
    with paper.open("rb") as file:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "evaluations.files.reader", job],
            stdin=file, env=reading.environment(), cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
    first, answer = done.stdout.split("\n")
    assert first == job
    assert json.loads(answer)["texts"] == ["satu"]
    assert done.stderr == ""
    assert [found.name for found in tmp_path.iterdir()] == ["sk.pdf"]


def test_the_limits_hold_for_the_process(tmp_path):
    """Each is tried out: a file, a process, memory."""
    tried = """
import os, resource
from evaluations.files.reader import _restrict
_restrict(memory=300_000_000, cpu=7, answer=1000)
print(resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_CORE))
print(resource.getrlimit(resource.RLIMIT_NPROC), resource.getrlimit(resource.RLIMIT_NOFILE))
try:
    bytearray(400_000_000)
except MemoryError:
    print("memory")
with open("keluar", "wb", buffering=0) as out:
    print(out.write(bytes(5000)))
"""
    done = subprocess.run(
        [sys.executable, "-c", tried], env=reading.environment(), capture_output=True, text=True, check=True,
        cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["(7, 12) (0, 0)", "(0, 0) (64, 64)", "memory", "1000"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("satu  dua\t tiga", "satu dua tiga"),
        ("satu\r\n\r\n  dua \r\n", "satu\ndua"),
        ("perlin\x02dungan", "perlin-\ndungan"),
        ("perlin\ufffedungan", "perlin-\ndungan"),
        ("e\u0301", "é"),
        ("nol\0, lebar\u200b, lunak\u00ad, urutan\ufeff", "nol, lebar, lunak, urutan"),
        ("\x07 \x1b", ""),
        ("baris\x85lain\u2028ketiga", "baris\nlain\nketiga"),
    ],
)
def test_text_is_tidied(before, after):
    assert reader.tidy(before) == after


@given(st.text(st.characters()))
def test_tidy_text_stays_as_it_is(text):
    once = reader.tidy(text)
    assert reader.tidy(once) == once == unicodedata.normalize("NFC", once)
    assert "\0" not in once
    assert once.encode().decode() == once
