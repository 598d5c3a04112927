"""The long files begin first, and the others keep the order that chance gave them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT
from tests.order import LONG, rank

PAGES, DEMO = LONG[:2]


def test_the_long_files_exist_once():
    assert [path for path in LONG if not (ROOT / path).is_file()] == []
    assert len(LONG) == len(set(LONG))


def test_long_before_short_and_else_as_it_was():
    shuffled = ["tests/b.py::test_2", f"{DEMO}::test_9", "tests/a.py::test_1", f"{PAGES}::test_z[x::y]",
                f"{DEMO}::test_1", "tests/b.py::test_1"]  # fmt: skip
    assert sorted(shuffled, key=rank) == [
        f"{PAGES}::test_z[x::y]", f"{DEMO}::test_9", f"{DEMO}::test_1",
        "tests/b.py::test_2", "tests/a.py::test_1", "tests/b.py::test_1",
    ]  # fmt: skip


@pytest.mark.parametrize("processes", ["0", "1"])
def test_only_where_several_processes_share_the_files(tmp_path, processes):
    """Two files, the long one behind: pytest itself says which it began with."""
    for path in ("tests/a/test_few.py", PAGES):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("def test_it(): ...\n")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-v", "-c", os.devnull, f"--rootdir={tmp_path}", "-n", processes),
            *("-p", "tests.order", "-p", "no:django", "-p", "no:randomly", "-p", "no:cacheprovider"),
            *("--dist", "loadfile", "--no-loadscope-reorder", "tests"),
        ],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    said = [line for line in done.stdout.splitlines() if "PASSED" in line]
    first = PAGES if processes == "1" else "tests/a/test_few.py"
    assert len(said) == 2 and first in said[0], done.stdout
