"""What docs/benchmark.md says of a ratio and of the machine."""

from __future__ import annotations

import platform

import pytest

from tests.bench.report import Row, machine, ratio_words, table


@pytest.mark.parametrize(
    ("ratio", "words"), [(0.2482, "0.248"), (0.25, "0.250"), (9.996, "9.996"), (2, "2.000")]
)
def test_a_ratio_that_misses_its_bound_does_not_read_as_the_bound(ratio, words):
    row = Row("Page", "199/s", "bare read 838/s", ratio_words(ratio), "at least 0.25", ratio >= 0.25)
    assert ratio_words(ratio) == words
    assert ("NO" in table([row])) == (float(words) < 0.25)


def test_the_kernel_is_named_by_its_version_alone(db, monkeypatch):
    monkeypatch.setattr(platform, "release", lambda: "6.18.44-fc-v669")
    (line,) = [line for line in machine() if "Python" in line]
    assert "6.18, Python" in line
    assert "fc" not in line
