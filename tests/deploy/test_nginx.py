"""nginx before the portal, both real: what goes through, what is kept out, and what people see when it fails."""

from __future__ import annotations

import gzip
import re
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings
from django.urls import reverse

from tests.browser.portal import free_port
from tests.cast import PASSWORD
from tests.deploy.files import DEPLOY
from tests.deploy.nginx import NAME, Nginx, Person

# For the reference data, which the portal starts with a copy of.
pytestmark = pytest.mark.django_db

LOGIN = "/akun/masuk/"
MB = 1_000_000
ID = "0" * 8 + "-0000-4000-8000-" + "0" * 12


@pytest.fixture
def anybody(nginx):
    return Person(nginx)


@pytest.fixture(scope="session")
def coordinator(nginx):
    person = Person(nginx)
    assert person.send(LOGIN, username="koor.tabalong", password=PASSWORD).status == 302
    return person


@pytest.fixture
def alone(tmp_path):
    """nginx before a portal that does not run."""
    with Nginx(tmp_path / "alone", [free_port()], tmp_path) as running:
        yield running


@pytest.mark.parametrize("site", ["site.conf", "compose.conf"])
def test_nginx_accepts_it(tmp_path, site):
    done = Nginx(tmp_path / "etc", [free_port()], tmp_path, site).test()
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


def test_http_leads_to_https(nginx):
    import http.client

    line = http.client.HTTPConnection("127.0.0.1", nginx.plain, timeout=20)
    line.request("GET", "/akun/masuk/?next=/", headers={"Host": NAME})
    answer = line.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/akun/masuk/?next=/")


def test_another_name_gets_no_certificate(nginx):
    with pytest.raises(ssl.SSLError):
        nginx.line(name="lain.example.go.id")


def test_the_portals_headers_arrive_and_its_cookies_are_safe(anybody):
    answer = anybody.ask(LOGIN)
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Permissions-Policy" in answer.headers
    assert "secure" in answer.headers["Set-Cookie"].lower()
    assert "/" not in answer.headers["Server"]


def test_pages_are_compressed(anybody):
    plain, packed = anybody.ask(LOGIN), anybody.ask(LOGIN, Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.body) < len(plain.body) / 2
    assert b"Portal KLA" in gzip.decompress(packed.body)


def test_the_request_has_one_id_and_nobody_else_chooses_it(anybody, portal, nginx):
    answer = anybody.ask(LOGIN, X_Request_ID="pilihan-penyerang")
    given = answer.headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", given)
    assert [line["view"] for line in portal.lines() if line.get("request") == given] == ["accounts:login"]
    assert nginx.log(given).count(given) == 1


def test_the_client_is_whom_nginx_saw(nginx, portal):
    """An address in the head is anybody's word; a host in the office network is 127.0.0.2 here."""
    person = Person(nginx, client="127.0.0.2")
    person.ask(LOGIN)
    answer = person.ask(LOGIN, "POST", b"", X_Forwarded_For="203.0.113.9")
    assert answer.status == 403
    told = [line for line in portal.lines() if line.get("request") == answer.headers["X-Request-ID"]]
    assert [line["address"] for line in told if "status" in line] == ["127.0.0.2"]


def test_the_log_of_nginx_names_no_path(anybody, nginx):
    answer = anybody.ask("/akun/lupa/MQ/token-rahasia/?nama=rahasia")
    log = nginx.log(answer.headers["X-Request-ID"])
    assert "127.0.0.1 GET " in log
    assert not re.search("rahasia|lupa", log)


def test_static_files_come_packed_and_stay(anybody):
    page = anybody.ask(LOGIN).text
    sheet = re.search(r"/static/css/base\.[0-9a-f]{12}\.css", page)[0]
    first = anybody.ask(sheet, Accept_Encoding="gzip")
    again = anybody.ask(sheet, Accept_Encoding="gzip")
    assert (first.status, first.headers["Content-Encoding"]) == (200, "gzip")
    assert "immutable" in first.headers["Cache-Control"]
    assert (first.headers["X-Cache"], again.headers["X-Cache"]) == ("MISS", "HIT")
    assert gzip.decompress(again.body) == anybody.ask(sheet).body
    assert anybody.ask("/static/css/tidak-ada.css").status == 404


@pytest.fixture
def host_without_the_file():
    """A host of the version before: it lacks the file."""
    asked = []

    class Before(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Before)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server.server_port, asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_in_a_rolling_upgrade_the_host_that_has_a_file_is_found(portal, tmp_path, host_without_the_file):
    port, asked = host_without_the_file
    with Nginx(tmp_path / "etc", [port, portal.port], tmp_path) as nginx:
        person = Person(nginx)
        answers = [person.ask(f"/static/css/{name}.css").status for name in ("base", "tokens", "print")]
        pages = {person.ask(LOGIN).status for _ in range(2)}
    assert answers == [200, 200, 200]
    assert [path for path in asked if path.startswith("/static/")]
    # What a portal says of its pages stands: nobody else is asked.
    assert pages == {404, 200}


def test_evidence_is_sent_by_nginx_after_the_portals_word(coordinator, anybody, portal):
    whole = coordinator.ask(portal.document)
    assert (whole.status, whole.headers["Content-Type"]) == (200, "application/pdf")
    assert whole.body.startswith(b"%PDF-")
    assert int(whole.headers["Content-Length"]) == len(whole.body)
    part = coordinator.ask(portal.document, Range="bytes=5-24", If_Range=whole.headers["ETag"])
    assert (part.status, part.body) == (206, whole.body[5:25])
    assert part.headers["Content-Range"] == f"bytes 5-24/{len(whole.body)}"
    assert anybody.ask(portal.document).status == 302


def test_no_header_is_lost_on_the_way_of_evidence(coordinator, portal):
    headers = coordinator.ask(portal.document).headers
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert headers["Content-Disposition"].startswith("inline")
    assert "rekap nasional.pdf" in headers["Content-Disposition"]
    assert headers["Cache-Control"] == "private, no-store"
    for name, value in (
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Referrer-Policy", "same-origin"),
        ("Strict-Transport-Security", "max-age=31536000"),
    ):
        assert headers.get_all(name) == [value], name
    assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-ID"])


def test_the_internal_folders_open_for_nobody(coordinator, portal):
    stored = next((portal.system.folder / "evidence").rglob("*.pdf"))
    inside = stored.relative_to(portal.system.folder / "evidence")
    assert stored.read_bytes() == coordinator.ask(portal.document).body
    assert coordinator.ask(f"/bukti-internal/{inside}").status == 404
    assert coordinator.ask("/galat/413.html").status == 404


def test_health_and_figures_are_for_this_host(nginx):
    here, elsewhere = Person(nginx), Person(nginx, client="127.0.0.2")
    assert here.ask("/kesehatan/hidup/").text == '{"hidup": true}'
    assert here.ask("/kesehatan/siap/").status == 200
    for path in ("/kesehatan/hidup/", "/kesehatan/siap/", "/kesehatan/metrik/"):
        answer = elsewhere.ask(path)
        assert (answer.status, "Halaman ini tidak ada" in answer.text) == (404, True)


def url(name, **kwargs):
    return reverse(f"evaluations:{name}", kwargs=kwargs)


def sendings():
    """(Address, bytes that it must take, bytes that it must not)."""
    one, several = settings.EVIDENCE_MAX_BYTES + MB, settings.EVIDENCE_QUESTION_MAX_BYTES + MB
    piece = settings.EVIDENCE_PIECE_BYTES
    yield LOGIN, 10_000, 2 * MB
    yield reverse("accounts:import"), 2 * MB + 10_000, 5 * MB
    yield url("upload", pk=1, upload=ID), piece, 8 * piece + MB
    yield url("upload_creation", pk=1), 10_000, 30 * MB
    yield url("evidence_upload", pk=1, code="12.1", slot=1), several, several + 20 * MB
    yield url("bulk_save", pk=1), several, several + 20 * MB
    yield url("evidence_add_file", pk=1, document=ID), one, several + 20 * MB
    yield url("evidence_revise", pk=1, document=ID, file=ID), one, several + 20 * MB
    yield url("workbook_preview", pk=1), one, 30 * MB
    yield url("actions_read", pk=1), one, 30 * MB
    yield url("close_stage", pk=1, stage="vl"), one, 30 * MB
    yield url("check_reports"), one, 30 * MB
    yield url("units_book", pk=1, place="63.09.06"), one, 30 * MB
    yield reverse("indicators:import"), one, 30 * MB


def test_each_address_takes_what_it_must_and_no_more(anybody):
    rows = list(sendings())
    said = {
        path: (anybody.may_send(path, taken), anybody.may_send(path, refused))
        for path, taken, refused in rows
    }
    assert len(said) == len(rows)
    assert {path: statuses for path, statuses in said.items() if statuses != (100, 413)} == {}


def test_too_large_is_said_by_a_page_of_ours(anybody):
    answer = anybody.ask(LOGIN, "POST", b"x" * (1_048_576 + 1))
    assert answer.status == 413
    assert "Kiriman ini terlalu besar" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_a_portal_that_does_not_answer_is_said_so(alone):
    answer = Person(alone).ask("/")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert "Portal sedang tidak dapat menjawab" in answer.text
    assert "Jawaban yang bertanda tersimpan tetap aman" in answer.text


def test_signing_in_is_slowed_down_per_network_and_only_sending(alone):
    office, other = Person(alone, client="127.0.0.3"), Person(alone, client="127.0.0.4")
    statuses = [office.ask(LOGIN, "POST", b"").status for _ in range(41)]
    assert statuses == [503] * 41  # an office of forty that signs in at once is nothing
    with ThreadPoolExecutor(
        8
    ) as many:  # one after the other may be slower than what is allowed again meanwhile
        more = list(many.map(lambda _: Person(alone, client="127.0.0.3").ask(LOGIN, "POST", b""), range(200)))
    assert {answer.status for answer in more} <= {429, 503}
    refused = [answer for answer in more if answer.status == 429]
    assert refused
    assert "Terlalu banyak percobaan masuk" in refused[0].text
    assert office.ask(LOGIN).status == 503  # looking at the page is not counted
    assert other.ask(LOGIN, "POST", b"").status == 503


def test_the_pages_of_nginx_find_their_styles(anybody):
    pages = sorted((DEPLOY / "nginx" / "errors").glob("*.html"))
    assert [page.stem for page in pages] == ["404", "413", "429", "503"]
    for page in pages:
        sheets = re.findall(r'href="(/static/[^"]+)"', page.read_text(encoding="utf-8"))
        assert len(sheets) == 6
        assert {anybody.ask(sheet).status for sheet in sheets} == {200}
