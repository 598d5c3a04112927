"""Pages are sent compressed, of a length that cannot be told in advance; files are left alone."""

from __future__ import annotations

import gzip

import pytest
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client, RequestFactory

from kla_portal.web.compressing import PagesGZipMiddleware

PAGE = b"<p>Beranda</p>" * 200


def passed(response: HttpResponseBase, accepts: str = "gzip, deflate, br") -> HttpResponseBase:
    return PagesGZipMiddleware(lambda request: response)(
        RequestFactory(headers={"Accept-Encoding": accepts}).get("/")
    )


def test_a_page_comes_compressed_and_whole() -> None:
    answer = passed(HttpResponse(PAGE))
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert int(answer["Content-Length"]) == len(answer.content) < len(PAGE) / 5
    assert gzip.decompress(answer.content) == PAGE


def test_its_length_is_another_each_time() -> None:
    """Who can make a browser ask for a page, and sees how long it is, learns nothing of what is in it."""
    assert len({len(passed(HttpResponse(PAGE)).content) for _ in range(40)}) > 5


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(PAGE, content_type="application/pdf"),
        HttpResponse(PAGE, content_type="text/csv"),
        StreamingHttpResponse([PAGE], content_type="text/html"),
        FileResponse(PAGE, content_type="image/webp"),
        HttpResponse(b"<p>kecil</p>"),
    ],
    ids=["paper", "table", "stream", "picture", "few words"],
)
def test_all_else_goes_out_as_it_is(response: HttpResponseBase) -> None:
    length = response.get("Content-Length")
    answer = passed(response)
    assert "Content-Encoding" not in answer
    assert answer.get("Content-Length") == length


def test_whoever_cannot_read_it_gets_it_plain() -> None:
    answer = passed(HttpResponse(PAGE), accepts="identity")
    assert answer.content == PAGE


@pytest.mark.django_db
def test_the_portal_does_so(client: Client) -> None:
    answer = client.get("/akun/masuk/", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert b"Masuk" in gzip.decompress(answer.content)
