"""One's own data: all of it, nothing that opens anything, nothing about others."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from django.conf import settings
from django_otp.plugins.otp_totp.models import TOTPDevice

from evaluations.domain import messages
from evaluations.models import MessageKind, ReasonPhrase
from kla_portal import clock
from kla_portal.accounts import personal_archive
from kla_portal.accounts.domain import close_account, devices, reopen_account, sittings, tries
from kla_portal.accounts.domain.personal_data import export_own_data
from kla_portal.accounts.models import KnownDevice, RecoveryCode, User
from kla_portal.events.models import Event, EventAction
from tests.cast import TABALONG
from tests.evaluations.cycle import save
from tests.evaluations.papers import documents
from tests.kla_portal.accounts.telephone import Telephone

AGENT, NETWORK, EMAIL = "Opera di Windows", "198.51.100.77", "kes@contoh.example"


def traces(user, evaluation) -> Telephone:
    """Something in every table that a person can have rows in."""
    telephone = Telephone(user)
    device = devices.recognise(user=user, secret="", agent=AGENT).device
    sittings.begin(user=user, session_key=f"{user.pk:032}", agent=AGENT, address=NETWORK, device=device)
    tries.count_link(network=NETWORK, text=user.username)
    messages.notify(
        kind=MessageKind.REMINDER,
        to=[user],
        subject=f"Untuk {user.pk}",
        body="=1+1",
        url="/",
        evaluation=evaluation,
    )
    ReasonPhrase.objects.create(owner=user, text=f"Kalimat {user.pk}")
    documents(evaluation.district, [f"Rahasia anak {user.pk}"], by=user)
    return telephone


@pytest.fixture
def user(cast, evaluation):
    user = cast.contributor_health_tabalong
    User.objects.filter(pk=user.pk).update(email=EMAIL)
    user.refresh_from_db()
    user.telephone = traces(user, evaluation)
    save(evaluation, "12.1", {"numerator": "96", "denominator": "100"}, user, note="Catatan dinas")
    return user


def tables(user) -> dict[str, list[tuple]]:
    return {section.name: list(section.rows) for section in export_own_data(by=user)}


def packed(user) -> zipfile.ZipFile:
    return zipfile.ZipFile(personal_archive.packed(export_own_data(by=user), user=user, at=clock.now()))


def test_every_section_has_what_there_is(user):
    found = tables(user)
    account = dict(found["akun"])
    assert (account["nama pengguna"], account["surel"]) == (user.username, EMAIL)
    assert account["kode pemulihan yang masih berlaku"] == 10
    assert account["verifikasi dua langkah dipasang"] is not None
    assert found["peran"] == [("Petugas perangkat daerah", "Dinas Kesehatan, Kabupaten Tabalong")]
    assert [(row[4], row[5]) for row in found["sesi"]] == [(AGENT, NETWORK)]
    assert [row[0] for row in found["perangkat"]] == [AGENT]
    assert [row[1:] for row in found["percobaan-masuk"]] == [("tautan kata sandi baru", NETWORK)]
    assert [row[1:3] for row in found["pesan"]] == [(f"Untuk {user.pk}", "=1+1")]
    assert found["pilihan-surel"] == [("Ringkasan sekali sehari",)]
    assert found["kalimat-alasan"] == [(f"Kalimat {user.pk}",)]
    assert [row[:4] for row in found["jawaban"]] == [("2026", TABALONG, "12.1", 1)]
    assert [row[0] for row in found["data-dukung"]] == [TABALONG]
    assert {row[1] for row in found["perbuatan"]} >= {"Jawaban disimpan", "Data akun diunduh"}


def test_every_section_fits_its_columns_and_has_a_file_of_its_own(user):
    sections = export_own_data(by=user)
    assert len({section.name for section in sections}) == len(sections) >= 14
    for section in sections:
        assert {len(row) for row in section.rows} <= {len(section.columns)}, section.name


def test_no_secret_leaves(user):
    device, code = KnownDevice.objects.get(user=user), RecoveryCode.objects.filter(user=user).first()
    secrets = [
        user.password,
        TOTPDevice.objects.get(user=user).key,
        device.digest,
        code.hash,
        f"{user.pk:032}",
    ]
    secrets += [tries.hashed(user.username), *user.telephone.recovery]
    assert all(len(secret) > 12 for secret in secrets)
    with packed(user) as archive:
        text = "\n".join(archive.read(name).decode() for name in archive.namelist())
    assert EMAIL in text
    assert [secret for secret in secrets if secret in text] == []


def test_nothing_about_others_and_no_title_of_a_document(user, cast, evaluation):
    other = cast.contributor_registry_tabalong
    traces(other, evaluation)
    save(evaluation, "12.1", {"numerator": "97", "denominator": "100"}, cast.coordinator_tabalong, version=1)
    text = str(tables(user))
    for theirs in (other.username, other.name, f"Untuk {other.pk}", f"Kalimat {other.pk}", "Rahasia anak"):
        assert theirs not in text
    assert "Catatan dinas" not in text, "what an answer says is the district's"
    assert len(tables(user)["jawaban"]) == 1


def test_what_was_done_to_the_account_without_the_names_of_administrators(user, cast):
    close_account(account=user, by=cast.admin_kalsel)
    reopen_account(account=user, by=cast.admin_kalsel)
    found = tables(user)["kejadian-akun"]
    assert ("Akun ditutup", "admin") in {row[1:] for row in found}
    assert ("Verifikasi dua langkah dipasang", "Anda") in {row[1:] for row in found}
    assert cast.admin_kalsel.name not in str(found)


def test_one_event_without_content(user):
    export_own_data(by=user)
    event = Event.objects.get(action=EventAction.ACCOUNT_EXPORTED)
    assert (event.subject, event.by, event.district_id) == (f"akun:{user.pk}", user, TABALONG)
    assert set(event.data) == {"memberships"}


def test_the_archive_is_json_a_page_and_tables(user):
    with packed(user) as archive:
        content = json.loads(archive.read("data-saya.json"))
        page = archive.read("baca-saya.html").decode()
        rows = list(csv.reader(io.StringIO(archive.read("pesan.csv").decode("utf-8-sig")), delimiter=";"))
    assert content["schema"] == personal_archive.SCHEMA
    assert content["isi"]["jawaban"][0]["pertanyaan"] == "12.1"
    assert content["isi"]["jawaban"][0]["waktu"].endswith("+00:00")
    assert content["isi"]["pesan"][0]["isi"] == "=1+1"
    assert rows[1][2] == "'=1+1", "no cell of a table is a formula"
    assert user.username in page
    assert "<script" not in page
    assert "http" not in page.replace("https", "http").split("</head>")[1]
    assert set(content["isi"]) == {section.name for section in export_own_data(by=user)}


def test_a_name_with_markup_stays_text_on_the_page(user):
    User.objects.filter(pk=user.pk).update(name="<b>A</b>")
    user.refresh_from_db()
    with packed(user) as archive:
        page = archive.read("baca-saya.html").decode()
    assert "&lt;b&gt;A&lt;/b&gt;" in page
    assert "<b>A" not in page


def test_a_person_without_anything_gets_the_same_files(cast):
    assert set(tables(cast.stranger)) == {section.name for section in export_own_data(by=cast.stranger)}
    assert len(settings.PERSONAL_DATA_SECTIONS) == 2
