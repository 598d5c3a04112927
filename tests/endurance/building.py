"""Run as a module: people of two districts with sessions, and answers that a verifier has accepted. Prints them."""

from __future__ import annotations

import json

import django


def build() -> dict[str, object]:
    from django.test import Client

    from evaluations.domain import submission
    from evaluations.domain.closing import reopen
    from evaluations.models import Decision, Evaluation, Stage
    from tests.cast import GUNUNG_MAS, TABALONG, TANAH_BUMBU, Cast, enter
    from tests.evaluations.cycle import close_va, decide, fresh, save

    cast = Cast()
    people = {
        "koor": cast.coordinator_tabalong,
        "kes": cast.contributor_health_tabalong,
        "tetangga": cast.coordinator_tanahbumbu,
        "gunungmas": cast.coordinator_gunungmas,
        "adm.kalteng": cast.admin_kalteng,
    }
    places = {"tabalong": TABALONG, "tanahbumbu": TANAH_BUMBU, "gunungmas": GUNUNG_MAS}
    found = {
        name: Evaluation.objects.get(edition__code="2026", district=code) for name, code in places.items()
    }
    # Once round, so that the stages can be opened and closed again without deciding anew.
    mountain = fresh(found["gunungmas"])
    save(mountain, "1.1", {"option": 0}, cast.coordinator_gunungmas)
    submission.submit(evaluation=mountain, by=cast.coordinator_gunungmas, incomplete_accepted=True)
    decide(fresh(mountain), Stage.VA, "1.1", Decision.ACCEPT, cast.admin_kalteng)
    close_va(fresh(mountain), cast.admin_kalteng)
    for stage in (Stage.VA, Stage.EM):
        reopen(evaluation=fresh(mountain), stage=stage, reason="Untuk diulang.", by=cast.admin_kalteng)
    return {
        "sessions": {name: enter(Client(), person).session.session_key for name, person in people.items()},
        "evaluations": {name: evaluation.pk for name, evaluation in found.items()},
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(build()))
