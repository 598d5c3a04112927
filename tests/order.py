"""With several test processes the longest files begin first, or one process ends minutes after the other.

``--dist loadfile`` hands whole files to the processes, by itself those with the most tests first; but what takes long
here is few tests: a journey in the browser, the demo. So ``make test`` keeps the order of the collection
(``--no-loadscope-reorder``), and the collection has the files of ``LONG`` in front. The rest stays in its random order.
The folders of ``TOGETHER`` go as a whole.
"""

from __future__ import annotations

from typing import Any

import pytest

LONG = (
    "tests/browser/test_pages.py",
    # Second, so that it fills the other process while the first builds the demo; what needs the demo comes after.
    "tests/architecture/matrix/test_matrix.py",
    # A process keeps its Chromium as long as it stays in this folder (tests/browser/conftest.py).
    "tests/browser/test_outbox.py",
    "tests/browser/test_axe.py",
    "tests/browser/test_axe_states.py",
    "tests/browser/test_saving.py",
    "tests/browser/test_uploads.py",
    "tests/browser/test_verification.py",
    "tests/browser/test_guide.py",
    "tests/browser/test_keyboard.py",
    "tests/browser/test_journeys.py",
    "tests/browser/test_guide_library.py",
    "tests/browser/test_budget.py",
    "tests/browser/test_conflict.py",
    "tests/browser/test_rows.py",
    "tests/browser/test_target_journey.py",
    "tests/browser/test_guide_plan.py",
    "tests/browser/test_evidence_journey.py",
    "tests/browser/test_question_page.py",
    "tests/browser/test_spoken.py",
    "tests/browser/test_workbook_journey.py",
    "tests/browser/test_province_journey.py",
    "tests/browser/test_units_journey.py",
    "tests/hostile/test_queries.py",
    "tests/endurance/test_killed.py",
    "tests/endurance/test_two_hosts.py",
    "tests/architecture/matrix/test_stages.py",
    "tests/hostile/test_scripts.py",
    "tests/hostile/test_requests.py",
    "tests/hostile/test_formulas.py",
    "tests/endurance/test_full_disk.py",
    "tests/kla_portal/operations/backup/test_round_trip.py",
    "tests/deploy/test_nginx.py",
    "tests/architecture/test_posting.py",
    "tests/architecture/test_production.py",
    "tests/evaluations/workbooks/test_libreoffice.py",
    "tests/evaluations/history/test_stages_view.py",
    "tests/evaluations/reports/test_pdf.py",
    "tests/kla_portal/web/test_seed_demo.py",
)
"""The browser's files, then the others that take long; longest first in both, by their processor time."""

TOGETHER = ("tests/kla_portal/operations/backup/", "tests/deploy/")
"""Folders whose files share what takes long to make: one process has them all."""

RANK = {path: rank for rank, path in enumerate(LONG)}


def rank(path: str) -> int:
    """Where the file of this node id (``tests/a.py::test_b``) stands; all others stand together behind."""
    return RANK.get(path.split("::", 1)[0], len(RANK))


def block(nodeid: str) -> str:
    """What one process takes as a whole: the file, or the folder."""
    file = nodeid.split("::", 1)[0]
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object | None:
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Blocks(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return block(nodeid)

    return Blocks(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # One process alone is as quick in any order, and needs pytest-django's: what flushes the database comes last.
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: rank(item.nodeid))
