"""The gate. Every view passes it on its first line.

What a person cannot see does not exist for them (404). What they see but may not do now is refused with
the reason in words (403).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from kla_portal.accounts.models import Membership, User
from kla_portal.accounts.roles import Permission, Role
from kla_portal.prepared import prepared
from kla_portal.regions.models import District, Province

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Refused(PermissionDenied):
    """403 with a reason that the page shows. ``str(refused)`` is that reason, in Indonesian."""


@dataclass(frozen=True)
class Area:
    """Where a permission holds: everywhere, or in these provinces and districts (codes)."""

    national: bool
    provinces: frozenset[str]
    districts: frozenset[str]

    def __bool__(self) -> bool:
        return self.national or bool(self.provinces or self.districts)

    def covers(self, district: District) -> bool:
        return self.national or district.province_id in self.provinces or district.code in self.districts

    def covers_province(self, province_code: str) -> bool:
        return self.national or province_code in self.provinces

    def filter(self, prefix: str = "") -> Q:
        """A condition on districts; ``prefix`` is the path to the district, e.g. ``district__``."""
        if self.national:
            return Q()
        return Q(**{f"{prefix}province_id__in": self.provinces}) | Q(**{f"{prefix}code__in": self.districts})


def memberships_of(user: User | AnonymousUser) -> list[Membership]:
    """The person's memberships, read once per request."""
    if not isinstance(user, User) or not user.is_active:
        return []
    kept: list[Membership] | None = getattr(user, "_memberships", None)
    if kept is None:
        kept = _memberships(user.pk)
        for membership in kept:
            membership.user = user
        user._memberships = kept  # type: ignore[attr-defined]
    return kept


@prepared
def _memberships(user: int) -> QuerySet[Membership]:
    places = Membership.objects.select_related("province", "district__province", "agency", "kecamatan")
    return places.filter(user=user)


def who_helps(user: User | AnonymousUser) -> str:
    """Whom the person turns to about an account or a role: nobody is sent to their own office."""
    for held in memberships_of(user):
        if held.role == Role.PROVINCIAL_ADMIN or not (held.province_id or held.district_id):
            return "admin nasional"
    return "admin provinsi Anda"


def area_of(user: User | AnonymousUser, permission: Permission) -> Area:
    """Where the person holds the permission, by any of their memberships."""
    held = [m for m in memberships_of(user) if m.may(permission)]
    return Area(
        national=any(m.district_id is None and m.province_id is None for m in held),
        provinces=frozenset(m.province_id for m in held if m.province_id),
        districts=frozenset(m.district_id for m in held if m.district_id),
    )


def roles_in(user: User | AnonymousUser, district: District) -> set[Role]:
    """The roles whose area takes in this district."""
    return {
        Role(m.role)
        for m in memberships_of(user)
        if (m.district_id == district.code)
        or (m.district_id is None and m.province_id in {None, district.province_id})
    }


def require(user: User | AnonymousUser, permission: Permission) -> Area:
    """The area in which the person holds the permission; refused when there is none."""
    area = area_of(user, permission)
    if not area:
        raise Refused(f"Peran Anda tidak mencakup: {permission.value}.")
    return area


def signed_in(user: User | AnonymousUser) -> User:
    """The person, whoever they are. For pages about oneself."""
    if not isinstance(user, User):
        raise Http404
    return user


def anyone(user: User | AnonymousUser) -> None:
    """A page for everyone, signed in or not. Says so, and lets pass."""


def get_district_for(user: User | AnonymousUser, code: str, permission: Permission) -> District:
    """A district of the person's area. Unseen: 404. Seen without this permission: 403."""
    district = District.objects.select_related("province").filter(code=code).first()
    if district is None or not area_of(user, Permission.READ).covers(district):
        raise Http404
    if not area_of(user, permission).covers(district):
        raise Refused(f"Peran Anda di {district} tidak mencakup: {permission.value}.")
    return district


def get_province_for(user: User | AnonymousUser, code: str, permission: Permission) -> Province:
    """A province of the person's area. Unseen: 404. Seen without this permission: 403."""
    province = Province.objects.filter(code=code).first()
    if province is None or not area_of(user, Permission.SUPERVISE).covers_province(province.code):
        raise Http404
    if not area_of(user, permission).covers_province(province.code):
        raise Refused(f"Peran Anda di {province} tidak mencakup: {permission.value}.")
    return province
