"""The key of a stored file changes with everything that changes the file."""

from __future__ import annotations

import pytest

from evaluations.reports import keys
from evaluations.reports.keys import report_key, template_version


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """Templates and styles in a folder of their own; the version is computed anew."""
    for path in keys.template_folder().iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(keys, "template_folder", lambda: tmp_path)
    template_version.cache_clear()
    yield tmp_path
    template_version.cache_clear()


def test_same_question_same_key_other_question_other_key():
    key = report_key("district", {"digest": "a", "receipt": None})
    assert key == report_key("district", {"receipt": None, "digest": "a"})
    assert len(key) == 64
    assert len({key, report_key("receipt", {"digest": "a"}), report_key("district", {"digest": "b"})}) == 3
    assert report_key("ranking.xlsx", {}) != report_key("ranking.csv", {})


@pytest.mark.parametrize("name", ["district.html", "konsep.svg", "paper.css"])
def test_a_changed_template_changes_the_key(copied, name):
    before = report_key("district", {})
    path = copied / name
    path.write_text(path.read_text() + "\n")
    template_version.cache_clear()
    assert report_key("district", {}) != before


def test_library_versions_count(monkeypatch):
    template_version.cache_clear()
    before = template_version()
    monkeypatch.setattr(keys, "version", lambda library: "0")
    template_version.cache_clear()
    assert template_version() != before
    template_version.cache_clear()


def test_every_kind_of_source_is_covered():
    names = {path.name for path in keys.sources()}
    assert {"paper.css", "konsep.svg", "charts.py", "pdf.py", "_cover.html", "ranking.html"} <= names
