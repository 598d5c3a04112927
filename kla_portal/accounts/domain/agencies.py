"""The agencies of a district: each district names them in its own way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from kla_portal.accounts.access import area_of
from kla_portal.accounts.domain.refusal import AccountRefused
from kla_portal.accounts.models import Agency, User
from kla_portal.accounts.roles import Permission
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.regions.models import District

NAME_LENGTH = 160


def _checked_name(name: str, district: District, *, but: int = 0) -> str:
    """The name, trimmed; refused when empty, too long, or borne by another agency of the district."""
    name = " ".join(name.split())
    if not name:
        raise AccountRefused("Isi nama perangkat daerah.", field="name")
    if len(name) > NAME_LENGTH:
        raise AccountRefused(f"Nama paling panjang {NAME_LENGTH} huruf ({len(name)}).", field="name")
    # Compared here, not in SQL: SQLite folds only ASCII letters, and a district has some forty agencies.
    others = Agency.objects.filter(district=district).exclude(pk=but).values_list("name", flat=True)
    taken = next((other for other in others if other.casefold() == name.casefold()), None)
    if taken is not None:
        raise AccountRefused(f'"{taken}" sudah ada di {district}. Pakai nama lain.', field="name")
    return name


def _check_manages(district: District, by: User | None) -> None:
    if by is not None and not area_of(by, Permission.MANAGE_AGENCIES).covers(district):
        raise AccountRefused(f"Peran Anda di {district} tidak mencakup: {Permission.MANAGE_AGENCIES.value}.")


@transaction.atomic
def add_agency(*, district: District, name: str, by: User | None) -> Agency:
    """Add an agency of the district's own. Raises AccountRefused: not your district, name empty or taken."""
    _check_manages(district, by)
    agency = Agency(district=district, name=_checked_name(name, district))
    _save(agency, force_insert=True)
    record(
        EventAction.AGENCY_ADDED, by=by, subject=f"perangkat:{agency.pk}", district=district, name=agency.name
    )
    return agency


@transaction.atomic
def rename_agency(*, agency: Agency, name: str, by: User | None) -> Agency:
    """Give the agency another name; its questions and people stay. No event when the name is the same."""
    _check_manages(agency.district, by)
    row = Agency.objects.select_for_update(of=("self",)).select_related("district").get(pk=agency.pk)
    before, after = row.name, _checked_name(name, row.district, but=row.pk)
    if after == before:
        return row
    row.name = after
    _save(row, update_fields=["name"])
    record(
        EventAction.AGENCY_RENAMED,
        by=by,
        subject=f"perangkat:{row.pk}",
        district=row.district,
        before=before,
        after=after,
    )
    return row


def _save(agency: Agency, **how: object) -> None:
    try:
        with transaction.atomic():
            agency.save(**how)  # type: ignore[arg-type]
    except IntegrityError as error:
        raise AccountRefused(f'"{agency.name}" sudah ada. Pakai nama lain.', field="name") from error


@transaction.atomic
def ensure_agencies(
    districts: Iterable[District], terms: Iterable[tuple[str, str]], *, by: User | None = None
) -> int:
    """Give every district the instrument's agencies it lacks, and say how many were added.

    ``terms`` are (code, name).

    For opening an edition (some 15,000 rows): one event for all. An agency renamed by its district keeps its
    name; one that the district added itself under the instrument's name takes on the code.
    """
    codes, offered = [district.code for district in districts], list(terms)
    by_code: dict[str, set[str]] = defaultdict(set)
    by_name: dict[str, dict[str, Agency]] = defaultdict(dict)
    for agency in Agency.objects.filter(district__in=codes).only("district_id", "code", "name"):
        by_code[agency.district_id].add(agency.code)
        by_name[agency.district_id][agency.name.casefold()] = agency
    new, adopted = [], []
    for district in codes:
        for code, name in offered:
            if code in by_code[district]:
                continue
            bearer = by_name[district].get(name.casefold())
            if bearer is not None and bearer.code == "":
                bearer.code = code
                adopted.append(bearer)
                continue
            own = Agency(district_id=district, code=code, name=f"{name} ({code})" if bearer else name)
            by_name[district][own.name.casefold()] = own
            new.append(own)
    Agency.objects.bulk_update(adopted, ["code"], batch_size=500)
    Agency.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)
    if new or adopted:
        record(
            EventAction.AGENCY_ADDED,
            by=by,
            subject="perangkat:instrumen",
            added=len(new),
            adopted=len(adopted),
        )
    return len(new)
