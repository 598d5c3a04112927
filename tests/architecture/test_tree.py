"""House rules that a reader feels: small files, short functions, a README per package, nothing of one machine."""

from __future__ import annotations

import ast
import re

from tests.architecture.tree import PACKAGES, ROOT, files, modules, name, texts

FILE_LINES, TEMPLATE_LINES = 400, 150
FUNCTION_LINES, LONGEST_FUNCTION, SHARE = 40, 55, 50
"""Forty is the aim; one function in fifty may pass it by some lines, mostly of arguments by name."""

LONGER_FILES = {"static/js/base.js", "static/js/saving.js"}
"""Each one behaviour that would be harder to follow in two files."""

# Written in two halves, so that this file does not name them.
FOREIGN = re.compile(
    "|".join(
        re.escape(first + second)
        for first, second in (
            ("../sha", "red"), ("/wo", "rk/"), ("/ro", "ot/"), ("/opt/py", "pi"), ("/Use", "rs/"),
            ("pypi.", "org"), ("pythonhos", "ted.org"), ("registry.npm", "js"), ("unpkg.", "com"),
            ("jsdelivr.", "net"), ("cdnjs.cloud", "flare"), ("fonts.goog", "leapis"),
        )
    )
)  # fmt: skip


def lines(path):
    return path.read_text(encoding="utf-8").count("\n")


def test_files_stay_short():
    kinds = [*modules(*PACKAGES, ".ci"), *files("static", suffix=".js"), *files("static", suffix=".css")]
    assert len(kinds) > 100
    longer = {name(path): lines(path) for path in kinds if lines(path) > FILE_LINES}
    assert longer.keys() - LONGER_FILES == set(), longer


def functions():
    for path in modules(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name(path)}:{node.name}", node.end_lineno - node.lineno + 1


def test_functions_stay_short():
    lengths = dict(functions())
    longer = {where: length for where, length in lengths.items() if length > FUNCTION_LINES}
    assert len(lengths) > 500
    assert len(longer) * SHARE <= len(lengths), longer
    assert {where: length for where, length in longer.items() if length > LONGEST_FUNCTION} == {}


def test_templates_stay_short():
    templates = list(files("templates", suffix=".html"))
    assert templates
    assert {name(path): lines(path) for path in templates if lines(path) > TEMPLATE_LINES} == {}


def test_each_package_says_what_belongs_in_it():
    """Each with modules of its own; subfolders that Django prescribes speak for themselves."""
    prescribed = {"migrations", "management", "commands", "templatetags"}
    folders = {path.parent for path in modules(*PACKAGES) if not prescribed & set(path.parts)}
    folders |= {ROOT / top for top in ("templates", "static", "fixtures", "tests", "docs", ".ci")}
    missing = sorted(name(folder) for folder in folders if not (folder / "README.md").is_file())
    # A folder that only divides its parent (views of accounts, the demo's parts) is described there.
    described = {
        "kla_portal/accounts/domain",
        "kla_portal/accounts/views",
        "kla_portal/web/demo",
    }
    assert set(missing) <= described
    for folder in described:
        parent = (ROOT / folder).parent / "README.md"
        assert f"`{folder.rsplit('/', 1)[1]}/`" in parent.read_text(encoding="utf-8")


def test_nothing_of_one_machine_or_one_registry():
    found = [
        f"{name(path)}:{number}: {line.strip()[:80]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if FOREIGN.search(line)
    ]
    assert found == []


def test_nothing_is_left_for_later():
    """A half-done thing is no part of the product. The words stand apart, else this file would be found."""
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    assert [name(path) for path, text in texts() if later.search(text)] == []


def test_locks_name_no_download_address():
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--index-url|--find-links", text)


def test_the_run_time_lock_is_part_of_the_other():
    def pins(lock):
        text = (ROOT / lock).read_text(encoding="utf-8")
        return set(re.findall(r"^([a-z0-9-]+==\S+)", text, re.MULTILINE))

    run = pins("requirements.lock")
    assert len(run) > 20
    assert run <= pins("requirements-dev.lock")


def test_each_dependency_carries_its_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text[text.index("dependencies = [") : text.index("[project.optional-dependencies]")]
    wanted = [line for line in block.splitlines() if line.strip().startswith('"')]
    assert wanted
    assert [line for line in wanted if "#" not in line] == []
    assert len(wanted) <= 30
