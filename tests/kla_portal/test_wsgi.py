"""What reaches the application before any middleware."""

from __future__ import annotations

from wsgiref.util import setup_testing_defaults

import pytest

from kla_portal.wsgi import application

pytestmark = pytest.mark.django_db


def status_of(**environ: str) -> str:
    whole: dict[str, object] = {"PATH_INFO": "/akun/masuk/", "QUERY_STRING": "q=x", **environ}
    setup_testing_defaults(whole)
    told: list[str] = []
    list(application(whole, lambda status, headers, *rest: told.append(status)))
    return told[0]


@pytest.mark.parametrize(
    "charset", ["rot13", "base64", "hex", "zip", "utf-8", "latin-1", "tidak-ada", '"', ""]
)
def test_no_charset_breaks_the_reading_of_an_address(charset):
    assert status_of(CONTENT_TYPE=f"text/plain; charset={charset}", HTTP_HOST="testserver").startswith(
        ("200", "400")
    )


def test_a_request_without_a_kind_is_as_before():
    assert status_of(HTTP_HOST="testserver").startswith("200")
