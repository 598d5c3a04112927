"""Reading accounts and agencies, always within an area."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from kla_portal.accounts.access import Area
from kla_portal.accounts.models import Agency, Membership, User
from kla_portal.accounts.roles import Role
from kla_portal.indonesian import NATIONAL_ZONE
from kla_portal.regions.models import District, Province


def accounts_in(area: Area) -> QuerySet[User]:
    """The accounts that an account manager of ``area`` acts on.

    National: all. Provincial: those with a role, all of whose roles lie within the provinces; one role
    outside and the account is not theirs. Superusers stand outside every province. An account whose data were removed
    has no role any more: it is shown where whoever removed it administers.
    """
    if area.national:
        return User.objects.all()
    held = Membership.objects.filter(user=OuterRef("pk"))
    inside = Membership.objects.filter(
        Q(province__in=area.provinces) | Q(district__province__in=area.provinces)
    ).values("pk")
    removed_here = Membership.objects.filter(
        user=OuterRef("removed_by"), role=Role.PROVINCIAL_ADMIN, province__in=area.provinces
    )
    theirs = Q(Exists(held)) & ~Q(Exists(held.exclude(pk__in=inside)))
    return User.objects.filter(theirs | Q(Exists(removed_here), removed_at__isnull=False), is_superuser=False)


def with_memberships(accounts: QuerySet[User]) -> QuerySet[User]:
    """The accounts with roles, places and who closed them, in two queries."""
    memberships = Membership.objects.select_related("province", "district__province", "agency", "kecamatan")
    return accounts.select_related("closed_by", "removed_by").prefetch_related(
        Prefetch("memberships", queryset=memberships)
    )


def zone_of(memberships: Iterable[Membership]) -> ZoneInfo:
    """The time zone of the first place a role is held in; the national one when there is none."""
    for membership in memberships:
        province = membership.province or (membership.district and membership.district.province)
        if province:
            return province.zone
    return NATIONAL_ZONE


def get_account(area: Area, pk: int) -> User:
    """An account of the area with its memberships, else 404: to others it does not exist."""
    account = with_memberships(accounts_in(area)).filter(pk=pk).first()
    if account is None:
        raise Http404
    return account


def search_accounts(
    accounts: QuerySet[User],
    *,
    text: str = "",
    role: str = "",
    district: District | None = None,
    active: bool | None = None,
) -> QuerySet[User]:
    """Accounts whose name, user name or address contains every word, with the role (in the district)."""
    for word in text.split():
        accounts = accounts.filter(
            Q(username__icontains=word) | Q(name__icontains=word) | Q(email__icontains=word)
        )
    held = Membership.objects.filter(user=OuterRef("pk"))
    if role:
        held = held.filter(role=role)
    if district:
        held = held.filter(district=district)
    if role or district:
        accounts = accounts.filter(Exists(held))
    if active is not None:
        accounts = accounts.filter(is_active=active)
    return accounts


def districts_in(area: Area) -> QuerySet[District]:
    return District.objects.filter(area.filter()).select_related("province").order_by("code")


def provinces_in(area: Area) -> QuerySet[Province]:
    provinces = Province.objects.order_by("code")
    return provinces if area.national else provinces.filter(pk__in=area.provinces)


def agencies_of(district: District) -> QuerySet[Agency]:
    """The district's agencies by name; ``people`` counts the open accounts of each."""
    people = Count("memberships", filter=Q(memberships__user__is_active=True))
    return Agency.objects.filter(district=district).annotate(people=people).order_by("name")
