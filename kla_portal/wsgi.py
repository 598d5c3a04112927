"""The application object for gunicorn."""

from __future__ import annotations

import codecs
import gc
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kla_portal.settings")

_django = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - the views and all that they need: nobody's first request waits for them
# What stays until the process ends is not looked through for waste again and again: that held everybody up for 0.1 s.
gc.collect()
gc.freeze()
# And looking less often saves a request 2 to 4% of its time; between two looks little is left over.
gc.set_threshold(10_000, 10, 10)


def _names_text(content_type: str) -> bool:
    """Whether its charset, if it names one that Python knows, is a way to write text ("rot13" is not)."""
    charset = parse_header_parameters(content_type)[1].get("charset", "utf-8")
    try:
        return codecs.lookup(charset)._is_text_encoding
    except LookupError:
        return True


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django reads the address with the charset that the request names, before any middleware could refuse it."""
    if not _names_text(environ.get("CONTENT_TYPE", "")):
        environ = {**environ, "CONTENT_TYPE": "application/octet-stream"}
    return _django(environ, start_response)
