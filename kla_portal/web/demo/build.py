"""Building the demo, step by step, through the verbs that people use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Max, Sum
from django.utils import timezone

from evaluations.domain import editions, messages
from evaluations.domain.published import load_published
from evaluations.models import Edition, Evaluation, Stage
from indicators.domain.importing import load_instrument, parse_instrument
from indicators.domain.publishing import publish
from indicators.models import Instrument, InstrumentState
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.indonesian import NATIONAL_ZONE
from kla_portal.regions.loading import load_regions
from kla_portal.regions.models import Kecamatan, Village
from kla_portal.web.demo import past, people, planned, present, verified
from kla_portal.web.demo.answers import Region
from kla_portal.web.demo.deeds import Team
from kla_portal.web.demo.places import BY_CODE, KALSEL, KALTENG, PLACES, Place

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
INSTRUMENT = FIXTURES / "instruments" / "kla-2023.yaml"
OPENING, CLOSING = time(8, 0), time(23, 59)
OPEN_SINCE, OPEN_UNTIL = timedelta(days=60), timedelta(days=45)

Windows = Mapping[Stage, tuple[date, date]]
Say = Callable[[str], None]

PAST_WINDOWS: Windows = {
    Stage.EM: (date(2024, 2, 1), date(2024, 6, 30)),
    Stage.VA: (date(2024, 7, 8), date(2024, 8, 30)),
    Stage.VL: (date(2024, 9, 9), date(2024, 10, 18)),
    Stage.VF: (date(2024, 10, 28), date(2024, 11, 22)),
}


@dataclass(frozen=True)
class Codes:
    """The two editions' codes; tests take others than the real ones."""

    past: str = "2024"
    present: str = "2026"


def build(codes: Codes = Codes(), *, say: Say = lambda line: None) -> None:
    """Reference data, accounts, both editions and what is in them. Nothing of it may be there yet."""
    say("Wilayah, instrumen, dan hasil terbitan ...")
    instrument = _reference_data()
    say("Akun dan periode yang lalu ...")
    with clock.at(_moment(2024, 1, 8)):
        users = people.open_all(people.NATIONAL, by=None)
        users |= people.open_all(people.PROVINCIAL, by=users["admin.pusat"])
    admin = users["admin.pusat"]
    with clock.at(_moment(2024, 1, 15)):
        before = _edition(
            codes.past, instrument, years=(2022, 2023), previous=None, windows=PAST_WINDOWS, by=admin
        )
    with clock.at(_moment(2024, 1, 22)):
        users |= _open_local_accounts(users)
    regions = {place.code: _region(place) for place in PLACES}
    for place in PLACES:
        say(f"{before.name}: {place.name} ...")
        evaluation = _evaluation(before, place)
        past.fill(evaluation, place, regions[place.code], _team(place, users))
        _measure_tables()
    say(f"{before.name}: verifikasi ...")
    verified.verify_all(before, users)
    for user in users.values():
        messages.mark_read(by=user)
    _present(codes.present, instrument, before=before, users=users, regions=regions, say=say)
    verified.grant_more_time(before, users)
    say("Target, rencana aksi, kecamatan, dan praktik baik ...")
    planned.plan_all(before, Edition.objects.get(code=codes.present), users)


def _present(
    code: str,
    instrument: Instrument,
    *,
    before: Edition,
    users: Mapping[str, User],
    regions: Mapping[str, Region],
    say: Say,
) -> None:
    today = timezone.localdate(timezone=NATIONAL_ZONE)
    opens, closes = today - OPEN_SINCE, today + OPEN_UNTIL
    with clock.at(datetime.combine(opens - timedelta(days=7), OPENING, tzinfo=NATIONAL_ZONE)):
        now_open = _edition(
            code,
            instrument,
            years=(2024, 2025),
            previous=before,
            windows=_windows(opens, closes),
            by=users["admin.pusat"],
        )
    for district in present.PLANS:
        place = BY_CODE[district]
        say(f"{now_open.name}: {place.name} ...")
        opened = datetime.combine(opens, OPENING, tzinfo=NATIONAL_ZONE)
        evaluation = _evaluation(now_open, place)
        present.fill(evaluation, place, regions[district], _team(place, users), opened=opened)


def _measure_tables() -> None:
    """PostgreSQL measures by itself only what is committed; until then it plans as if the tables were empty."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _windows(opens: date, closes: date) -> Windows:
    """The self-assessment, and the verifications that follow it."""

    def after(first: int, last: int) -> tuple[date, date]:
        return closes + timedelta(days=first), closes + timedelta(days=last)

    return {
        Stage.EM: (opens, closes),
        Stage.VA: after(7, 60),
        Stage.VL: after(67, 105),
        Stage.VF: after(112, 140),
    }


def _moment(year: int, month: int, day: int, zone: ZoneInfo = NATIONAL_ZONE) -> datetime:
    return datetime.combine(date(year, month, day), time(9, 0), tzinfo=zone)


def _reference_data() -> Instrument:
    """Regions, the published instrument, published history; what is there already stays."""
    if Village.objects.filter(kecamatan__district__province__in=(KALSEL, KALTENG)).count() == 0:
        load_regions(villages_of=(KALSEL, KALTENG))
    spec = parse_instrument(INSTRUMENT.read_text(encoding="utf-8"), name=INSTRUMENT.name)
    instrument, _ = load_instrument(spec, by=None)
    if instrument.state == InstrumentState.DRAFT:
        instrument = publish(instrument, by=None)
    folder = FIXTURES / "published"
    load_published(scores=folder / "published-scores.csv", clusters=folder / "cluster-scores.csv")
    return instrument


def _edition(
    code: str,
    instrument: Instrument,
    *,
    years: tuple[int, int],
    previous: Edition | None,
    windows: Windows,
    by: User,
) -> Edition:
    edition = editions.create_edition(
        code=code,
        name=f"Evaluasi KLA {code}",
        instrument=instrument,
        evidence_years=years,
        previous=previous,
        by=by,
    )
    for stage, (opens, closes) in windows.items():
        editions.set_window(
            edition=edition, stage=stage, opens=(opens, OPENING), closes=(closes, CLOSING), by=by
        )
    editions.open_edition(edition=edition, by=by)
    return edition


def _open_local_accounts(users: Mapping[str, User]) -> dict[str, User]:
    """Each province's administrator opens the accounts of its districts."""
    opened: dict[str, User] = {}
    for province, admin in ((KALSEL, "admin.kalsel"), (KALTENG, "admin.kalteng")):
        own = [
            account
            for account in (*people.DISTRICTS, *people.AGENCIES, *people.KECAMATAN)
            if account.place.startswith(f"{province}.")
        ]
        opened |= people.open_all(own, by=users[admin])
    return opened


def _team(place: Place, users: Mapping[str, User]) -> Team:
    officers = {a.agency: users[a.username] for a in people.AGENCIES if a.place == place.code}
    return Team(users[f"koordinator.{place.slug}"], officers)


def _evaluation(edition: Edition, place: Place) -> Evaluation:
    return Evaluation.objects.with_place().get(edition=edition, district=place.code)


def _region(place: Place) -> Region:
    counted = Kecamatan.objects.filter(district=place.code).aggregate(
        kecamatan=Count("pk"),
        villages=Sum(F("desa_count") + F("kelurahan_count")),
        largest=Max(F("desa_count") + F("kelurahan_count")),
    )
    return Region(**counted)
