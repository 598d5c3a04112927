"""Tests that a machine cannot run are named at the end; in CI (``CI=true``) one such test fails the run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable

import pytest


def needs_program(program: str, package: str) -> pytest.MarkDecorator:
    """Leave a test out where ``program`` is missing: ``@needs_program("pdftotext", "poppler-utils")``."""
    return pytest.mark.skipif(
        shutil.which(program) is None, reason=f"{program} is not installed (apt install {package})"
    )


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true"}


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(report.longrepr)


def left_out(config: pytest.Config) -> list[tuple[str, str]]:
    """(Test, reason) of each skipped test so far."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped: Iterable[pytest.TestReport] = reporter.stats.get("skipped", ()) if reporter else ()
    return [(report.nodeid, _reason(report)) for report in skipped]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if in_ci() and left_out(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = left_out(config)
    if not skipped:
        return
    terminalreporter.section("left out")
    for test, reason in skipped:
        terminalreporter.line(f"{test}: {reason}")
    word = "1 test was" if len(skipped) == 1 else f"{len(skipped)} tests were"
    verdict = "CI needs every test: this run has failed" if in_ci() else "all others ran"
    terminalreporter.line(f"{word} left out; {verdict}.", yellow=not in_ci(), red=in_ci())
