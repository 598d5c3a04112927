"""Giving and taking roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction

from kla_portal.accounts import queries
from kla_portal.accounts.access import Area, area_of
from kla_portal.accounts.domain.refusal import AccountRefused
from kla_portal.accounts.models import Agency, Membership, User
from kla_portal.accounts.roles import PROVINCE_MAY_OPEN, RULES, Permission, Role, Scope
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.regions.models import District, Kecamatan, Province

EVERYWHERE = Area(national=True, provinces=frozenset(), districts=frozenset())


@dataclass(frozen=True)
class NewMembership:
    """A role to give, and where. Contributors need an agency, kecamatan officers a kecamatan; its district may
    be left out.
    """

    role: Role
    province: Province | None = None
    district: District | None = None
    agency: Agency | None = None
    kecamatan: Kecamatan | None = None

    def row(self, user: User) -> Membership:
        return Membership(
            user=user,
            role=self.role,
            province=self.province,
            district=self.district,
            agency=self.agency,
            kecamatan=self.kecamatan,
        )

    def same_as(self, held: Membership) -> bool:
        place = (held.province_id, held.district_id, held.agency_id, held.kecamatan_id)
        return (self.role, self.key) == (held.role, place)

    @property
    def key(self) -> tuple[str | None, str | None, int | None, str | None]:
        return (
            self.province.code if self.province else None,
            self.district.code if self.district else None,
            self.agency.pk if self.agency else None,
            self.kecamatan.code if self.kecamatan else None,
        )

    @property
    def province_code(self) -> str | None:
        if self.district:
            return self.district.province_id
        return self.province.code if self.province else None


def managing_area(by: User | None) -> Area:
    """Where ``by`` manages accounts. None is the system itself (set-up commands): everywhere."""
    if by is None:
        return EVERYWHERE
    area = area_of(by, Permission.MANAGE_ACCOUNTS)
    if not area:
        raise AccountRefused(f"Peran Anda tidak mencakup: {Permission.MANAGE_ACCOUNTS.value}.")
    return area


def locked(account: User, *, by: User | None) -> User:
    """The account's row, locked; refused unless it lies wholly within the area of ``by``.

    An account is never locked against being pointed at (``no_key``): whoever holds an event chain and writes a row that
    names this person would wait for us, and we for the chain.
    """
    rows = queries.accounts_in(managing_area(by)).select_for_update(of=("self",), no_key=True)
    row = rows.filter(pk=account.pk).first()
    if row is None:
        raise AccountRefused("Akun ini tidak termasuk wilayah Anda. Minta admin nasional.")
    if row.removed_at:
        raise AccountRefused(
            "Data akun ini sudah dihapus dan tidak dapat dikembalikan. Buka akun baru untuk orangnya."
        )
    return row


def fitting(new: NewMembership) -> NewMembership:
    """The membership, with the district of its agency or kecamatan; refused when the place does not fit the role."""
    part = new.agency or new.kecamatan
    if part and new.district is None:
        new = replace(new, district=part.district)
    role, scope = Role(new.role), RULES[Role(new.role)].scope
    if scope is Scope.AGENCY:
        _check_agency(new)
    elif new.agency:
        raise AccountRefused(
            f"{role.label} tidak terikat pada satu perangkat daerah; kosongkan perangkat daerah.",
            field="agency",
        )
    _check_kecamatan(new)
    if scope in {Scope.AGENCY, Scope.KECAMATAN, Scope.DISTRICT}:
        if new.district is None:
            raise AccountRefused(f"Pilih kabupaten/kota untuk {role.label}.", field="district")
        return _without_own_province(new)
    if scope is Scope.ANY_AREA:
        return _without_own_province(new)
    if new.district:
        raise AccountRefused(
            f"{role.label} tidak terikat pada satu kabupaten/kota; kosongkan kabupaten/kota.",
            field="district",
        )
    if scope is Scope.PROVINCE and new.province is None:
        raise AccountRefused(f"Pilih provinsi untuk {role.label}.", field="province")
    if scope is Scope.NATIONAL and new.province:
        raise AccountRefused(f"{role.label} berlaku nasional; kosongkan provinsi.", field="province")
    return new


def _check_agency(new: NewMembership) -> None:
    if new.agency is None:
        raise AccountRefused(f"Pilih perangkat daerah untuk {Role(new.role).label}.", field="agency")
    if new.district and new.agency.district_id != new.district.code:
        raise AccountRefused(f"{new.agency} bukan perangkat daerah {new.district}.", field="agency")


def _check_kecamatan(new: NewMembership) -> None:
    role = Role(new.role)
    if RULES[role].scope is not Scope.KECAMATAN:
        if new.kecamatan:
            raise AccountRefused(
                f"{role.label} tidak terikat pada satu kecamatan; kosongkan kecamatan.", field="kecamatan"
            )
        return
    if new.kecamatan is None:
        raise AccountRefused(f"Pilih kecamatan untuk {role.label}.", field="kecamatan")
    if new.district and new.kecamatan.district_id != new.district.code:
        raise AccountRefused(
            f"Kecamatan {new.kecamatan} bukan bagian dari {new.district}.", field="kecamatan"
        )


def _without_own_province(new: NewMembership) -> NewMembership:
    """A district names its province already; another province beside it is a slip of the hand."""
    if not new.district or not new.province:
        return new
    if new.district.province_id != new.province.code:
        raise AccountRefused(f"{new.district} tidak terletak di {new.province}.", field="district")
    return replace(new, province=None)


def check_may_give(area: Area, new: NewMembership) -> None:
    """Refused when the role or its place is beyond what an account manager of ``area`` may give."""
    if area.national:
        return
    if new.role not in PROVINCE_MAY_OPEN:
        raise AccountRefused(f"Peran {Role(new.role).label} hanya dibuka oleh admin nasional.", field="role")
    if new.province_code is None:
        raise AccountRefused(
            "Peran yang berlaku nasional hanya dibuka oleh admin nasional.", field="province"
        )
    if not area.covers_province(new.province_code):
        place = new.district or new.province
        raise AccountRefused(
            f"{place} di luar wilayah Anda.", field="district" if new.district else "province"
        )


def allowed(memberships: Iterable[NewMembership], *, by: User | None) -> list[NewMembership]:
    """The memberships made fit for storing; refused unless ``by`` may give every one. Repeats are dropped."""
    area = managing_area(by)
    fit: list[NewMembership] = []
    for new in memberships:
        ready = fitting(new)
        check_may_give(area, ready)
        if ready not in fit:
            fit.append(ready)
    if not fit:
        raise AccountRefused(
            "Setiap akun memerlukan sedikitnya satu peran. Tambah peran lain dahulu, atau tutup akunnya.",
            field="role",
        )
    return fit


def words(memberships: Iterable[Membership]) -> list[str]:
    """Roles and places for the event log: codes, not names, since names change."""
    places = ((m, m.district_id or m.province_id or "nasional") for m in memberships)
    parts = ((m, place, m.agency_id or m.kecamatan_id) for m, place in places)
    return [f"{m.role}@{place}" + (f"/{part}" if part else "") for m, place, part in parts]


def home_district(memberships: Sequence[Membership]) -> str | None:
    """The one district all memberships lie in, whose chain the event joins; None when there is no one."""
    districts = {m.district_id for m in memberships}
    return districts.pop() if len(districts) == 1 else None


def log_account(action: EventAction, account: User, *, by: User | None, **data: object) -> None:
    """One event about an account, with the roles it holds now. Named by its number: the log is never changed, and a
    user name in it would outlive the removal of the person's data."""
    held = list(account.memberships.all())
    record(
        action,
        by=by,
        subject=f"akun:{account.pk}",
        district=home_district(held),
        memberships=words(held),
        **data,
    )


def _insert(account: User, new: NewMembership) -> None:
    try:
        with transaction.atomic():
            new.row(account).save(force_insert=True)
    except IntegrityError as error:
        raise AccountRefused(
            "Akun ini sudah memegang peran itu di tempat yang sama. Pilih peran atau tempat lain.",
            field="role",
        ) from error


@transaction.atomic
def add_membership(*, account: User, membership: NewMembership, by: User | None) -> Membership:
    """Give one more role. Raises AccountRefused: not yours to give, place does not fit, already held."""
    row = locked(account, by=by)
    (new,) = allowed([membership], by=by)
    _insert(row, new)
    log_account(EventAction.ACCOUNT_CHANGED, row, by=by, change="membership.added")
    return row.memberships.latest("pk")


@transaction.atomic
def remove_membership(*, membership: Membership, by: User | None) -> None:
    """Take one role away. The last one stays: an account without a place would belong to nobody's area."""
    row = locked(membership.user, by=by)
    if by is not None and row.pk == by.pk:
        raise AccountRefused("Anda tidak dapat mencabut peran Anda sendiri; minta admin lain melakukannya.")
    held = list(row.memberships.all())
    if membership.pk not in {m.pk for m in held}:
        raise AccountRefused("Peran ini sudah dicabut. Muat ulang halaman.")
    if len(held) == 1:
        raise AccountRefused(
            "Ini peran terakhir akun tersebut. Tutup akunnya, atau beri peran lain lebih dahulu."
        )
    Membership.objects.filter(pk=membership.pk).delete()
    log_account(
        EventAction.ACCOUNT_CHANGED, row, by=by, change="membership.removed", removed=words([membership])
    )


@transaction.atomic
def set_memberships(*, account: User, memberships: Iterable[NewMembership], by: User | None) -> None:
    """Make these the account's roles, no others. Nothing is written when they already are."""
    row = locked(account, by=by)
    if by is not None and row.pk == by.pk:
        raise AccountRefused("Anda tidak dapat mengubah peran Anda sendiri; minta admin lain melakukannya.")
    wanted = allowed(memberships, by=by)
    held = list(row.memberships.all())
    surplus = [m for m in held if not any(new.same_as(m) for new in wanted)]
    missing = [new for new in wanted if not any(new.same_as(m) for m in held)]
    if not surplus and not missing:
        return
    for new in missing:
        _insert(row, new)
    Membership.objects.filter(pk__in=[m.pk for m in surplus]).delete()
    log_account(EventAction.ACCOUNT_CHANGED, row, by=by, change="memberships.set", removed=words(surplus))
