"""What the portal keeps about one person, as tables that the person can take along (UU 27/2022 art. 6, 7 and 13).

Every building adds its own: ``settings.PERSONAL_DATA_SECTIONS`` names the functions, each ``(user) -> sections``.
Nothing in a section opens anything (no hash, secret, cookie or session key) and nothing is about somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from axes.models import AccessFailureLog
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from kla_portal.accounts.domain.memberships import log_account
from kla_portal.accounts.domain.second_factor import standing_of
from kla_portal.accounts.domain.tries import SIGN_IN, hashed, normal
from kla_portal.accounts.models import User
from kla_portal.events.models import Event, EventAction

Cell = str | int | bool | datetime | None


@dataclass(frozen=True)
class Section:
    """One table: ``name`` is its file (``peran`` -> peran.csv), ``rows`` fit ``columns``, which are Indonesian.

    ``rows`` may be read once only; times are aware.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Iterable[tuple[Cell, ...]]


def export_own_data(*, by: User) -> list[Section]:
    """All sections of all buildings about ``by``. The event comes first, so that the export names itself."""
    with transaction.atomic():
        log_account(EventAction.ACCOUNT_EXPORTED, by, by=by)
    return [section for path in settings.PERSONAL_DATA_SECTIONS for section in import_string(path)(by)]


def own_sections(user: User) -> list[Section]:
    """Account, roles, sessions, devices, second factor, tries to sign in, deeds, and what others did to the account."""
    return [
        Section("akun", "Akun", ("keterangan", "isi"), _account(user)),
        Section("peran", "Peran", ("peran", "tempat"), _roles(user)),
        Section(
            "sesi",
            "Sesi",
            ("masuk", "terakhir_dipakai", "berakhir", "sebab", "perangkat", "alamat_jaringan"),
            (
                (s.signed_in_at, s.seen_at, s.ended_at, s.get_end_display(), s.agent, s.address)
                for s in user.sittings.iterator()
            ),
        ),
        Section(
            "perangkat",
            "Perangkat yang dikenal",
            ("perangkat", "pertama_dipakai", "terakhir_dipakai"),
            user.devices.values_list("agent", "first_seen_at", "last_seen_at"),
        ),
        Section("percobaan-masuk", "Percobaan masuk", ("waktu", "jenis", "jaringan"), _tries(user)),
        Section(
            "perbuatan",
            "Yang Anda lakukan",
            ("waktu", "tindakan", "kode_daerah", "perihal"),
            _deeds(user),
        ),
        Section(
            "kejadian-akun",
            "Yang dilakukan pada akun Anda",
            ("waktu", "tindakan", "oleh"),
            _done_to(user),
        ),
    ]


def _account(user: User) -> Iterator[tuple[Cell, ...]]:
    yield "nomor akun", user.pk
    yield "nama pengguna", user.username
    yield "nama", user.name
    yield "surel", user.email
    yield "dibuka", user.created_at
    yield "terakhir masuk", user.last_login
    yield "kata sandi masih sekali pakai", user.must_change_password
    factor = standing_of(user)
    yield "verifikasi dua langkah dipasang", factor.since if factor else None
    yield "verifikasi dua langkah terakhir dipakai", factor.last_used if factor else None
    yield "kode pemulihan yang masih berlaku", factor.left if factor else 0


def _roles(user: User) -> list[tuple[Cell, ...]]:
    held = user.memberships.select_related("province", "district", "agency", "kecamatan")
    return [(str(m.get_role_display()), m.place) for m in held]


def _tries(user: User) -> Iterator[tuple[Cell, ...]]:
    """Under the user name, and links asked for under the address. Kept as a keyed hash: only found by who knows it."""
    keys = [hashed(normal(text)) for text in (user.username, user.email) if text]
    rows = AccessFailureLog.objects.filter(username__in=keys).order_by("attempt_time")
    for at, kind, network in rows.values_list("attempt_time", "path_info", "ip_address").iterator():
        yield at, "kata sandi" if kind == SIGN_IN else "tautan kata sandi baru", network


def _deeds(user: User) -> Iterator[tuple[Cell, ...]]:
    """Without the events' data: what was done to others is theirs."""
    rows = Event.objects.filter(by=user).order_by("at", "pk")
    for at, action, district, subject in rows.values_list("at", "action", "district", "subject").iterator():
        yield at, str(EventAction(action).label), district, subject


def _done_to(user: User) -> Iterator[tuple[Cell, ...]]:
    """Never by name: who administers accounts has a right of their own."""
    rows = Event.objects.filter(subject=f"akun:{user.pk}").order_by("at", "pk")
    for at, action, by in rows.values_list("at", "action", "by").iterator():
        who = "Anda" if by == user.pk else "admin" if by else "sistem"
        yield at, str(EventAction(action).label), who
