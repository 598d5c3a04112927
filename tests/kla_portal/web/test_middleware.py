"""A NUL in an address is refused with words, on every page."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "address", ["/verifikasi/2026/%00/", "/akun/masuk/?next=a%00b", "/pengumuman/%00/", "/?%00=a"]
)
def test_nul_is_a_bad_request(client, db, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert b"<h1" in answer.content


@pytest.mark.parametrize("query", ["next=/", "next=%2500", "next=%01"])
def test_others_pass(client, db, query):
    assert client.get(f"/akun/masuk/?{query}").status_code == 200


@pytest.mark.parametrize("cookie", ["sessionid=\x00", r'sessionid="\000"'])
def test_nul_in_a_cookie_too(client, db, cookie):
    """Also written as an octal escape, which the reading of cookies undoes."""
    assert client.get("/akun/masuk/", HTTP_COOKIE=cookie).status_code == 400
