"""A page by keyboard alone: go from stop to stop, and see at each one where one stands."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

STOP = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    const label = here.closest("label");
    const drawn = (element) => {
        const style = getComputedStyle(element);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none";
    };
    const box = here.getBoundingClientRect();
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const at = (x, y) => document.elementFromPoint(box.x + box.width * x, box.y + box.height * y);
    const points = [[.5, .5], [.1, .1], [.9, .1], [.1, .9], [.9, .9]].map(([x, y]) => at(x, y)).filter(Boolean);
    const uncovered = (found) => here.contains(found) || found.contains(here) || label?.contains(found);
    return {
        name: `${here.tagName.toLowerCase()} ${here.name || here.id || here.textContent.trim().slice(0, 40)}`,
        drawn: drawn(here) || Boolean(label && drawn(label)),
        shown: inside && points.some(uncovered),
        over: points[0]?.outerHTML.slice(0, 120), box: [box.x, box.y, box.width, box.height].map(Math.round),
    };
}"""
FAR = 400


def stop(page: Page) -> dict[str, object] | None:
    """``name``, ``drawn`` (a ring of 2 px or a shadow), ``shown`` (in the window, not wholly covered); None: nowhere."""
    found: dict[str, object] | None = page.evaluate(STOP)
    return found


def seen(page: Page) -> None:
    """Whoever looks at the page sees where the focus is."""
    here = stop(page)
    assert here, "the focus is lost"
    assert here["drawn"], f"the focus cannot be told: {here}"
    assert here["shown"], f"the focus is hidden: {here}"


def tab_to(page: Page, target: Locator, key: str = "Tab", limit: int = FAR) -> int:
    """Press ``key`` until ``target`` has the focus, looking at every stop; how many presses it took."""
    for pressed in range(limit):
        if target.evaluate("element => element === document.activeElement"):
            return pressed
        page.keyboard.press(key)
        # Past the last stop the browser's own bar has the focus, once; then the page begins again.
        if stop(page) is None:
            page.keyboard.press(key)
        seen(page)
    raise AssertionError(f"{limit} times {key} did not reach {target}")


def pick(page: Page, select: Locator, presses: int = 1) -> None:
    """An option of a closed list, by arrows."""
    tab_to(page, select)
    for _ in range(presses):
        page.keyboard.press("ArrowDown")
