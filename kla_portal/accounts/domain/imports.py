"""Opening many accounts from a list: first say what each row would do, then do all of it or nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.db import IntegrityError, transaction

from kla_portal.accounts import queries
from kla_portal.accounts.access import Area
from kla_portal.accounts.domain.accounts import (
    OpenedAccount,
    checked_email,
    checked_name,
    checked_username,
)
from kla_portal.accounts.domain.memberships import (
    NewMembership,
    check_may_give,
    fitting,
    managing_area,
    words,
)
from kla_portal.accounts.domain.passwords import hash_one_time, one_time_password
from kla_portal.accounts.domain.refusal import AccountRefused
from kla_portal.accounts.models import Agency, Membership, User
from kla_portal.accounts.roles import Role
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.regions.models import District, Kecamatan, Province

MAX_ROWS = 2000

ROLE_WORDS: dict[str, Role] = {
    "petugas": Role.CONTRIBUTOR,
    "petugas kecamatan": Role.KECAMATAN,
    "koordinator": Role.COORDINATOR,
    "pimpinan": Role.LEADER,
    "verifikator provinsi": Role.PROVINCIAL_VERIFIER,
    "admin provinsi": Role.PROVINCIAL_ADMIN,
    "verifikator nasional": Role.NATIONAL_VERIFIER,
    "admin nasional": Role.NATIONAL_ADMIN,
    "auditor": Role.AUDITOR,
}
"""The words of the column ``peran``; a role's full label is understood too."""

_KNOWN_ROLES = {**ROLE_WORDS, **{role.label.casefold(): role for role in Role}}


@dataclass(frozen=True)
class ImportRow:
    """One row of the list, as text. ``number`` is its row in the file, the heading being row 1."""

    number: int
    username: str
    name: str
    email: str
    role: str
    place: str
    agency: str


class Fate(Enum):
    CREATED = "dibuat"
    EXISTS = "sudah ada"
    REFUSED = "ditolak"


@dataclass(frozen=True)
class Outcome:
    """What will happen to a row. ``reason`` comes with a refusal, ``membership`` with a new account."""

    row: ImportRow
    fate: Fate
    reason: str = ""
    membership: NewMembership | None = None

    @property
    def kind(self) -> str:
        return self.fate.name.lower()


@dataclass(frozen=True)
class ImportPlan:
    outcomes: tuple[Outcome, ...]

    def count(self, fate: Fate) -> int:
        return sum(outcome.fate is fate for outcome in self.outcomes)

    @property
    def created(self) -> int:
        return self.count(Fate.CREATED)

    @property
    def exists(self) -> int:
        return self.count(Fate.EXISTS)

    @property
    def refused(self) -> int:
        return self.count(Fate.REFUSED)

    @property
    def all_there(self) -> bool:
        """Nothing is left to do: somebody, or the same button, was faster."""
        return bool(self.outcomes) and self.exists == len(self.outcomes)

    @property
    def ordered(self) -> list[Outcome]:
        """What must be repaired first, then the rest, each as in the file."""
        return sorted(self.outcomes, key=lambda outcome: outcome.fate is not Fate.REFUSED)

    @property
    def can_run(self) -> bool:
        return bool(self.created) and not self.refused


class AlreadyOpened(AccountRefused):
    """Every account of the list is there. Whoever opened them had their passwords shown."""

    def __init__(self) -> None:
        super().__init__("Semua akun di daftar ini sudah ada. Tidak ada yang dibuat.")


def normal_place(text: str) -> str:
    """A code of a province, district or kecamatan as spreadsheets mangle it: ``63,1``, ``63.1`` and ``6310`` are
    63.10; ``12.09.06`` typed in an Indonesian sheet is a time of day, ``12:09:06``.
    """
    text = text.strip().replace(",", ".").replace(":", ".")
    if re.fullmatch(r"\d{2}\.\d", text):
        return f"{text}0"
    if re.fullmatch(r"\d{4}", text):
        return f"{text[:2]}.{text[2:]}"
    return text


class _Reference:
    """All that the rows refer to, read in a handful of queries however many rows there are."""

    def __init__(self, rows: Sequence[ImportRow], area: Area) -> None:
        self.area = area
        places = {normal_place(row.place) for row in rows}
        names = {row.username.strip().lower() for row in rows}
        self.provinces = {p.code: p for p in Province.objects.filter(code__in=places)}
        kecamatan = Kecamatan.objects.filter(code__in=places).select_related("district__province")
        self.kecamatan = {k.code: k for k in kecamatan}
        self.districts = {
            d.code: d for d in District.objects.filter(code__in=places).select_related("province")
        }
        self.agencies: dict[str, dict[str, Agency]] = defaultdict(dict)
        for agency in Agency.objects.filter(district__in=self.districts).select_related("district"):
            self.agencies[agency.district_id][agency.name.casefold()] = agency
            if agency.code:
                self.agencies[agency.district_id].setdefault(agency.code, agency)
        self.taken = set(User.objects.filter(username__in=names).values_list("username", flat=True))
        mine = queries.with_memberships(queries.accounts_in(area).filter(username__in=names))
        self.mine = {account.username: account for account in mine}

    def membership(self, row: ImportRow) -> NewMembership:
        """What the row asks for. Raises AccountRefused: unknown role, place or agency, or beyond the area."""
        role = _KNOWN_ROLES.get(" ".join(row.role.replace("_", " ").split()).casefold())
        if role is None:
            raise AccountRefused(
                f'Peran "{row.role}" tidak dikenal; pakai salah satu: {", ".join(ROLE_WORDS)}.'
            )
        place = normal_place(row.place)
        district, province = self.districts.get(place), self.provinces.get(place)
        kecamatan = self.kecamatan.get(place)
        if place and not district and not province and not kecamatan:
            raise AccountRefused(
                f'Kode wilayah "{row.place}" tidak dikenal; provinsi 2 angka (63), kabupaten/kota 63.09, '
                "kecamatan 63.09.06."
            )
        agency = self._agency(row, district)
        if kecamatan and row.agency.strip():
            raise AccountRefused(
                "Petugas kecamatan tidak bekerja untuk satu perangkat daerah; kosongkan kolomnya."
            )
        new = fitting(
            NewMembership(role, province=province, district=district, agency=agency, kecamatan=kecamatan)
        )
        check_may_give(self.area, new)
        return new

    def _agency(self, row: ImportRow, district: District | None) -> Agency | None:
        text = " ".join(row.agency.split())
        if not text or district is None:
            return None
        # Another district's agencies are not named to whoever does not manage it.
        if not self.area.covers(district):
            raise AccountRefused(f"{district} di luar wilayah Anda.")
        agency = self.agencies[district.code].get(text.casefold())
        if agency is None:
            raise AccountRefused(
                f'Perangkat daerah "{text}" belum ada di {district}; '
                "tambahkan dahulu di halaman perangkat daerah."
            )
        return agency


def _outcome(row: ImportRow, reference: _Reference, seen: dict[str, int]) -> Outcome:
    try:
        username = checked_username(row.username)
        checked_name(row.name)
        checked_email(row.email)
        new = reference.membership(row)
        if username in seen:
            raise AccountRefused(f'Nama pengguna "{username}" sudah dipakai di baris {seen[username]}.')
        seen[username] = row.number
        if username not in reference.taken:
            return Outcome(row, Fate.CREATED, membership=new)
        account = reference.mine.get(username)
        if account is None:
            raise AccountRefused(f'Nama pengguna "{username}" sudah dipakai; pilih nama lain.')
        if not account.is_active:
            raise AccountRefused(
                f'Akun "{username}" sudah ada tetapi ditutup; buka kembali di halaman akunnya.'
            )
        if not any(new.same_as(held) for held in account.memberships.all()):
            raise AccountRefused(
                f'Akun "{username}" sudah ada dengan peran lain; tambahkan perannya di halaman akunnya.'
            )
        return Outcome(row, Fate.EXISTS)
    except AccountRefused as refused:
        return Outcome(row, Fate.REFUSED, reason=refused.reason)


def plan_import(*, rows: Sequence[ImportRow], by: User | None) -> ImportPlan:
    """The dry run: what each row will do. Writes nothing. Raises AccountRefused for no rows or too many."""
    if not rows:
        raise AccountRefused("Daftar ini tidak berisi satu baris pun. Isi templatnya, lalu unggah lagi.")
    if len(rows) > MAX_ROWS:
        raise AccountRefused("Daftar paling banyak 2.000 baris. Bagi menjadi beberapa berkas.")
    reference = _Reference(rows, managing_area(by))
    seen: dict[str, int] = {}
    return ImportPlan(tuple(_outcome(row, reference, seen) for row in rows))


def run_import(*, rows: Sequence[ImportRow], by: User | None) -> list[OpenedAccount]:
    """Open every new account of the list, or none: the rows are planned again, since time has passed.

    Each account's one-time password is in the result and nowhere else. Raises AccountRefused when any row
    is refused, AlreadyOpened when there is nothing to open, also when the same list is just being opened.
    """
    plan = plan_import(rows=rows, by=by)
    if plan.all_there:
        raise AlreadyOpened
    if plan.refused:
        first = next(outcome for outcome in plan.outcomes if outcome.fate is Fate.REFUSED)
        raise AccountRefused(f"Tidak ada akun yang dibuat. Baris {first.row.number}: {first.reason}")
    new = [outcome for outcome in plan.outcomes if outcome.fate is Fate.CREATED]
    # Hashing takes a second or more: before the transaction, so that others save meanwhile.
    opened = [_prepare(outcome.row) for outcome in new]
    memberships = [
        outcome.membership.row(each.account)
        for outcome, each in zip(new, opened, strict=True)
        if outcome.membership
    ]
    try:
        _store([each.account for each in opened], memberships, by)
    except AccountRefused as refused:
        if plan_import(rows=rows, by=by).all_there:
            raise AlreadyOpened from refused
        raise
    return opened


@transaction.atomic
def _store(accounts: list[User], memberships: list[Membership], by: User | None) -> None:
    try:
        with transaction.atomic():
            User.objects.bulk_create(accounts, batch_size=500)
            Membership.objects.bulk_create(memberships, batch_size=500)
    except IntegrityError as error:
        raise AccountRefused(
            "Tidak ada akun yang dibuat: salah satu nama pengguna baru saja dipakai. Unggah lagi daftarnya."
        ) from error
    for membership in memberships:
        record(
            EventAction.ACCOUNT_OPENED,
            by=by,
            subject=f"akun:{membership.user_id}",
            district=membership.district_id,
            memberships=words([membership]),
            source="list",
        )


def _prepare(row: ImportRow) -> OpenedAccount:
    one_time = one_time_password()
    account = User(
        username=checked_username(row.username),
        name=checked_name(row.name),
        email=checked_email(row.email),
        password=hash_one_time(one_time),
        must_change_password=True,
    )
    return OpenedAccount(account=account, one_time_password=one_time)
