"""axe-core on the page that stands in the window: the rules of WCAG 2.0 to 2.2, levels A and AA."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

SCRIPT = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
"""The last one holds the size of what is touched (24 px)."""

# No <script>: that the pages' content policy would refuse. What the driver evaluates is not the page's.
LOAD = f"() => {{ if (!window.axe) {{ {SCRIPT} }} }}"
RUN = """async (tags) => {
    const found = await axe.run(document, {
        runOnly: {type: "tag", values: tags}, resultTypes: ["violations", "incomplete"], iframes: false,
    });
    const rows = (results) => results.flatMap(({id, nodes}) => nodes.slice(0, 3).map(({target, html, any, all, none}) => [
        id, target.join(" "), html.slice(0, 160), ([...any, ...all, ...none][0] || {}).message,
    ]));
    return {violations: rows(found.violations), incomplete: rows(found.incomplete)};
}"""
PARTS = """() => {
    const form = ["(prefers-color-scheme: dark)", "(max-width: 48rem)"].map((query) => matchMedia(query).matches).join();
    const sign = ({localName, className, type, attributes, hidden}) =>
        `${localName}.${className?.baseVal ?? className}:${type}:${hidden}:${attributes.length}`;
    const drawn = [...document.body.querySelectorAll("*")].filter((element) => !element.parentElement.closest("svg"));
    return [...new Set(drawn.map((element) => `${form} ${sign(element.parentElement)} > ${sign(element)}`))];
}"""

JUDGED = {
    ("color-contrast", "background gradient"): "the top bar: white on two dark greens, 11:1 and more",
    (
        "color-contrast",
        "background image",
    ): "closed lists, whose arrow is a picture: ink on the sheet, as in any field",
    ("color-contrast", "image node"): "words in drawn scales: ink-2 on the sheet, 7:1",
    (
        "color-contrast",
        "only non-text characters",
    ): "a sign beside a code or a word, in the same colours, which axe measures there",
    ("color-contrast", "obscured"): "the menu's row on phones, which scrolls; wide pages show its colours",
    ("color-contrast", "overlap"): "what lies under an open menu, a drawn map or the bar of unsent answers",
    ("th-has-data-cells", "missing or empty"): "a head over a body that the filters left empty",
}
"""(rule, part of its reason) of what axe leaves to an eye, and what the eye found. All else it leaves open is a fault."""

_known: set[str] = set()


def look(page: Page) -> dict[str, list[list[str]]]:
    """``violations`` and ``incomplete`` (what only an eye can judge): rule, where, its HTML, why; three of each rule."""
    page.evaluate(LOAD)
    found: dict[str, list[list[str]]] = page.evaluate(RUN, TAGS)
    return found


def violations(page: Page, place: str) -> list[str]:
    """One line for each fault of the page, ``place`` first; nothing is let by that axe could not decide."""
    found = look(page)
    undecided = [
        row
        for row in found["incomplete"]
        if not any(row[0] == rule and why in str(row[3]) for rule, why in JUDGED)
    ]
    return [f"{place}: axe: {' | '.join(map(str, row))}" for row in found["violations"] + undecided]


def new_violations(page: Page, place: str) -> list[str]:
    """The same for a crawl: a page built only of parts that were looked at before is not looked at again.

    A part is an element with its class, kind and number of attributes inside another such, in the dark or the light,
    on a wide or a narrow page.
    """
    parts: Any = page.evaluate(PARTS)
    if _known.issuperset(parts):
        return []
    _known.update(parts)
    return violations(page, place)
