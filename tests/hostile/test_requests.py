"""Requests that no browser makes: odd methods, headers, charsets and bodies get an answer of ours, never a fault."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from django.test import Client

from tests.architecture.addresses import addresses
from tests.cast import enter
from tests.hostile.doors import path_to

FORM, MULTI = "application/x-www-form-urlencoded", "multipart/form-data; boundary=B"
LOGIN = "/akun/masuk/"
OF_METHODS = {200, 204, 302, 400, 401, 403, 404, 405, 409, 410, 412, 415, 422}
PAPERS = (".pdf", ".zip")


def part(name: str, value: str, more: str = "") -> str:
    return f'--B\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


BODIES = {
    "no boundary": ("multipart/form-data", b"x"),
    "another boundary": (MULTI, b"--C\r\n\r\nx\r\n--C--\r\n"),
    "an endless boundary": (f"multipart/form-data; boundary={'B' * 5000}", b"x"),
    "a boundary beyond ASCII": ("multipart/form-data; boundary=\u00e9", b"x"),
    "cut off": (MULTI, part("note", "x").encode()[:30]),
    "no names": (MULTI, b"--B\r\n\r\nx\r\n--B--\r\n"),
    "broken base64": (MULTI, b'--B\r\nContent-Disposition: form-data; name="note"\r\nContent-Transfer-Encoding: base64\r\n\r\n***\r\n--B--\r\n'),
    "a name that climbs": (MULTI, (part("file", "x", '; filename="../../etc/passwd"') + "--B--\r\n").encode()),
    "an empty file name": (MULTI, (part("file", "x", '; filename=""') + "--B--\r\n").encode()),
    "long part headers": (MULTI, b"--B\r\nX: " + b"y" * 200_000 + b"\r\n\r\nx\r\n--B--\r\n"),
    "many parts": (MULTI, ("".join(part(f"f{n}", "x") for n in range(3000)) + "--B--\r\n").encode()),
    "many files": (MULTI, ("".join(part(f"f{n}", "x", f'; filename="{n}"') for n in range(300)) + "--B--\r\n").encode()),
    "many fields": (FORM, "&".join(f"f{n}=x" for n in range(5000)).encode()),
    "one field thousandfold": (FORM, b"note=x&" * 1500),
    "a large field": (FORM, b"note=" + b"x" * 3_000_000),
    "no UTF-8": (FORM, b"note=%ff%fe&q=\xff"),
    "NUL": (FORM, b"note=%00&version=%00&numerator=%00"),
    "surrogates": (FORM, b"note=%ED%A0%80"),
    "nested names": (FORM, b"a[b][c][d]=1&rows.0.0.0=1&" + b"[" * 5000 + b"=1"),
    "another charset": (f"{FORM}; charset=utf-16", "note=x".encode("utf-16")),
    "a codec that is none": (f"{FORM}; charset=rot13", b"note=x"),
    "a codec of bytes": ("multipart/form-data; boundary=B; charset=base64", (part("note", "x") + "--B--\r\n").encode()),
    "an unknown charset": (f"{FORM}; charset=tidak-ada", b"note=x"),
    "deep JSON": ("application/json", b"[" * 100_000),
    "JSON": ("application/json", json.dumps({"note": "x"}).encode()),
    "XML": ("text/xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
    "no type": ("", b"note=x"),
    "an odd type": ("\u00e9/;;;=", b"x"),
}  # fmt: skip
HEADERS = {
    "CONTENT_LENGTH": ["-1", "", "0", "1"],  # what is no number never passes the web server
    "HTTP_COOKIE": ["sessionid=" + "x" * 5000, "sessionid=\x00", r'sessionid="\000"', "csrftoken=" + "\u00e9", "messages=W1swLDFd:x", ";;==", "sessionid=a; sessionid=b"],
    "HTTP_ACCEPT_LANGUAGE": ["x" * 9000, "*;q=9", "id-\u00e9"],
    "HTTP_X_FORWARDED_FOR": ["'; DROP TABLE--", ",,,", "::1%eth0", "9" * 3000, "1.2.3.4, x"],
    "HTTP_X_FORWARDED_PROTO": ["ftp", "https,http"],
    "HTTP_REFERER": ["http://[", "javascript:1", "x" * 9000],
    "HTTP_USER_AGENT": ["", "x" * 9000, "<script>", "\u202e\x01"],
    "HTTP_HX_CURRENT_URL": ["http://[", "//jahat.contoh", "%00"],
    "HTTP_HX_REQUEST": ["true", "<x>"],
    "HTTP_IF_MODIFIED_SINCE": ["x", "Thu, 99 Foo 9999 99:99:99 GMT"],
    "HTTP_IF_NONE_MATCH": ["*", '"' * 5000],
    "HTTP_RANGE": ["bytes=-", "bytes=9-1", "bytes=" + "9" * 5000 + "-", "bytes=0-" + "9" * 5000, "bytes=-" + "9" * 5000, "x=0-1", "bytes=0-0,1-1"],
    "HTTP_X_REQUEST_ID": ["x" * 5000, "\r\nX: y", "<b>"],
    "CONTENT_TYPE": ["text/plain; charset=rot13", "text/plain; charset=base64", ";;;"],
    "HTTP_UPLOAD_OFFSET": ["9" * 5000, "-1", "１"],
    "HTTP_UPLOAD_LENGTH": ["9" * 5000, "-1"],
    "HTTP_UPLOAD_METADATA": ["filename " + "A" * 9000, "filename ***", ",,,", "filename", "path /w=="],
}  # fmt: skip


def ask(client: Client, method: str, path: str, **more) -> int:
    """The status; a savepoint keeps one fault from hiding the next."""
    with transaction.atomic():
        answer = client.generic(method, path, **more)
        if answer.streaming:
            b"".join(answer.streaming_content)
    return answer.status_code


def faults(asked) -> list[str]:
    """``asked``: (what, the request as a call, statuses allowed)."""
    found = []
    for what, call, allowed in asked:
        try:
            status = call()
        except Exception as fault:
            found.append(f"{what}: {type(fault).__name__}: {str(fault)[:200]}")
        else:
            if status not in allowed:
                found.append(f"{what}: {status}")
    return found


def told(found: list[str]) -> None:
    assert not found, "\n".join(found)


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_every_address_answers_every_method(cast, things, method):
    client = enter(Client(), cast.coordinator_tabalong)
    paths = {address.name: path_to(address, things, cast) for address in addresses()}
    told(
        faults(
            (f"{method} {name}", lambda path=path: ask(client, method, path, data=b"x"), OF_METHODS)
            for name, path in paths.items()
        )
    )


def test_every_page_answers_head(cast, things):
    client = enter(Client(), cast.admin_national)
    paths = [
        path_to(address, things, cast)
        for address in addresses()
        if not address.route.startswith(("evaluasi/", "hasil/"))
    ]
    told(
        faults(
            (f"HEAD {path}", lambda path=path: ask(client, "HEAD", path), OF_METHODS)
            for path in paths
            if not path.endswith(PAPERS)
        )
    )


@pytest.mark.parametrize("what", BODIES)
def test_a_body_that_no_form_sends(cast, evaluation, what):
    kind, body = BODIES[what]
    signed_in = enter(Client(), cast.admin_national)
    coordinator = enter(Client(), cast.coordinator_tabalong)
    strict = Client(enforce_csrf_checks=True)
    allowed = OF_METHODS | {413}
    targets = [
        (signed_in, "/akun/daftar/buka/"), (signed_in, "/akun/daftar/unggah/"), (signed_in, "/instrumen/muat/"), (signed_in, "/periode/baru/"),
        (coordinator, f"/evaluasi/{evaluation.pk}/pertanyaan/12.1/simpan/"), (coordinator, f"/evaluasi/{evaluation.pk}/bukti/12.1/1/unggah/"),
        (coordinator, f"/evaluasi/{evaluation.pk}/unggah/"), (coordinator, f"/evaluasi/{evaluation.pk}/andaikan/"), (coordinator, f"/evaluasi/{evaluation.pk}/excel/periksa/"),
        (Client(), LOGIN), (Client(), f"/evaluasi/{evaluation.pk}/pertanyaan/12.1/simpan/"), (strict, LOGIN), (strict, "/periksa-laporan/"),
    ]  # fmt: skip
    told(
        faults(
            (
                f"{what} to {path}",
                lambda c=c, path=path: ask(c, "POST", path, data=body, content_type=kind),
                allowed,
            )
            for c, path in targets
        )
    )


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_that_no_browser_sends(cast, evaluation, things, header):
    """Addresses without a query: with one, Django reads it before any middleware, and a charset that names no text
    encoding ends in its own fault, which only the web server in front can refuse.
    """
    document = f"/data-dukung/{things['document']}/"
    pages = [
        "/",
        document,
        f"/evaluasi/{evaluation.pk}/pertanyaan/12.1/",
        f"/evaluasi/{evaluation.pk}/unggah/{things['upload']}/",
        "/akun/daftar/",
    ]
    allowed = OF_METHODS | {206, 304, 413, 416}

    def asked():
        for value in HEADERS[header]:
            client = enter(Client(), cast.coordinator_tabalong)
            for path in pages:
                yield (
                    f"{header}={value[:40]!r} {path}",
                    lambda c=client, p=path, v=value: ask(c, "GET", p, **{header: v}),
                    allowed,
                )
            yield (
                f"{header}={value[:40]!r} login",
                lambda v=value: ask(
                    Client(), "POST", LOGIN, data=b"username=a&password=b", content_type=FORM, **{header: v}
                ),
                allowed | {429},
            )
            yield (
                f"{header}={value[:40]!r} tus",
                lambda c=client, v=value: ask(
                    c,
                    "PATCH",
                    pages[3],
                    data=b"x",
                    content_type="application/offset+octet-stream",
                    **{header: v},
                ),
                allowed,
            )

    told(faults(asked()))


@pytest.mark.parametrize("path", ["/" + "x" * 9000, "/%", "/%ff", "/%2e%2e/%2e%2e/etc/passwd", "//jahat.contoh/", "/\\", "/evaluasi/99999999999999999999/", "/evaluasi/" + "9" * 5000 + "/", "/evaluasi/１/", "/akun/daftar/99999999999999999999/", "/data-dukung/x/", "/periode/" + "x" * 5000 + "/", "/wilayah/2026/63%20/", "/%00", "/evaluasi/1/indikator/%0a/"])  # fmt: skip
def test_an_address_that_nobody_made(cast, path):
    client = enter(Client(), cast.admin_national)
    assert ask(client, "GET", path) in {301, 302, 400, 404}


def test_too_much_is_refused_with_our_page(cast):
    client = enter(Client(), cast.admin_national)
    for body in (b"note=" + b"x" * 3_000_000, "&".join(f"f{n}=x" for n in range(5000)).encode()):
        answer = client.generic("POST", "/akun/daftar/buka/", body, content_type=FORM)
        assert answer.status_code in {400, 413}
        assert "Permintaan ini" in answer.content.decode()
