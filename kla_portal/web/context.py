"""What the frame of every page needs: the place, the role's few entries, the edition switch."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest

from evaluations.domain.landing import current_edition, evaluations_of, own_evaluation
from evaluations.domain.messages import unread_count, unread_of
from evaluations.domain.ranking import NATIONAL
from evaluations.domain.units.scope import own_kecamatan
from evaluations.models import Edition, Evaluation, Stage, State
from kla_portal.accounts.access import area_of, memberships_of, roles_in
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import PARTIAL, Permission, Role
from kla_portal.addresses import address
from kla_portal.operations import maintenance
from kla_portal.prepared import prepared
from kla_portal.regions.models import Province

if TYPE_CHECKING:
    from django.db.models import QuerySet

LOG_ENTRY_FOR = frozenset({Role.AUDITOR, Role.PROVINCIAL_ADMIN, Role.NATIONAL_ADMIN})
"""Others who may read the event log find it on the page of reports."""


@dataclass
class Entry:
    label: str
    url: str
    icon: str = ""
    active: bool = False
    within: tuple[str, ...] = ()
    """Beginnings of further addresses that belong to this entry."""

    def reach(self, path: str) -> int:
        """How much of the address this entry stands for, in characters; 0 when it is none of its pages."""
        if path == self.url:
            return len(path)
        below = (self.url, *self.within) if self.url.count("/") > 3 else self.within
        return max((len(beginning) for beginning in below if path.startswith(beginning)), default=0)


@dataclass
class Person:
    name: str
    role: str


@dataclass
class Frame:
    demo: bool
    person: Person | None = None
    place: str = ""
    search_url: str | None = None
    nav: list[Entry] = field(default_factory=list)
    editions: list[Entry] = field(default_factory=list)
    reader: User | None = None

    @cached_property
    def maintenance(self) -> maintenance.Notice | None:
        """Why nothing can be changed now; asked by whole pages only."""
        return maintenance.known()

    @cached_property
    def unread(self) -> int:
        """Messages the person has not read; counted when a whole page asks, not for its fragments."""
        return unread_count(self.reader) if self.reader else 0


Place = Evaluation | tuple[Edition, Province | None] | None


CONTESTED = {
    State.VA_CLOSED: Stage.VA.value,
    State.VL_CLOSED: Stage.VA.value,
    State.FINAL: Stage.VF.value,
}
"""The newest closed stage whose verdicts can, or could, be contested."""

VERIFYING = ("meja", "tutup", "kembalikan", "risiko", "verifikator", "perpanjang", "buka-kembali")
"""Rooms of an evaluation that the queue leads to."""


def frame(request: HttpRequest) -> dict[str, Frame]:
    """``request.place`` is what the page is about; other pages show the person's own place."""
    found = Frame(demo=settings.DEMO)
    user = getattr(request, "user", None)
    # Between the password and the code nobody is signed in yet: no name, no menu.
    if not isinstance(user, User) or getattr(request, "half_signed_in", False):
        return {"frame": found}
    memberships = memberships_of(user)
    found.person = Person(user.name, ", ".join(dict.fromkeys(m.get_role_display() for m in memberships)))
    if user.must_change_password:
        return {"frame": found}
    found.reader = user
    place: Place = getattr(request, "place", None) or _own_place(user)
    if isinstance(place, Evaluation):
        _about_evaluation(found, place, user)
    elif place:
        _about_area(found, *place, user)
    nearest = max(found.nav, key=lambda entry: entry.reach(request.path), default=None)
    if nearest:
        nearest.active = nearest.reach(request.path) > 0
    return {"frame": found}


def _own_place(user: User) -> Place:
    evaluation = own_evaluation(user)
    if evaluation:
        return evaluation
    edition = current_edition()
    if edition is None or not area_of(user, Permission.SUPERVISE):
        return None
    provinces = [m.province for m in memberships_of(user) if m.province]
    return edition, provinces[0] if provinces else None


def _about_evaluation(found: Frame, evaluation: Evaluation, user: User) -> None:
    pk = evaluation.pk
    roles = roles_in(user, evaluation.district)
    found.place = str(evaluation.district)
    found.search_url = address("evaluations:filling", pk)
    # A contributor has no overview: their tasks are where the switch leads.
    first = "tasks" if roles <= PARTIAL else "overview"
    known = evaluations_of(evaluation.district_id, user)
    if known:
        found.unread = known[0][2]
    if roles == {Role.KECAMATAN}:
        _about_kecamatan(found, evaluation, user, known)
        return
    found.editions = [
        Entry(name, address(f"evaluations:{first}", other), active=other == evaluation.pk)
        for other, name, _ in known
    ]
    found.nav = [*_own_entries(evaluation, user, roles), *_after_submission(evaluation, roles)]


def _own_entries(evaluation: Evaluation, user: User, roles: set[Role]) -> list[Entry]:
    """What of one evaluation the roles open."""
    pk = evaluation.pk
    overview = Entry("Beranda", address("evaluations:overview", pk), "home")
    answering = _below(pk, "indikator", "pertanyaan", "bukti", "excel", "kecamatan-desa", "pembagian")
    filling = Entry("Pengisian", address("evaluations:filling", pk), "edit", within=answering)
    library = Entry("Data dukung", address("evaluations:library", pk), "document")
    check = Entry("Periksa & ajukan", address("evaluations:check", pk), "check")
    lost = _below(pk, "kehilangan", "andaikan", "tahap")
    score = Entry("Skor", address("evaluations:score", pk), "chart", within=lost)
    ways = _below(pk, "target", "usaha")
    plan = Entry("Rencana aksi", address("evaluations:actions", pk), "plan", within=ways)
    told = ("/hasil/", "/praktik-baik/", "/catatan/", *_below(pk, "praktik", "keadaan"))
    reports = Entry("Laporan", address("evaluations:reports", pk), "report", within=told)
    agencies = Entry("Perangkat daerah", address("accounts:agencies", evaluation.district_id), "building")
    if Role.COORDINATOR in roles:
        return [overview, filling, library, check, score, plan, reports, agencies]
    if roles <= PARTIAL:
        tasks = Entry("Tugas saya", address("evaluations:tasks", pk), "list", within=answering)
        return [tasks, plan, library, *_own_kecamatan(evaluation, user)]
    if Role.LEADER in roles:
        return [overview, score, plan, reports]
    verifying = _below(pk, *VERIFYING)
    area = _area_entries(evaluation.edition, evaluation.district.province, user, verifying)
    return [*area, overview, filling, library, score, reports]


def _below(pk: int, *rooms: str) -> tuple[str, ...]:
    return tuple(f"/evaluasi/{pk}/{room}/" for room in rooms)


def _about_kecamatan(
    found: Frame, evaluation: Evaluation, user: User, known: list[tuple[int, str, int]]
) -> None:
    """A kecamatan officer's frame: their rows, in every edition, and nothing to search in."""
    found.search_url = None
    found.nav = _own_kecamatan(evaluation, user)
    first = min(own_kecamatan(user, evaluation.district_id))
    found.editions = [
        Entry(
            name,
            address("evaluations:units_kecamatan", other, first),
            active=other == evaluation.pk,
        )
        for other, name, _ in known
    ]


def _own_kecamatan(evaluation: Evaluation, user: User) -> list[Entry]:
    """The rows of each kecamatan whose officer the person is."""
    return [
        Entry(
            f"Kecamatan {m.kecamatan}",
            address("evaluations:units_kecamatan", evaluation.pk, m.kecamatan_id),
            "list",
        )
        for m in memberships_of(user)
        if m.role == Role.KECAMATAN and m.district_id == evaluation.district_id
    ]


def _after_submission(evaluation: Evaluation, roles: set[Role]) -> list[Entry]:
    """What verification sends back or decides, as soon as there can be any."""
    entries = []
    contributor = roles <= PARTIAL
    if evaluation.state == State.RETURNED or (evaluation.state != State.FILLING and not contributor):
        changes = _below(evaluation.pk, "perubahan")
        url = address("evaluations:shortfall", evaluation.pk)
        entries.append(Entry("Pengembalian", url, "swap", within=changes))
    stage = CONTESTED.get(State(evaluation.state))
    if stage and not contributor:
        entries.append(Entry("Sanggah", address("evaluations:objections", evaluation.pk, stage), "flag"))
    return entries


def _about_area(found: Frame, edition: Edition, province: Province | None, user: User) -> None:
    found.place = f"Provinsi {province}" if province else "Nasional"
    found.nav = _area_entries(edition, province, user)
    known = _editions(user.pk)
    if known:
        found.unread = known[0].unread
    found.editions = [
        Entry(
            other.name,
            address("evaluations:districts", other.code, province.code if province else NATIONAL),
            active=other.pk == edition.pk,
        )
        for other in known
    ]


@prepared
def _editions(reader: int) -> QuerySet[Edition]:
    """Every opened one, with the reader's unread messages."""
    return Edition.objects.filter(opened_at__isnull=False).annotate(unread=unread_of(reader))


def _area_entries(
    edition: Edition, province: Province | None, user: User, verifying: tuple[str, ...] = ()
) -> list[Entry]:
    """``verifying``: where the district's verification is worked on, when the page is about one."""
    area = area_of(user, Permission.SUPERVISE)
    if not area.national and (province is None or not area.covers_province(province.code)):
        return []
    place = NATIONAL if area.national and province is None else province.code if province else NATIONAL
    entries = []
    if area.national:
        entries.append(Entry("Provinsi", address("evaluations:provinces", edition.code), "map"))
    entries += [
        Entry("Kabupaten/Kota", address("evaluations:districts", edition.code, place), "list"),
        Entry(
            "Verifikasi",
            address("evaluations:queue", edition.code, place),
            "check",
            within=("/verifikasi/alasan/", *verifying),
        ),
        Entry("Peringkat", address("evaluations:ranking", edition.code, place), "chart"),
        Entry("Analisis", address("evaluations:analysis", edition.code, place), "search"),
    ]
    if area_of(user, Permission.MANAGE_INSTRUMENTS):
        entries += [
            Entry("Instrumen", address("indicators:list"), "book"),
            Entry("Periode", address("evaluations:editions"), "calendar"),
        ]
    if any(m.role in LOG_ENTRY_FOR for m in memberships_of(user)):
        entries.append(Entry("Catatan", address("evaluations:events"), "list"))
    manages = area_of(user, Permission.MANAGE_ACCOUNTS)
    if manages.national or (province and manages.covers_province(province.code)):
        entries.append(Entry("Kalibrasi", address("evaluations:calibration", edition.code, place), "swap"))
    if manages:
        entries.append(Entry("Akun", address("accounts:list"), "people"))
    return entries
