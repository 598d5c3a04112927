"""A left-out test is named; in CI it fails the run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT

TESTS = """
import pytest
from tests.leftout import needs_program

@needs_program("no-such-program", "its-package")
def test_needs_a_program(): ...

def test_decides_while_running():
    pytest.skip("no chromium here")

def test_runs(): ...
"""


@pytest.fixture
def run_tests(tmp_path):
    """``run_tests(ci="true")`` runs three tests, two of which cannot run here."""
    (tmp_path / "test_it.py").write_text(TESTS)

    def run(*options: str, ci: str) -> subprocess.CompletedProcess[str]:
        bare = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        environment = os.environ | bare | {"CI": ci}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.leftout",
            "-p",
            "no:cacheprovider",
        ]
        return subprocess.run(
            [*command, "-q", "-c", os.devnull, f"--rootdir={tmp_path}", *options, "test_it.py"],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    return run


def test_each_is_named_with_its_reason(run_tests):
    done = run_tests(ci="")
    assert done.returncode == 0, done.stdout
    assert (
        "test_it.py::test_needs_a_program: no-such-program is not installed (apt install its-package)"
        in done.stdout
    )
    assert "test_it.py::test_decides_while_running: no chromium here" in done.stdout
    assert "2 tests were left out; all others ran." in done.stdout


def test_ci_fails(run_tests):
    done = run_tests(ci="true")
    assert done.returncode == 1
    assert "2 tests were left out; CI needs every test: this run has failed." in done.stdout


def test_ci_is_content_when_none_is_left_out(run_tests):
    done = run_tests("-k", "runs", ci="true")
    assert done.returncode == 0
    assert "left out" not in done.stdout
