"""Each deed tells whom it concerns, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from evaluations.domain import assignments, closing, notices, objections, returns, verification
from evaluations.models import Decision, Message, MessageKind, Stage
from kla_portal import clock
from kla_portal.accounts.models import Membership
from kla_portal.accounts.roles import Role
from tests.cast import GUNUNG_MAS, KALSEL, TABALONG, agency, person
from tests.evaluations.cycle import close_va, decide, fresh, save
from tests.evaluations.domain.claims import hand_in
from tests.evaluations.views.common import signed_in

SECRET = "Anak bernama Rahasia belum tercatat."


@pytest.fixture(autouse=True)
def others(cast):
    """People whom none of this concerns."""
    return [cast.coordinator_tanahbumbu, cast.verifier_kalteng, cast.admin_kalteng, cast.stranger]


def told(kind) -> dict[str, Message]:
    return {message.user.username: message for message in Message.objects.filter(kind=kind)}


def send_back(evaluation, cast, codes=("12.1", "1.1"), hours=48):
    return returns.send_back(
        evaluation=evaluation,
        stage=Stage.VA,
        needed=dict.fromkeys(codes, SECRET),
        due_at=clock.now() + timedelta(hours=hours),
        message=SECRET,
        by=cast.verifier_kalsel,
    )


def test_a_submission_reaches_the_provinces_verifiers(claimed, cast):
    cast.verifier_kalsel, cast.verifier_national, cast.admin_kalsel  # noqa: B018
    hand_in(claimed, by=cast.coordinator_tabalong)
    messages = told(MessageKind.SUBMITTED)
    assert set(messages) == {"verif.kalsel"}
    message = messages["verif.kalsel"]
    assert message.subject == "Kabupaten Tabalong mengajukan Evaluasi KLA 2026"
    assert "Nilai klaim 20,00" in message.body
    assert message.evaluation == claimed
    assert message.url == f"/evaluasi/{claimed.pk}/meja/va/"


def test_where_there_is_no_verifier_the_administrators_hear_of_it(claimed, cast):
    cast.admin_kalsel, cast.admin_national, cast.verifier_national  # noqa: B018
    assert [user.username for user in notices.verifiers(claimed, Stage.VA)] == ["adm.kalsel"]
    assert [user.username for user in notices.verifiers(claimed, Stage.VL)] == ["verif.pusat"]


def test_or_those_who_were_named(claimed, cast):
    named = person("verif2.kalsel", "Verifikator Dua", Role.PROVINCIAL_VERIFIER, province_id=KALSEL)
    verification.assign_verifier(evaluation=claimed, stage=Stage.VA, verifier=named, by=cast.admin_kalsel)
    cast.verifier_kalsel  # noqa: B018
    hand_in(claimed, by=cast.coordinator_tabalong)
    assert set(told(MessageKind.SUBMITTED)) == {"verif2.kalsel"}


def test_where_a_cluster_has_nobody_all_are_told(claimed, cast):
    named = person("verif2.kalsel", "Verifikator Dua", Role.PROVINCIAL_VERIFIER, province_id=KALSEL)
    verification.assign_verifier(
        evaluation=claimed, stage=Stage.VA, cluster="K3", verifier=named, by=cast.admin_kalsel
    )
    people = notices.verifiers(claimed, Stage.VA, ["12.1"])
    assert [user.username for user in people] == ["verif2.kalsel"]
    cast.verifier_kalsel  # noqa: B018
    people = notices.verifiers(claimed, Stage.VA, ["12.1", "1.1"])
    assert {user.username for user in people} == {"verif2.kalsel", "verif.kalsel"}


def test_a_verifier_who_is_of_the_district_is_left_out(claimed, cast):
    from kla_portal.accounts.models import Membership

    Membership.objects.create(user=cast.verifier_kalsel, role=Role.LEADER, district_id=TABALONG)
    hand_in(claimed, by=cast.coordinator_tabalong)
    assert told(MessageKind.SUBMITTED) == {}


def test_a_return_tells_the_coordinator_all_and_each_agency_its_own(submitted, cast):
    cast.contributor_health_tabalong, cast.contributor_registry_tabalong, cast.leader_tabalong  # noqa: B018
    send_back(submitted, cast)
    messages = told(MessageKind.RETURNED)
    assert set(messages) == {"koor.tabalong", "kes.tabalong"}
    whole, own = messages["koor.tabalong"], messages["kes.tabalong"]
    assert whole.subject == "2 pertanyaan dikembalikan: Kabupaten Tabalong"
    assert "1.1, 12.1." in whole.body
    assert "Tepat waktu sampai" in whole.body
    assert "WITA" in whole.body
    assert own.subject == "1 pertanyaan perangkat daerah Anda dikembalikan"
    assert "12.1" in own.body
    assert "1.1, " not in own.body
    assert own.url == f"/evaluasi/{submitted.pk}/tugas/"


def test_what_people_wrote_stays_behind_the_login(submitted, cast):
    send_back(submitted, cast)
    messages = Message.objects.all()
    assert messages
    assert not [m for m in messages if "Rahasia" in m.subject + m.body]


def test_a_reassigned_question_goes_with_its_agency(claimed, cast):
    cast.contributor_health_tabalong  # noqa: B018
    registry = cast.contributor_registry_tabalong
    assignments.assign(
        evaluation=claimed, codes=["12.1"], agency=agency(TABALONG, "dukcapil"), by=cast.coordinator_tabalong
    )
    hand_in(claimed, by=cast.coordinator_tabalong)
    send_back(fresh(claimed), cast, codes=["12.1"])
    assert set(told(MessageKind.RETURNED)) == {"koor.tabalong", registry.username}


def test_a_closed_account_is_told_nothing(submitted, cast):
    user = cast.contributor_health_tabalong
    user.is_active, user.closed_at, user.closed_by = False, clock.now(), cast.admin_kalsel
    user.save()
    send_back(submitted, cast)
    assert set(told(MessageKind.RETURNED)) == {"koor.tabalong"}


@pytest.mark.parametrize(("hours_later", "words"), [(47, "tepat waktu."), (49, "sesudah batas tepat waktu.")])
def test_a_resubmission_tells_the_verifier_whether_it_is_late(submitted, cast, hours_later, words):
    now = clock.now()
    returns.send_back(
        evaluation=submitted,
        stage=Stage.VA,
        needed={"12.1": SECRET, "1.1": SECRET},
        due_at=now + timedelta(hours=48),
        locks_at=now + timedelta(hours=72),
        by=cast.verifier_kalsel,
    )
    with clock.at(now + timedelta(hours=hours_later)):
        value = {"numerator": "90", "denominator": "100"}
        save(fresh(submitted), "12.1", value, cast.coordinator_tabalong, version=1)
        returns.resubmit(evaluation=fresh(submitted), by=cast.coordinator_tabalong)
    messages = told(MessageKind.RESUBMITTED)
    assert set(messages) == {"verif.kalsel"}
    subject = "Kabupaten Tabalong mengajukan kembali: 1 dari 2 pertanyaan berubah"
    assert messages["verif.kalsel"].subject == subject
    assert messages["verif.kalsel"].body.startswith("Evaluasi KLA 2026: yang berubah 12.1.")
    assert messages["verif.kalsel"].body.endswith(words)


def test_an_extension_names_both_times(submitted, cast):
    send_back(submitted, cast)
    due = clock.now() + timedelta(days=4)
    returns.extend(
        evaluation=fresh(submitted),
        due_at=due,
        locks_at=due + timedelta(hours=5),
        reason=SECRET,
        by=cast.admin_kalsel,
    )
    message = told(MessageKind.EXTENDED)["koor.tabalong"]
    assert message.body.startswith("Pengembalian Evaluasi KLA 2026: batas waktu diperpanjang.")
    assert "Tepat waktu sampai" in message.body
    assert "Dikunci mulai" in message.body
    assert "Rahasia" not in message.body


@pytest.fixture
def va_closed(submitted, cast):
    cast.leader_tabalong  # noqa: B018
    decide(submitted, Stage.VA, "1.1", Decision.REJECT, cast.verifier_kalsel, reason=SECRET)
    for code in ("12.1", "2.3"):
        decide(submitted, Stage.VA, code, Decision.ACCEPT, cast.verifier_kalsel)
    close_va(submitted, cast.verifier_kalsel)
    return fresh(submitted)


def test_a_result_reaches_coordinator_and_leader(va_closed, settings):
    messages = told(MessageKind.STAGE_CLOSED)
    assert set(messages) == {"koor.tabalong", "pim.tabalong"}
    message = messages["pim.tabalong"]
    assert message.subject == "Hasil Verifikasi Administrasi: Kabupaten Tabalong"
    assert "Nilai 8,00" in message.body
    assert "Sanggah dapat diajukan sampai" in message.body
    assert message.url == f"/evaluasi/{va_closed.pk}/skor/"


def test_a_return_that_nobody_answered_ends_with_word_to_the_coordinator(submitted, cast):
    send_back(submitted, cast, hours=1)
    with clock.at(clock.now() + timedelta(hours=2)):
        returns.take_back(evaluation=fresh(submitted), by=cast.verifier_kalsel)
    messages = told(MessageKind.RETURN_ENDED)
    assert set(messages) == {"koor.tabalong"}
    assert "batas waktu lewat tanpa pengajuan kembali" in messages["koor.tabalong"].body
    assert SECRET not in messages["koor.tabalong"].body


def test_a_reopened_stage_is_told_to_coordinator_and_leader_without_its_reason(va_closed, cast):
    closing.reopen(evaluation=va_closed, stage=Stage.VA, reason=SECRET, by=cast.admin_kalsel)
    messages = told(MessageKind.REOPENED)
    assert set(messages) == {"koor.tabalong", "pim.tabalong"}
    message = messages["koor.tabalong"]
    assert message.subject == "Verifikasi Administrasi dibuka kembali: Kabupaten Tabalong"
    assert SECRET not in message.body
    assert message.url == f"/evaluasi/{va_closed.pk}/"


def test_an_objection_goes_to_those_who_may_decide_it(va_closed, cast):
    cast.admin_kalsel, cast.verifier_national  # noqa: B018
    objection = objections.object_to(
        evaluation=va_closed, stage=Stage.VA, code="1.1", reason=SECRET, by=cast.coordinator_tabalong
    )
    messages = told(MessageKind.OBJECTION_FILED)
    assert set(messages) == {"adm.kalsel"}, "not the one who gave the verdict"
    assert messages["adm.kalsel"].subject == "Kabupaten Tabalong menyanggah putusan pertanyaan 1.1"
    objections.decide_objection(objection=objection, granted=True, reason=SECRET, by=cast.admin_kalsel)
    decided = told(MessageKind.OBJECTION_DECIDED)
    assert set(decided) == {"koor.tabalong"}
    assert "dikabulkan. Nilai Verifikasi Administrasi kini 20,00." in decided["koor.tabalong"].body
    assert not Message.objects.filter(body__contains="Rahasia").exists()


def test_a_refused_objection_says_so(va_closed, cast):
    objection = objections.object_to(
        evaluation=va_closed, stage=Stage.VA, code="1.1", reason="Ada.", by=cast.coordinator_tabalong
    )
    objections.decide_objection(objection=objection, granted=False, reason="Tidak.", by=cast.admin_kalsel)
    message = told(MessageKind.OBJECTION_DECIDED)["koor.tabalong"]
    assert message.subject == "Sanggah pertanyaan 1.1 ditolak: Kabupaten Tabalong"
    assert "kini" not in message.body


def test_a_publication_is_announced_to_all_districts(edition, cast, django_assert_max_num_queries):
    cast.coordinator_tabalong, cast.leader_tabalong, cast.contributor_health_tabalong  # noqa: B018
    at = clock.now() + timedelta(days=3)
    with django_assert_max_num_queries(14):
        closing.publish(edition=edition, at=at, by=cast.admin_national)
    messages = told(MessageKind.PUBLICATION)
    assert set(messages) == {"koor.tabalong", "pim.tabalong", "koor.tanahbumbu"}
    assert "diumumkan" in messages["koor.tabalong"].subject
    assert [opens(message) for message in messages.values()] == [200, 200, 200]
    with clock.at(at):
        assert opens(messages["koor.tabalong"]) == 200


def test_a_publication_tells_each_district_its_own_time_once(edition, cast):
    """The same moment is 09.00 WIB and 10.00 WITA; who leads two districts is told once."""
    both = cast.leader_tabalong
    Membership.objects.create(user=both, role=Role.COORDINATOR, district_id=TABALONG)
    Membership.objects.create(user=both, role=Role.LEADER, district_id=GUNUNG_MAS)
    Membership.objects.create(user=cast.coordinator_tabalong, role=Role.AUDITOR, district_id=GUNUNG_MAS)
    person("koor.gunungmas", "Koordinator Gunung Mas", Role.COORDINATOR, district_id=GUNUNG_MAS)
    at = datetime(2999, 1, 5, 2, tzinfo=UTC)
    closing.publish(edition=edition, at=at, by=cast.admin_national)
    messages = told(MessageKind.PUBLICATION)
    assert Message.objects.filter(kind=MessageKind.PUBLICATION, user=both).count() == 1
    assert "10.00 WITA" in messages["koor.tabalong"].body
    assert "09.00 WIB" in messages["koor.gunungmas"].subject


def opens(message) -> int:
    """What its reader finds behind the message's link."""
    return signed_in(message.user).get(message.url, follow=True).status_code


def test_the_links_open_for_their_readers(claimed, cast):
    cast.verifier_kalsel, cast.contributor_health_tabalong, cast.leader_tabalong, cast.admin_kalsel  # noqa: B018
    hand_in(claimed, by=cast.coordinator_tabalong)
    assert [opens(m) for m in Message.objects.filter(kind=MessageKind.SUBMITTED)] == [200]
    send_back(fresh(claimed), cast)
    assert [opens(m) for m in Message.objects.filter(kind=MessageKind.RETURNED)] == [200, 200]
    returns.resubmit(evaluation=fresh(claimed), by=cast.coordinator_tabalong)
    assert [opens(m) for m in Message.objects.filter(kind=MessageKind.RESUBMITTED)] == [200]


def test_so_do_those_of_results_and_objections(va_closed, cast):
    cast.admin_kalsel  # noqa: B018
    assert [opens(m) for m in Message.objects.filter(kind=MessageKind.STAGE_CLOSED)] == [200, 200]
    objection = objections.object_to(
        evaluation=va_closed, stage=Stage.VA, code="1.1", reason="Ada.", by=cast.coordinator_tabalong
    )
    assert [opens(m) for m in Message.objects.filter(kind=MessageKind.OBJECTION_FILED)] == [200]
    objections.decide_objection(objection=objection, granted=False, reason="Tidak.", by=cast.admin_kalsel)
    assert [opens(m) for m in Message.objects.filter(kind=MessageKind.OBJECTION_DECIDED)] == [200]


def test_long_lists_are_cut():
    assert notices.listed([]) == ""
    assert notices.listed(["1", "2"]) == "1, 2"
    assert notices.listed([str(n) for n in range(15)]).endswith("11 dan 3 lainnya")
