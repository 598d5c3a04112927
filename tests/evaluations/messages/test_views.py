"""The pages of messages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from evaluations.domain import messages
from evaluations.models import MailMode, Message, MessageKind
from kla_portal import clock
from tests.evaluations.views.common import PROBE, main_of, same_queries, signed_in, text_of, url


def tell(user, subject="Perihal", body="Isi", **more):
    (message,) = messages.notify(
        kind=MessageKind.RETURNED, to=[user], subject=subject, body=body, url="/akun/profil/", **more
    )
    return message


def test_the_list_newest_first_with_states(cast, sign_in):
    user = cast.coordinator_tabalong
    tell(user, "Pertama")
    tell(user, "Kedua")
    messages.mark_read(by=user, pk=Message.objects.get(subject="Pertama").pk)
    page = text_of(sign_in(user).get(url("messages")))
    assert page.index("Kedua") < page.index("Pertama")
    assert "1 belum dibaca." in page
    assert "Pertanyaan dikembalikan" in page
    assert "baru" in page[page.index("Kedua") : page.index("Pertama")]
    assert "dibaca" in page[page.index("Pertama") :]


def test_only_ones_own(cast, sign_in):
    mine, other = tell(cast.leader_tabalong, "Milik saya"), tell(cast.coordinator_tabalong, "Rahasia")
    client = sign_in(cast.leader_tabalong)
    page = text_of(client.get(url("messages")))
    assert "Milik saya" in page
    assert "Rahasia" not in page
    assert client.get(url("message", other.pk)).status_code == 404
    assert client.get(url("message", mine.pk)).status_code == 200
    other.refresh_from_db()
    assert other.read_at is None


def test_the_filter(cast, sign_in):
    user = cast.leader_tabalong
    tell(user, "Sudah")
    messages.mark_read(by=user)
    client = sign_in(user)
    assert "Tidak ada pesan yang belum dibaca" in text_of(client.get(url("messages"), {"status": "belum"}))
    tell(user, "Belum")
    page = text_of(client.get(url("messages"), {"status": "belum"}))
    assert "Belum" in page
    assert "Sudah" not in page.replace("Sudah dibaca", "")


def test_without_messages(cast, sign_in):
    assert "Belum ada pesan" in text_of(sign_in(cast.stranger).get(url("messages")))


def test_opening_reads_and_leads_on(cast, sign_in):
    message = tell(cast.leader_tabalong, "Hasil", "Baris satu\nBaris dua")
    response = sign_in(cast.leader_tabalong).get(url("message", message.pk))
    assert "Baris satu<br>Baris dua" in main_of(response)
    assert 'href="/akun/profil/"' in main_of(response)
    message.refresh_from_db()
    assert message.read_at is not None


def test_marking_all_read(cast, sign_in):
    tell(cast.leader_tabalong)
    tell(cast.leader_tabalong)
    tell(cast.coordinator_tabalong)
    response = sign_in(cast.leader_tabalong).post(url("messages"), follow=True)
    assert "2 pesan ditandai sudah dibaca." in text_of(response)
    assert messages.unread_count(cast.leader_tabalong) == 0
    assert messages.unread_count(cast.coordinator_tabalong) == 1


def test_text_is_text(cast, sign_in):
    message = tell(cast.leader_tabalong, PROBE, f"{PROBE}\n{{{{ 7 }}}}")
    client = sign_in(cast.leader_tabalong)
    for path in (url("messages"), url("message", message.pk)):
        page = client.get(path).content.decode()
        assert PROBE not in page
        assert "&lt;script&gt;" in page


def test_the_top_bar_counts_what_is_unread(evaluation, cast):
    user = cast.coordinator_tabalong
    client = signed_in(user)
    assert "Pesan Koordinator Tabalong" in text_of(client.get(url("overview", evaluation.pk)))
    for number in range(3):
        tell(user, f"Pesan {number}")
    for path in (url("overview", evaluation.pk), url("messages"), reverse("accounts:profile")):
        assert "Pesan (3 belum dibaca )" in text_of(client.get(path))
    admin = signed_in(cast.admin_kalsel)
    assert "belum dibaca )" not in text_of(admin.get(url("districts", "2026", "63")))
    tell(cast.admin_kalsel)
    assert "Pesan (1 belum dibaca )" in text_of(admin.get(url("districts", "2026", "63")))


def test_preferences(cast, sign_in):
    client = sign_in(cast.leader_tabalong)
    response = client.get(url("message_preferences"))
    assert "Akun Anda belum punya alamat surel." in text_of(response)
    assert 'value="digest"' in main_of(response)
    assert main_of(response).count(" checked") == 1
    response = client.post(url("message_preferences"), {"mail": "none"}, follow=True)
    assert "Pilihan surel sudah disimpan." in text_of(response)
    assert messages.mail_mode(cast.leader_tabalong) is MailMode.NONE
    assert messages.mail_mode(cast.coordinator_tabalong) is MailMode.DIGEST


@pytest.mark.parametrize("data", [{}, {"mail": ""}, {"mail": "pigeon"}])
def test_a_choice_that_is_none(cast, sign_in, data):
    response = sign_in(cast.leader_tabalong).post(url("message_preferences"), data)
    assert response.status_code == 422
    assert messages.mail_mode(cast.leader_tabalong) is MailMode.DIGEST


def test_anonymous(client, cast):
    message = tell(cast.leader_tabalong)
    for path in (url("messages"), url("message", message.pk), url("message_preferences")):
        assert client.get(path).status_code == 302
        assert client.post(path, {"mail": "none"}).status_code == 401
    message.refresh_from_db()
    assert message.read_at is None


def test_writing_where_one_only_reads(cast, sign_in):
    message = tell(cast.leader_tabalong)
    assert sign_in(cast.leader_tabalong).post(url("message", message.pk)).status_code == 405


@pytest.mark.parametrize("page", ["abc", "-1", "999"])
def test_a_page_that_is_not_there_is_the_nearest(cast, sign_in, page):
    tell(cast.leader_tabalong)
    assert sign_in(cast.leader_tabalong).get(url("messages"), {"page": page}).status_code == 200


def test_many_messages_come_in_pages(cast, sign_in):
    for number in range(31):
        tell(cast.leader_tabalong, f"Nomor {number}.")
    client = sign_in(cast.leader_tabalong)
    assert "Halaman 1 dari 2" in text_of(client.get(url("messages")))
    assert "Nomor 0." in text_of(client.get(url("messages"), {"page": 2}))


def test_as_many_queries_for_one_as_for_three(evaluation, cast, sign_in):
    user = cast.coordinator_tabalong
    tell(user, evaluation=evaluation)

    def more():
        tell(user, evaluation=evaluation)
        tell(user)

    assert same_queries(sign_in(user), url("messages"), more) <= 8


def test_what_is_about_no_district_is_shown_in_the_readers_own_time(evaluation, cast, sign_in):
    with clock.at(datetime(2026, 6, 30, 1, tzinfo=UTC)):
        for user in (cast.coordinator_tabalong, cast.admin_national):
            tell(user, "Pengumuman")
            tell(user, "Pengembalian", evaluation=evaluation)
    page = text_of(sign_in(cast.coordinator_tabalong).get(url("messages")))
    assert page.count("30 Juni 2026 09.00 WITA") == 2
    assert "WIB" not in page
    national = text_of(sign_in(cast.admin_national).get(url("messages")))
    assert "30 Juni 2026 08.00 WIB" in national
    assert "30 Juni 2026 09.00 WITA" in national
    one = Message.objects.get(user=cast.coordinator_tabalong, subject="Pengumuman")
    assert "09.00 WITA" in text_of(sign_in(cast.coordinator_tabalong).get(url("message", one.pk)))
