"""The long files begin first, and the others keep the order that chance gave them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT
from tests.order import LONG, TOGETHER, block, rank

PAGES, MATRIX = LONG[:2]
FILES = ("--dist", "loadfile", "--no-loadscope-reorder")
BARE = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def test_the_long_files_exist_once():
    assert [path for path in LONG if not (ROOT / path).is_file()] == []
    assert len(LONG) == len(set(LONG))


def test_long_before_short_and_else_as_it_was():
    shuffled = ["tests/b.py::test_2", f"{MATRIX}::test_9", "tests/a.py::test_1", f"{PAGES}::test_z[x::y]",
                f"{MATRIX}::test_1", "tests/b.py::test_1"]  # fmt: skip
    assert sorted(shuffled, key=rank) == [
        f"{PAGES}::test_z[x::y]", f"{MATRIX}::test_9", f"{MATRIX}::test_1",
        "tests/b.py::test_2", "tests/a.py::test_1", "tests/b.py::test_1",
    ]  # fmt: skip


def run(folder, *options):
    """What pytest says of each test in this folder, the plugin loaded and hardly another one."""
    plugins = ("-p", "tests.order", "-p", "xdist.plugin", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-c", os.devnull, f"--rootdir={folder}", *plugins, *options, "tests"],
        cwd=folder, env=os.environ | BARE, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return [line for line in done.stdout.splitlines() if "PASSED" in line]


def write(folder, *paths):
    for path in paths:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("def test_it(): ...\n")


@pytest.mark.parametrize("processes", ["0", "1"])
def test_only_where_several_processes_share_the_files(tmp_path, processes):
    """Two files, the long one behind: pytest itself says which it began with."""
    write(tmp_path, "tests/a/test_few.py", PAGES)
    said = run(tmp_path, "-n", processes, *FILES)
    first = PAGES if processes == "1" else "tests/a/test_few.py"
    assert len(said) == 2 and first in said[0], said


def test_one_process_takes_a_folder_that_belongs_together(tmp_path):
    """Four files in it and as many outside, by two processes: else they would take turns."""
    inside = [f"{TOGETHER[0]}test_{n}.py" for n in range(4)]
    write(tmp_path, *inside, *(f"tests/z/test_z{n}.py" for n in range(4)))
    said = run(tmp_path, "-n", "2", *FILES)
    who = {line.split("] ")[0].split("[")[1]: line for line in said if TOGETHER[0] in line}
    assert len(said) == 8 and len(who) == 1, said
    assert len({line.split("] ")[0] for line in said}) >= 2, said


def test_a_block_is_a_file_or_a_folder():
    folder = TOGETHER[0]
    assert {block(f"{folder}test_a.py::test_1"), block(f"{folder}test_b.py::test_2")} == {folder}
    assert block("tests/a/test_a.py::test_1[x::y]") == "tests/a/test_a.py"
    assert all((ROOT / folder).is_dir() for folder in TOGETHER)
