"""The contracts of pyproject.toml: imports point one way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, modules, name

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def test_imports_point_one_way():
    done = subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("library", "importers"),
    [
        ("weasyprint", {"evaluations/reports/press.py"}),
        (
            "openpyxl",
            {
                "evaluations/reports/action_reader.py",
                "evaluations/reports/action_xlsx.py",
                "evaluations/reports/analysis_xlsx.py",
                "evaluations/reports/sheets.py",
                "evaluations/reports/stages_xlsx.py",
                "evaluations/reports/tree_xlsx.py",
                "evaluations/reports/unit_sheet.py",
                "evaluations/reports/workbook/",
                "evaluations/reports/xlsx.py",
                "kla_portal/accounts/sheets.py",
            },
        ),
        ("pyhanko", {"evaluations/reports/signing.py"}),
        ("segno", {"evaluations/reports/seal.py", "kla_portal/accounts/domain/second_factor.py"}),
        ("yaml", {"indicators/domain"}),
    ],
)
def test_few_importers_each(library, importers):
    found = {
        name(path)
        for path in modules("kla_portal", "indicators", "evaluations")
        if any(
            line.strip().startswith((f"import {library}", f"from {library}"))
            for line in path.read_text(encoding="utf-8").splitlines()
        )
    }
    assert found
    # The demo writes Office files as a person's office would.
    outside = {path for path in found if not path.startswith((*importers, "kla_portal/web/demo"))}
    assert outside == set()


GUARDED_SAVE = {"indicators/models/base.py"}
"""Refuses to save or delete a frozen row, and does nothing else."""


def test_no_signals_and_no_logic_in_save():
    for path in modules("kla_portal", "indicators", "evaluations"):
        text = path.read_text(encoding="utf-8")
        assert "django.db.models.signals" not in text, name(path)
        assert "@receiver" not in text, name(path)
        if name(path) not in GUARDED_SAVE:
            assert "def save(self" not in text, name(path)
