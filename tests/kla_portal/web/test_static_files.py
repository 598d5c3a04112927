"""Of the packages only those static files are served that a page links; of ours, all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.utils import get_files

TEMPLATES = Path(settings.BASE_DIR) / "templates"


@pytest.fixture(scope="module")
def served() -> set[str]:
    patterns = apps.get_app_config("staticfiles").ignore_patterns
    return {
        f"{prefix}/{path}" if (prefix := getattr(storage, "prefix", "")) else path
        for finder in finders.get_finders()
        for path, storage in finder.list(patterns)
    }


def linked() -> set[str]:
    return {
        name
        for page in TEMPLATES.rglob("*.html")
        for name in re.findall(r"\{% static '([^']+)' %\}", page.read_text(encoding="utf-8"))
    }


def test_what_a_page_links_is_served(served):
    assert {"bootstrap/css/bootstrap.min.css", "django_htmx/htmx-2.min.js", "css/tokens.css"} <= linked()
    assert linked() <= served


def test_of_the_packages_little_more_is_served(served):
    from_packages = {name for name in served if name.startswith(("bootstrap/", "django_htmx/"))}
    spare = {name for name in from_packages - linked() if not name.endswith(".map")}
    assert len(spare) <= 3, sorted(spare)
    assert not any(name.startswith("admin/") for name in served), "the admin site is off"


def test_our_own_files_are_all_served(served):
    root = Path(settings.BASE_DIR) / "static"
    ours = {
        str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and path.name != "README.md"
    }
    assert ours <= served
    assert "README.md" not in served


def test_nothing_of_ours_is_read_from_elsewhere():
    """No page loads from another host: the portal works in a closed network."""
    for page in TEMPLATES.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text), page
    for sheet in get_files_of("css"):
        assert not re.search(r"@import|url\(['\"]?(?:https?:)?//", sheet.read_text(encoding="utf-8")), sheet


def get_files_of(kind: str) -> list[Path]:
    root = Path(settings.BASE_DIR) / "static"
    return [path for path in root.rglob(f"*.{kind}") if path.is_file()]


def test_the_patterns_do_not_swallow_a_file_of_ours():
    patterns = apps.get_app_config("staticfiles").ignore_patterns
    (finder,) = [f for f in finders.get_finders() if hasattr(f, "locations")]
    for prefix, root in finder.locations:
        if not prefix:
            kept = set(get_files(finder.storages[root], patterns))
            every = set(get_files(finder.storages[root], []))
            assert {name for name in every - kept if not name.endswith("README.md")} == set()
