"""Which static files of the packages are served, only those that a page links, and under which address."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


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


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """An address is worked out once per process: it changes with the files, and those only with the version."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        if name is None or force or settings.DEBUG:
            return super().url(name, force)
        found = self._addresses.get(name)
        if found is None:
            found = self._addresses[name] = super().url(name)
        return found
