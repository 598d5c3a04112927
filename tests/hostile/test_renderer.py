"""The PDF renderer reaches nothing: no network, no disk, whatever stands in texts and letterhead."""

from __future__ import annotations

import pathlib
import socket
import threading
from io import BytesIO

import pytest
from pypdf import PdfReader

from evaluations.reports import pdf
from tests.evaluations.reports import build, papers_build

TEXTS = (
    '"><img src="{url}"><link rel=stylesheet href="{url}"><object data="{url}"></object>',
    "<style>@import url({url}); body {{ background: url({url}) }} @font-face {{ font-family: x; src: url({url}) }}</style>",
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/><use href="{url}"/></svg><iframe src="{url}"></iframe>',
    '<a rel="attachment" href="{url}">x</a><embed src="{url}"><meta http-equiv=refresh content="0;url={url}">',
)


@pytest.fixture
def listener():
    """A server on loopback: ``urls`` that lead to it and to a secret file, ``asked`` for how many came."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.05)
    asked: list[object] = []
    done = threading.Event()

    def wait() -> None:
        while not done.is_set():
            try:
                connection, peer = server.accept()
            except TimeoutError:
                continue
            asked.append(peer)
            connection.close()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    yield server.getsockname()[1], asked
    done.set()
    thread.join()
    server.close()


@pytest.fixture
def blocked(monkeypatch):
    def refuse(*args, **more):
        raise AssertionError(f"a report went to the network: {args}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def urls(port: int, secret: pathlib.Path) -> list[str]:
    return [
        f"http://127.0.0.1:{port}/x",
        f"//127.0.0.1:{port}/x",
        secret.as_uri(),
        "data:text/css,body{{display:none}}",
    ]


def papers(text: str):
    """One paper of each family with the text in its free places."""
    letterhead = build.Letterhead(text, agency=text, address=text, signatory_title=text, place=text)
    yield pdf.ranking_pdf(build.ranking_report(letterhead=letterhead, place_name=text))
    item = {"title": text, "filename": text, "size": 1, "sha256": "", "url": text[:200]}
    slot = {"slot": 1, "label": text, "kind": text, "required": True, "items": [item]}
    taken = build.snapshot(
        draft=True, notes={"1.1": text}, evidence={"1.1": [slot]}, answers={"1.1": {"option": 1}}
    )
    yield pdf.district_report_pdf(build.district_report(taken))


def test_texts_and_letterhead_fetch_nothing(listener, blocked, tmp_path):
    port, asked = listener
    secret = tmp_path / "rahasia.svg"
    secret.write_text(
        "<svg xmlns='http://www.w3.org/2000/svg'><text>SANGATRAHASIA</text></svg>", encoding="utf-8"
    )
    text = "".join(part.format(url=url) for part, url in zip(TEXTS, urls(port, secret), strict=True))
    for content in papers(text):
        assert content.startswith(b"%PDF-1.7")
        reader = PdfReader(BytesIO(content))
        words = "".join(page.extract_text() for page in reader.pages)
        assert "SANGATRAHASIA" not in words
        assert "<imgsrc=" in "".join(words.split())
        assert not reader.attachments
        assert [
            a
            for page in reader.pages
            for a in page.get("/Annots") or ()
            if "127.0.0.1" in str(a.get_object())
        ] == []
    assert asked == []


def test_the_listener_hears(listener):
    """It would be told: one connection arrives."""
    port, asked = listener
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.settimeout(5)
        assert connection.recv(1) == b""
    assert len(asked) == 1


@pytest.mark.parametrize("paper", ["ranking", "card"])
def test_a_resource_of_our_own_that_is_missing_ends_the_paper(monkeypatch, paper):
    """Without its style sheet a report would look like another: nothing half-made goes out."""
    monkeypatch.setattr(pdf, "assets", dict)
    with pytest.raises(pdf.ReportFailed):
        pdf.ranking_pdf(build.ranking_report()) if paper == "ranking" else pdf.card_pdf(papers_build.card())


@pytest.mark.parametrize(
    "template", ["http://127.0.0.1:{port}/x.png", "file://{secret}", "//127.0.0.1:{port}/x"]
)
def test_even_a_template_that_names_them_gets_nothing(listener, monkeypatch, tmp_path, template):
    """As if a probe had come through unescaped: the renderer itself refuses, and the paper fails as a whole."""
    port, asked = listener
    secret = tmp_path / "rahasia.png"
    secret.write_bytes(b"x")
    url = template.format(port=port, secret=secret)
    monkeypatch.setattr(
        pdf, "render_to_string", lambda *args: f'<html lang=id><title>x</title><img alt=x src="{url}">'
    )
    try:
        content = pdf.ranking_pdf(build.ranking_report())
    except pdf.ReportFailed:
        content = b""
    assert b"/XObject" not in content
    assert asked == []
