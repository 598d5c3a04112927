"""Every text that a person can read: templates (pages, papers, e-mails), Python and JavaScript literals, the guide, the instrument.

Drawn from the sources themselves, so that a new page is held to the glossary on its first day. A literal counts as a text when it
has two words or begins like a sentence; what goes to logs, to programmers and to patterns is left out by the call it stands in.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

from tests.architecture.tree import PACKAGES, ROOT, files, modules, name

GAP = "…"
"""Stands where a value is put in."""

TAGS = re.compile(
    r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}|(?P<tag>\{%.*?%\}|\{\{.*?\}\})|<!--.*?-->", re.DOTALL
)
QUOTED = re.compile(r'"([^"]*)"|\'([^\']*)\'')
ATTRIBUTES = {
    "alt",
    "title",
    "aria-label",
    "aria-description",
    "placeholder",
    "label",
    "content",
    "value",
    "summary",
}

LOGS = {"debug", "info", "warning", "error", "exception", "critical"}
UNREAD = {
    "ValueError",
    "TypeError",
    "RuntimeError",
    "KeyError",
    "LookupError",
    "AssertionError",
    "NotImplementedError",
}
UNREAD |= {"Counter", "Gauge", "Histogram", "RunSQL"}
"""Python's own exceptions are for programmers; metrics for machines."""

SENTENCE = re.compile(r"[^\W\d_]\S*\s+\S*[^\W\d_]|^[A-Z][a-z]+\b(?![-/.\w]*[-/_])")
SCRIPT = re.compile(
    r"//[^\n]*|/\*.*?\*/|(?P<text>\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)", re.DOTALL
)
HOLE = re.compile(r"\$\{[^}]*\}")


class Text(NamedTuple):
    path: str
    line: int
    said: str


def line_of(source: str, at: int) -> int:
    return source.count("\n", 0, at) + 1


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"script", "style"}
        for key, value in attrs:
            if value and (key in ATTRIBUTES or key.startswith("data-")) and SENTENCE.search(value):
                self.found.append((self.getpos()[0], value))

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self.silent and re.search(r"[^\W\d_]{2}", data):
            self.found.append((self.getpos()[0], data))


def of_template(source: str, *, plain: bool = False) -> Iterator[tuple[int, str]]:
    """(line, text) of text nodes, of attributes that are shown or read out, and of literals given to template tags."""

    def without(match: re.Match[str]) -> str:
        return (GAP if match["tag"] else "") + "\n" * match.group().count("\n")

    for match in TAGS.finditer(source):
        for quoted in QUOTED.finditer(match["tag"] or ""):
            literal = quoted[1] or quoted[2] or ""
            if SENTENCE.search(literal):
                yield line_of(source, match.start()), literal
    bare = TAGS.sub(without, source)
    if plain:
        yield from enumerate(bare.splitlines(), start=1)
        return
    page = Page()
    page.feed(bare)
    page.close()
    yield from page.found


class Literals(ast.NodeVisitor):
    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # docstrings stand alone
            self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if not any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets):
            self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        if not isinstance(node.slice, ast.Constant):  # a key or a type
            self.visit(node.slice)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func
        owner = (
            called.value.id
            if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name)
            else ""
        )
        named = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if owner == "re" or (owner in {"logger", "log"} and named in LOGS) or (not owner and named in UNREAD):
            return
        self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [part.value if isinstance(part, ast.Constant) else GAP for part in node.values]
        self.keep(node.lineno, "".join(map(str, parts)))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.keep(node.lineno, node.value)

    def keep(self, line: int, said: str) -> None:
        if SENTENCE.search(said):
            self.found.append((line, said))


def of_python(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of the literals that may reach a person; an f-string is one text with gaps."""
    literals = Literals()
    literals.visit(ast.parse(source))
    yield from literals.found


def of_script(source: str) -> Iterator[tuple[int, str]]:
    for match in SCRIPT.finditer(source):
        said = HOLE.sub(GAP, (match["text"] or "")[1:-1])
        if SENTENCE.search(said):
            yield line_of(source, match.start()), said


def of_lines(source: str) -> Iterator[tuple[int, str]]:
    """Prose, one line at a time; addresses of pictures and pages are not said."""
    for number, line in enumerate(source.splitlines(), start=1):
        yield number, re.sub(r"\]\([^)]*\)", "]", line).partition("# ")[2 if line.startswith("# ") else 0]


def screens() -> Iterator[Text]:
    """What the portal, its papers, its e-mails and its guide say."""
    for path in files("templates", "deploy"):
        if path.suffix in {".html", ".txt", ".svg"}:
            found = of_template(path.read_text(encoding="utf-8"), plain=path.suffix == ".txt")
            yield from (Text(name(path), *each) for each in found)
    for path in modules(*PACKAGES):
        yield from (Text(name(path), *each) for each in of_python(path.read_text(encoding="utf-8")))
    for path in files("static/js", suffix=".js"):
        yield from (Text(name(path), *each) for each in of_script(path.read_text(encoding="utf-8")))
    for path in files("docs/panduan", suffix=".md"):
        yield from (Text(name(path), *each) for each in of_lines(path.read_text(encoding="utf-8")))


def instruments() -> Iterator[Text]:
    """The ruler's own words: its spelling is ours, its choice of words partly the regulation's."""
    for path in (ROOT / "fixtures/instruments").glob("*.yaml"):
        yield from (Text(name(path), *each) for each in of_lines(path.read_text(encoding="utf-8")))
