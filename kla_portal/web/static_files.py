"""Which static files of the packages are served: only those that a page links."""

from __future__ import annotations

from django.contrib.staticfiles.apps import StaticFilesConfig


class PortalStaticFilesConfig(StaticFilesConfig):
    """Compressing all of Bootstrap and htmx took 25 s at set-up; the linked ones take two."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "bootstrap-*",
        "bootstrap.css*",
        "bootstrap.rtl*",
        "htmx-2.js",
        "htmx-4*",
        "htmax*",
        "ext",
        "README.md",
    ]
