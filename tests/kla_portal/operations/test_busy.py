"""Who waits when all threads are taken: papers first, then uploads, never a save."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import get_resolver

from evaluations.domain import answers
from kla_portal.operations import busy
from kla_portal.operations.busy import KINDS, Floor, Kind, kind_of
from kla_portal.operations.busy_middleware import BusyMiddleware
from tests.architecture.addresses import addresses

MADE = (".pdf", ".xlsx", ".zip", "unduh/<slug:form>/")
"""Ends of addresses whose reply is made, not read."""


@pytest.fixture
def clock_hand():
    return [100.0]


@pytest.fixture
def floor(clock_hand):
    return Floor(8, now=lambda: clock_hand[0], wait=0.0)


def crowd(floor, clock_hand):
    for _ in range(8):
        floor.enter()
    clock_hand[0] += busy.AFTER


def test_a_quarter_of_the_threads_makes_papers(floor):
    assert [floor.take(Kind.PAPER) for _ in range(3)] == [True, True, False]
    floor.give_back(Kind.PAPER)
    assert floor.take(Kind.PAPER)
    assert floor.take(Kind.UPLOAD), "papers take nothing from uploads"


def test_crowded_is_every_thread_taken_for_a_while(floor, clock_hand):
    for _ in range(8):
        floor.enter()
    assert not floor.crowded, "a full moment is no crowd"
    clock_hand[0] += busy.AFTER
    assert floor.crowded
    floor.leave()
    floor.enter()
    assert floor.crowded, "the next in line took the thread at once"
    floor.leave()
    floor.leave()
    floor.enter()
    assert not floor.crowded


def test_a_process_with_one_thread_is_crowded_only_by_a_line(clock_hand):
    one = Floor(1, now=lambda: clock_hand[0])
    for _ in range(5):
        one.enter()
        clock_hand[0] += 0.4
        assert not one.crowded, "quiet between two requests"
        one.leave()
        clock_hand[0] += 1
    for _ in range(3):
        one.enter()
        clock_hand[0] += 0.4
        one.leave()
        clock_hand[0] += 0.001
    assert one.crowded


def test_in_a_crowd_papers_go_first_and_uploads_stay(floor, clock_hand):
    crowd(floor, clock_hand)
    assert not floor.take(Kind.PAPER)
    assert floor.take(Kind.UPLOAD)


def test_a_small_process_still_makes_a_paper():
    small = Floor(1)
    assert small.take(Kind.PAPER)
    assert not small.take(Kind.PAPER)


def test_uploads_wait_for_their_turn_and_no_longer_than_they_may():
    floor = Floor(4, wait=5)
    assert [floor.take(Kind.UPLOAD) for _ in range(2)] == [True, True]
    came = []
    waiting = threading.Thread(target=lambda: came.append(floor.take(Kind.UPLOAD)))
    waiting.start()
    while not floor._waiting:
        pass
    assert not floor.take(Kind.UPLOAD), "no room to wait either"
    floor.give_back(Kind.UPLOAD)
    waiting.join(5)
    assert came == [True]
    impatient = Floor(4, wait=0.01)
    assert [impatient.take(Kind.UPLOAD) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("threads", [1, 2, 3, 4, 5, 8, 16])
def test_uploads_leave_a_thread_to_others(threads):
    floor = Floor(threads)
    held = floor.places[Kind.UPLOAD] + floor.room
    assert 1 <= floor.places[Kind.PAPER] <= max(1, threads // 4)
    assert held >= min(3, threads - 1), "the three pieces of one browser find room"
    assert held < threads or threads == 1


def test_every_name_stands_in_the_urlconf_and_every_made_file_has_a_kind():
    known = {address.name for address in addresses()}
    assert set(KINDS) - known == set()
    made = {a.name for a in addresses() if a.route.endswith(MADE) and a.name.startswith("evaluations:")}
    assert len(made) > 12
    assert made - set(KINDS) == set()


def test_asking_how_far_an_upload_has_come_needs_no_place():
    assert kind_of("evaluations:upload", "HEAD") is None
    assert kind_of("evaluations:upload", "PATCH") is Kind.UPLOAD
    assert kind_of("evaluations:ranking", "GET") is Kind.PAPER
    assert kind_of("evaluations:answer_save", "POST") is None


# In line for a thread


@pytest.fixture
def line(monkeypatch):
    """``line[0]``: how many stand in line before this process, as the server counts them."""
    length = [0]
    monkeypatch.setattr(busy, "_line", None)
    busy.count_line(lambda: length[0])
    return length


def asked(client, method, path, **headers):
    return client.generic(method, path, headers=headers).status_code == 503


def test_the_longer_the_line_the_more_are_turned_back_papers_first_saves_last(line, client, db):
    deeds = (("GET", PAPER), ("POST", UPLOAD), ("GET", "/"), ("POST", SAVE))
    turned = []
    for length in (15, 16, 63, 64, 127, 128, 255, 256):
        line[0] = length
        turned.append(sum(asked(client, *deed) for deed in deeds))
        assert all(asked(client, *deed) for deed in deeds[: turned[-1]]), "in this order"
    assert turned == [0, 1, 1, 2, 2, 3, 3, 4]


def test_without_a_count_nobody_is_turned_back(monkeypatch, client, db):
    monkeypatch.setattr(busy, "_line", None)
    assert not asked(client, "GET", PAPER)


def test_who_is_turned_back_costs_no_query_and_keeps_the_text(line, client, django_assert_num_queries, db):
    line[0] = 10**6
    with django_assert_num_queries(0):
        reply = client.post(SAVE, {"note": "Sudah <ada>"})
    assert (reply.status_code, reply["Retry-After"]) == (503, "15")
    assert "belum tersimpan" in reply.content.decode() and "Sudah &lt;ada&gt;" in reply.content.decode()
    assert reply["Content-Security-Policy"]
    fragment = client.post(SAVE, {"note": "Sudah"}, headers={"HX-Request": "true"})
    assert fragment.content.decode().startswith("Portal sedang ramai; ini belum tersimpan")


def test_a_page_that_is_turned_back_says_where_to_try_again(line, client, django_assert_num_queries, db):
    line[0] = 10**6
    with django_assert_num_queries(0):
        page = client.get("/evaluasi/1/indikator/1/?status=belum").content.decode()
    assert "Tidak ada yang hilang" in page and 'href="/evaluasi/1/indikator/1/?status=belum"' in page
    assert "belum tersimpan" not in page
    fragment = client.get("/evaluasi/1/", headers={"HX-Request": "true"}).content.decode()
    assert fragment == "Portal sedang ramai. Tidak ada yang hilang; coba lagi sebentar lagi."


@pytest.mark.parametrize("path", ["/kesehatan/hidup/", "/kesehatan/siap/"])
def test_health_answers_before_the_line(line, client, path, db):
    line[0] = 10**6
    assert client.get(path).status_code == 200


# Around a request


@pytest.fixture
def middleware():
    return BusyMiddleware(lambda request: HttpResponse("selesai"))


def resolved(request, path):
    request.resolver_match = get_resolver().resolve(path)
    return request


def full(middleware, kind):
    while middleware.floor.take(kind):
        pass


def test_a_paper_is_asked_to_come_again_with_a_whole_page(middleware, rf):
    middleware.floor = Floor(8, wait=0)
    full(middleware, Kind.PAPER)
    request = resolved(rf.get("/peringkat/2026/63/?tahap=em"), "/peringkat/2026/63/")
    reply = middleware.process_view(request, None, (), {})
    assert (reply.status_code, reply["Retry-After"]) == (503, "15")
    text = reply.content.decode()
    assert "Portal sedang ramai" in text and "/peringkat/2026/63/?tahap=em" in text
    assert middleware.process_view(resolved(rf.get("/"), "/"), None, (), {}) is None, "pages are let in"


def test_an_upload_says_which_files_and_keeps_what_was_typed(middleware, rf):
    middleware.floor = Floor(8, wait=0)
    full(middleware, Kind.UPLOAD)
    path = "/evaluasi/1/bukti/1.1/1/unggah/"
    sent = {"title": "Perda <KLA>", "files": SimpleUploadedFile("perda.pdf", b"x")}
    reply = middleware.process_view(resolved(rf.post(path, sent), path), None, (), {})
    text = reply.content.decode()
    assert reply.status_code == 503 and "perda.pdf" in text
    assert "Perda &lt;KLA&gt;" in text
    request = resolved(rf.patch("/x", headers={"Tus-Resumable": "1.0.0"}), path)
    reply = middleware.process_view(request, None, (), {})
    assert (reply.status_code, reply["Content-Type"]) == (503, "text/plain; charset=utf-8")


def test_places_are_given_back_after_a_reply_an_error_and_a_stream(db, rf):
    path = "/peringkat/2026/63/"

    def run(inner):
        def walk(request):
            assert middleware.process_view(resolved(request, path), None, (), {}) is None
            return inner(request)

        middleware = BusyMiddleware(walk)
        middleware.floor = Floor(4, wait=0)
        return middleware

    middleware = run(lambda request: HttpResponse("ya"))
    for _ in range(3):
        assert middleware(rf.get(path)).status_code == 200

    def broken(request):
        raise ValueError

    middleware = run(broken)
    for _ in range(3):
        with pytest.raises(ValueError):
            middleware(rf.get(path))
    assert middleware.floor._all == 0
    middleware = run(lambda request: StreamingHttpResponse(iter([b"a", b"b"])))
    reply = middleware(rf.get(path))
    assert not middleware.floor.take(Kind.PAPER), "held until the last byte"
    reply.close()
    assert middleware.floor.take(Kind.PAPER)


def test_saves_go_on_while_papers_are_turned_away(sign_in, cast, evaluation, monkeypatch):
    monkeypatch.setattr(Floor, "take", lambda self, kind: False)
    client = sign_in(cast.coordinator_tabalong)
    paper = client.get(f"/evaluasi/{evaluation.pk}/laporan/konsep.pdf")
    assert paper.status_code == 503
    saved = client.post(
        f"/evaluasi/{evaluation.pk}/pertanyaan/1.1/simpan/", {"option": "1", "version": "0", "note": ""}
    )
    assert saved.status_code == 302
    assert evaluation.answers.get().value == {"option": 1}


def test_a_locked_database_is_no_error_of_ours(sign_in, cast, evaluation, monkeypatch):
    client = sign_in(cast.coordinator_tabalong)
    path = f"/evaluasi/{evaluation.pk}/pertanyaan/1.1/simpan/"
    typed = {"option": "1", "version": "0", "note": "Sudah <ada>"}

    def locked(**_):
        raise OperationalError("database is locked")

    monkeypatch.setattr(answers, "save_answer", locked)
    reply = client.post(path, typed)
    assert (reply.status_code, reply["Retry-After"]) == (503, "15")
    assert "belum tersimpan" in reply.content.decode() and "Sudah &lt;ada&gt;" in reply.content.decode()
    reply = client.post(path, typed, headers={"HX-Request": "true"})
    assert reply.content.decode().startswith("Portal sedang ramai; ini belum tersimpan")

    def broken(**_):
        raise OperationalError("no such column: x")

    monkeypatch.setattr(answers, "save_answer", broken)
    with pytest.raises(OperationalError):
        client.post(path, typed)


@pytest.mark.parametrize("said", ["database or disk is full", "disk I/O error", "No space left on device"])
def test_a_database_without_room_keeps_what_was_typed(sign_in, cast, evaluation, monkeypatch, said):
    client = sign_in(cast.coordinator_tabalong)
    path = f"/evaluasi/{evaluation.pk}/pertanyaan/1.1/simpan/"
    typed = {"option": "1", "version": "0", "note": "Sudah <ada>"}

    def full(**_):
        raise OperationalError(said)

    monkeypatch.setattr(answers, "save_answer", full)
    reply = client.post(path, typed)
    assert (reply.status_code, reply["Retry-After"]) == (503, "15")
    page = reply.content.decode()
    assert "<h1>Penyimpanan portal penuh atau terganggu</h1>" in page
    assert "Beri tahu admin provinsi" in page and "Sudah &lt;ada&gt;" in page
    reply = client.post(path, typed, headers={"HX-Request": "true"})
    assert reply.content.decode().startswith("Penyimpanan portal penuh atau terganggu; ini belum tersimpan")


PAPER, UPLOAD, SAVE = (
    "/peringkat/2026/63/",
    "/evaluasi/1/bukti/1.1/1/unggah/",
    "/evaluasi/1/pertanyaan/1.1/simpan/",
)


def test_in_a_line_before_all_threads_every_save_and_no_paper_gets_through(rf, clock_hand):
    """Four threads as the server has them, each with a save that waits for the database; nine deeds stand in line."""
    inside, go_on, done = threading.Semaphore(0), threading.Semaphore(0), []

    def walk(request):
        request.htmx = True
        turned = middleware.process_view(resolved(request, request.path), None, (), {})
        if turned is None and "slow" in request.GET:
            inside.release()
            assert go_on.acquire(timeout=30)
        done.append((request.path, (turned or HttpResponse("ya")).status_code))
        return turned or HttpResponse("ya")

    middleware = BusyMiddleware(walk)
    middleware.floor = Floor(4, now=lambda: clock_hand[0], wait=0)
    with ThreadPoolExecutor(4) as server:
        for _ in range(4):
            server.submit(middleware, rf.post(f"{SAVE}?slow"))
        for _ in range(4):
            assert inside.acquire(timeout=30)
        clock_hand[0] += busy.AFTER
        deeds = [rf.get(PAPER), rf.post(SAVE), rf.post(UPLOAD)] * 3
        line = [server.submit(middleware, deed) for deed in deeds]
        go_on.release()
        assert [future.result(timeout=30).status_code for future in line] == [503, 200, 200] * 3
        assert done[0] == (SAVE, 200)
        go_on.release(3)
    assert [status for path, status in done if path == SAVE] == [200] * 7
    assert middleware.floor._all == 0
