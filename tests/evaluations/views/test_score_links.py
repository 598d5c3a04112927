"""Every score opens its explanation: each total on a page links to the page that says why it is that number."""

from __future__ import annotations

import html
import re

import pytest

from evaluations.models import Stage
from kla_portal.indonesian import angka
from tests.cast import KALSEL
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, hand_in, save
from tests.evaluations.history import scenes
from tests.evaluations.views.common import main_of, signed_in, text_of, url

LINK = re.compile(r'<a href="([^"]+)"[^>]*>([^<]+)</a>')


@pytest.fixture
def claimed(evaluation, cast):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=cast.coordinator_tabalong)
    return evaluation


def opens(client, page: str, evaluation, number: str, query: str) -> None:
    """The page links this number to the score, and there it stands as the number that is explained."""
    target = f"{url('score', evaluation.pk)}?{query}"
    links = [(html.unescape(to), words) for to, words in LINK.findall(main_of(client.get(page)))]
    assert (target, number) in links, page
    shown = client.get(target)
    assert shown.status_code == 200
    assert angka(shown.context["tree"].total, 2) == number


@pytest.mark.parametrize(("query", "number"), [("tahap=em", "2,00"), ("tahap=em&nilai=aman", "0,00")])
def test_claim_and_safe_score(claimed, cast, query, number):
    home = url("overview", claimed.pk)
    opens(signed_in(cast.coordinator_tabalong), home, claimed, number, query)
    if query == "tahap=em":
        opens(signed_in(cast.coordinator_tabalong), url("check", claimed.pk), claimed, number, query)
    opens(signed_in(cast.admin_kalsel), url("districts", "2026", KALSEL), claimed, number, query)


def test_a_stored_result(claimed, cast):
    row = hand_in(claimed, by=cast.coordinator_tabalong)
    client = signed_in(cast.coordinator_tabalong)
    for page in (url("reports", claimed.pk), url("receipt", row.pk), url("stages", claimed.pk)):
        opens(client, page, claimed, "2,00", "tahap=em")
    opens(signed_in(cast.admin_kalsel), url("ranking", "2026", KALSEL), claimed, "2,00", "tahap=em")


def test_each_stage_opens_its_own(evaluation, cast):
    final = scenes.whole_way(evaluation, cast)
    client = signed_in(cast.coordinator_tabalong)
    for stage, number in ((Stage.EM, "20,00"), (Stage.VA, "15,00"), (Stage.VF, "17,00")):
        for page in (url("stages", final.pk), url("reports", final.pk)):
            opens(client, page, final, number, f"tahap={stage}")


@pytest.mark.parametrize("name", ["overview", "reports", "stages"])
def test_where_points_are_lost_is_one_click_away(claimed, cast, name):
    client = signed_in(cast.leader_tabalong)
    assert f'href="{url("losses", claimed.pk)}"' in main_of(client.get(url(name, claimed.pk)))
    assert "Di mana poin hilang" in text_of(client.get(url(name, claimed.pk)))


def test_a_contributor_who_may_not_open_it_is_offered_none(claimed, cast):
    client = signed_in(cast.contributor_health_tabalong)
    assert client.get(url("score", claimed.pk)).status_code == 403
    assert f'href="{url("score", claimed.pk)}' not in main_of(client.get(url("tasks", claimed.pk)))
