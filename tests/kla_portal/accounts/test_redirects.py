"""No address of the portal sends anyone away: every parameter that names a way on, with every trick we know."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse

from kla_portal.accounts.views import second_factor
from tests.cast import PASSWORD

LOGIN = "/akun/masuk/"
HOST = "testserver"

AWAY = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "//evil.example/akun/profil/",
    "http://evil.example",
    "https://evil.example/akun/",
    "HTTPS://EVIL.EXAMPLE",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "/\\\\evil.example",
    "//\\evil.example",
    "https://testserver@evil.example/",
    "//testserver@evil.example/",
    "https://testserver:80@evil.example",
    "https://evil.example#@testserver/",
    "https://evil.example?testserver/",
    "https://testserver.evil.example/",
    "https://testserver%2eevil.example/",
    "//evil%E3%80%82example",
    "//evil。example",
    "javascript:alert(1)",
    "JavaScript:alert(document.domain)//",
    "java\nscript:alert(1)",
    "\tjavascript:alert(1)",
    "javascript://testserver/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://evil.example/",
    "\n//evil.example",
    "/\n/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "\x08//evil.example",
    "//[::1]/",
    "//3232235777/",
    "http://[evil.example",
]
ODD_BUT_OURS = [
    "%2f%2fevil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/@evil.example",
    "?next=//evil.example",
    "\\evil.example//",
    "/akun/\r\nLocation: https://evil.example",
]
"""Read by a browser as a path on this host: they may be followed, and lead nowhere else."""

TAKES_A_WAY_ON = {
    "evaluations/views/evidence/library.py",  # a query for the library's own address
    "evaluations/views/units/kecamatan.py",  # the button "lanjut": only whether it is there
    "kla_portal/accounts/lockout.py",  # back into the sign-in form
    "kla_portal/accounts/views/second_factor.py",
}
READS = re.compile(r"""(?:GET|POST)(?:\.get(?:list)?\(|\[)["'](?:next|back|url|to|return|redirect|goto)["']"""
                   r"""|["']next["'] in request""")  # fmt: skip


def stays(location: str) -> bool:
    """As a browser resolves it: control signs fall out, a backslash is a slash."""
    seen = re.sub(r"[\t\r\n]", "", location).strip("".join(map(chr, range(33)))).replace("\\", "/")
    target = urlsplit(urljoin(f"http://{HOST}{LOGIN}", seen))
    return (target.scheme, target.netloc) == ("http", HOST)


def test_there_are_forty_of_them():
    assert len(set(AWAY)) >= 40
    assert not stays("//evil.example")
    assert not stays("/\\evil.example")
    assert not stays("\x08//evil.example")
    assert stays("/akun/profil/?a=//evil.example")


@pytest.mark.parametrize("wanted", AWAY, ids=ascii)
def test_signing_in_leads_home_instead(cast, wanted):
    """By the form, by the address of the form, and for someone who is in already."""
    _ = cast.coordinator_tabalong
    for client, kind in ((Client(), "POST"), (Client(), "query")):
        fields = {"username": "koor.tabalong", "password": PASSWORD}
        if kind == "POST":
            answer = client.post(LOGIN, fields | {"next": wanted})
        else:
            answer = client.post(LOGIN, fields, query_params={"next": wanted})
        assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
        assert client.get(LOGIN, {"next": wanted})["Location"] == reverse("home")


@pytest.mark.parametrize("wanted", ODD_BUT_OURS, ids=ascii)
def test_what_only_looks_odd_stays_here(cast, client, wanted):
    _ = cast.coordinator_tabalong
    answer = client.post(LOGIN, {"username": "koor.tabalong", "password": PASSWORD, "next": wanted})
    assert answer.status_code == 302
    assert stays(answer["Location"])
    assert "\n" not in answer["Location"]


def test_a_nul_is_no_address(cast, client):
    _ = cast.coordinator_tabalong
    wanted = "\x00//evil.example"
    fields = {"username": "koor.tabalong", "password": PASSWORD, "next": wanted}
    assert client.post(LOGIN, fields)["Location"] == reverse("home")
    assert client.get(LOGIN, {"next": wanted}).status_code in {400, 404}


@pytest.mark.parametrize("wanted", AWAY, ids=ascii)
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_second_step_leads_home_too(wanted, method):
    request = getattr(RequestFactory(), method)("/akun/kode/", {"next": wanted})
    assert second_factor._onward(request) == reverse("home")


def test_the_librarys_way_back_is_the_library(cast, sign_in, evaluation):
    client = sign_in(cast.coordinator_tabalong)
    library = reverse("evaluations:library", args=[evaluation.pk])
    for wanted in AWAY:
        answer = client.post(reverse("evaluations:evidence_year", args=[evaluation.pk]), {"next": wanted})
        if answer.status_code == 302:
            assert answer["Location"].startswith(library), wanted
            assert stays(answer["Location"])
        else:
            assert answer.status_code == 400, wanted


def test_no_other_place_takes_a_way_on():
    """A new one belongs into the list above, with a test of its own."""
    root = Path(settings.BASE_DIR)
    found = {
        str(path.relative_to(root))
        for building in ("kla_portal", "indicators", "evaluations")
        for path in (root / building).rglob("*.py")
        if READS.search(path.read_text(encoding="utf-8"))
    }
    assert found == TAKES_A_WAY_ON
