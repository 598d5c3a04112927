"""Prepared queries give what the plain ones give, with their values in the right places, and refuse the rest."""

from __future__ import annotations

import gc
import re
import weakref
from datetime import timedelta

import pytest
from django.db import DEFAULT_DB_ALIAS, DatabaseError, IntegrityError, connection, connections, transaction
from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.models import Answer, AnswerRevision, AnswerSource, Evaluation, Evidence, Stage
from indicators.domain.spec import loaded
from kla_portal import prepared as prepared_queries
from kla_portal.accounts.models import User
from kla_portal.prepared import insert, prepared, together, update

pytestmark = pytest.mark.django_db


def rows_of(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@prepared
def with_place(pk: int) -> QuerySet[Evaluation]:
    return Evaluation.objects.with_place().filter(pk=pk)


@prepared
def answered(district: str, state: str, least: int) -> QuerySet[Evaluation]:
    counted = Count("answers", filter=Q(answers__version__gte=least))
    return Evaluation.objects.filter(state=state, district=district).annotate(answered=counted)


@prepared
def names(*people: int) -> QuerySet[User, tuple[int, str]]:
    return User.objects.filter(pk__in=people).order_by("pk").values_list("pk", "name")


def test_rows_are_those_of_the_plain_query(evaluation):
    plain = Evaluation.objects.with_place().get(pk=evaluation.pk)
    for _ in range(2):
        (found,) = with_place(evaluation.pk)
        assert rows_of(found) == rows_of(plain)
        assert not found._state.adding
        assert rows_of(found.district.province) == rows_of(plain.district.province)
        assert rows_of(found.edition.instrument) == rows_of(plain.edition.instrument)
    assert with_place(0) == []


def test_joined_rows_cost_no_further_query(evaluation, django_assert_num_queries):
    with django_assert_num_queries(1):
        (found,) = with_place(evaluation.pk)
        assert found.district.province.zone
        assert found.edition.instrument.code


def test_each_value_stands_in_its_place(evaluation, cast):
    question = loaded(evaluation.edition.instrument).question_ids["1.1"]
    Answer.objects.create(
        evaluation=evaluation,
        question_id=question,
        value={"option": 0},
        version=3,
        updated_at=timezone.now(),
        updated_by=cast.coordinator_tabalong,
    )
    district, state = evaluation.district_id, evaluation.state
    assert sum(row.answered for row in answered(district, state, 3)) == 1
    assert sum(row.answered for row in answered(district, state, 4)) == 0
    assert answered(district, "final", 3) == []
    assert answered("00.00", state, 3) == []


def test_any_number_of_values(cast):
    people = sorted([cast.coordinator_tabalong, cast.leader_tabalong], key=lambda user: user.pk)
    expected = [(user.pk, user.name) for user in people]
    assert names(people[0].pk) == expected[:1]
    assert names(people[1].pk) == expected[1:]
    assert names(*(user.pk for user in people)) == expected


def test_only_so_many_forms_are_kept(cast):
    built = []

    @prepared
    def among(*people: int) -> QuerySet[User]:
        built.append(len(people))
        return User.objects.filter(pk__in=people)

    pk = cast.leader_tabalong.pk
    for count in (1, *range(2, 80), 79, 1):
        assert among(*[pk] * count) == [cast.leader_tabalong]
    assert built == [1, *range(2, 80), 1], "the newest is still known, the oldest is written again"


def test_values_are_given_by_place(evaluation):
    assert with_place(evaluation.pk)
    with pytest.raises(TypeError, match="keyword"):
        with_place(pk=evaluation.pk)
    with pytest.raises(TypeError, match="keyword"):
        with_place(evaluation.pk, state="final")


def test_the_sql_is_written_once(evaluation):
    built = []

    @prepared
    def counting(pk: int) -> QuerySet[Evaluation]:
        built.append(pk)
        return Evaluation.objects.filter(pk=pk)

    with CaptureQueriesContext(connection) as captured:
        assert [[row.pk for row in counting(pk)] for pk in (evaluation.pk, 0, evaluation.pk)] == [
            [evaluation.pk],
            [],
            [evaluation.pk],
        ]
    assert len(captured) == 3
    assert len(built) == 1
    assert built != [evaluation.pk]


def test_a_number_that_no_database_holds_names_no_row(evaluation):
    assert with_place(2**63 - 1) == with_place(2**63) == with_place(-(2**64)) == with_place(10**30) == []
    assert names(evaluation.pk, 10**30) == []


@pytest.mark.parametrize("value", [None, True, 1.5, [1], timezone.now()])
def test_only_numbers_and_texts(value):
    with pytest.raises(TypeError, match="numbers and texts"):
        with_place(value)


def test_what_the_plain_query_changes_or_leaves_out_is_refused(evaluation):
    @prepared
    def like(text: str) -> QuerySet[User]:
        return User.objects.filter(name__icontains=text)

    @prepared
    def unused(pk: int, other: int) -> QuerySet[User]:
        return User.objects.filter(pk=pk)

    @prepared
    def fetched(pk: int) -> QuerySet[Evaluation]:
        return Evaluation.objects.filter(pk=pk).prefetch_related(Prefetch("answers"))

    for query, values in ((like, ["a"]), (unused, [1, 2]), (fetched, [1])):
        with pytest.raises(ValueError, match="query"):
            query(*values)


def test_a_lock_asks_for_a_transaction(evaluation, monkeypatch):
    @prepared
    def locked(pk: int) -> QuerySet[Evaluation]:
        return Evaluation.objects.select_for_update().filter(pk=pk)

    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        assert locked(evaluation.pk) == [evaluation]
    if connection.vendor == "postgresql":
        name = captured[0]["sql"].split()[1]
        assert name.startswith("kla_locked_") and "FOR UPDATE" in statements_of(connection)[name]
    monkeypatch.setattr(connections[DEFAULT_DB_ALIAS], "in_atomic_block", False)
    with pytest.raises(TransactionManagementError):
        locked(evaluation.pk)


def unsaved(evaluation, by, *, note="é '%s' \"{0}\""):
    question = loaded(evaluation.edition.instrument).question_ids["1.1"]
    answer = Answer.objects.create(
        evaluation=evaluation, question_id=question, version=1, updated_at=timezone.now(), updated_by=by
    )
    value = {"numerator": "1.5", "rows": [1, None]}
    return AnswerRevision(
        answer=answer,
        version=1,
        value=value,
        note=note,
        stage=Stage.EM,
        source=AnswerSource.FORM,
        at=timezone.now(),
        by=by,
    )


def test_an_inserted_row_is_the_one_that_save_would_make(evaluation, cast):
    row = unsaved(evaluation, cast.coordinator_tabalong)
    insert(row)
    assert row.pk
    assert rows_of(AnswerRevision.objects.get()) == rows_of(row)
    twin = AnswerRevision(**{name: value for name, value in rows_of(row).items() if name != "id"})
    twin.version = 2
    twin.save(force_insert=True)
    assert rows_of(AnswerRevision.objects.get(version=2)) == rows_of(row) | {"id": twin.pk, "version": 2}


def test_a_row_may_name_one_that_got_its_key_since(evaluation, cast):
    row = unsaved(evaluation, cast.coordinator_tabalong)
    row.answer.delete()
    again = Answer(
        evaluation=evaluation,
        question_id=row.answer.question_id,
        version=1,
        updated_at=row.at,
        updated_by=row.by,
    )
    row.answer = again
    again.save()
    insert(row)
    assert AnswerRevision.objects.get().answer == again


def test_only_the_named_columns_are_updated(evaluation, cast):
    answer = unsaved(evaluation, cast.coordinator_tabalong).answer
    answer.value, answer.note, answer.version = {"option": 1}, "catatan", 9
    answer.updated_at += timedelta(hours=1)
    update(answer, "value", "updated_at")
    stored = Answer.objects.get(pk=answer.pk)
    assert (stored.value, stored.updated_at) == ({"option": 1}, answer.updated_at)
    assert (stored.note, stored.version) == ("", 1)
    answer.value = None
    update(answer, "value")
    assert Answer.objects.filter(pk=answer.pk, value__isnull=True).exists()


def test_a_row_that_is_gone_is_not_updated_in_silence(evaluation, cast):
    answer = unsaved(evaluation, cast.coordinator_tabalong).answer
    Answer.objects.filter(pk=answer.pk).delete()
    with pytest.raises(DatabaseError, match="gone"):
        update(answer, "note")


def test_a_row_with_a_key_of_its_own_keeps_it(evaluation, cast):
    by = cast.coordinator_tabalong
    row = Evidence(
        district_id=evaluation.district_id,
        form="file",
        title="SK",
        years=[2025],
        added_at=timezone.now(),
        added_by=by,
    )
    given = row.pk
    insert(row)
    assert row.pk == given
    assert rows_of(Evidence.objects.get()) == rows_of(row)


# Together


def test_what_is_written_together_is_seen_by_every_next_statement(evaluation, cast):
    row = unsaved(evaluation, cast.coordinator_tabalong)
    answer = row.answer
    with transaction.atomic(), together():
        answer.note = "pertama"
        update(answer, "note")
        insert(row)
        assert [found.note for found in Answer.objects.filter(pk=answer.pk)] == ["pertama"]
        answer.version = 7
        update(answer, "version")
        assert sum(found.answered for found in answered(evaluation.district_id, evaluation.state, 7)) == 1
        answer.note = "terakhir"
        update(answer, "note")
    stored = Answer.objects.get(pk=answer.pk)
    assert (stored.note, stored.version) == ("terakhir", 7)
    kept = AnswerRevision.objects.get()
    assert rows_of(kept) | {"id": row.pk} == rows_of(row)


def test_plain_statements_of_every_form_come_after_what_waits(evaluation, cast):
    answer = unsaved(evaluation, cast.coordinator_tabalong).answer
    notes = []
    with transaction.atomic(), together(), connection.cursor() as cursor:
        for turn, (sql, params) in enumerate(
            [
                (f"SELECT note FROM evaluations_answer WHERE id = {answer.pk}", None),
                ("SELECT note FROM evaluations_answer WHERE id = %s AND note LIKE '%%'", [answer.pk]),
                ("SELECT note FROM evaluations_answer WHERE id = %(pk)s", {"pk": answer.pk}),
            ]
        ):
            answer.note = f"100% {turn}"
            update(answer, "note")
            cursor.execute(sql, params)
            notes += cursor.fetchone()
        answer.version = 2
        update(answer, "version")
        cursor.executemany(
            "UPDATE evaluations_answer SET version = version + %s WHERE id = %s", [(3, answer.pk)] * 2
        )
    assert notes == ["100% 0", "100% 1", "100% 2"]
    assert Answer.objects.get(pk=answer.pk).version == 8


def test_nothing_of_it_stays_after_an_error(evaluation, cast):
    answer = unsaved(evaluation, cast.coordinator_tabalong).answer
    with pytest.raises(KeyError), transaction.atomic(), together():
        answer.note = "hilang"
        update(answer, "note")
        raise KeyError
    assert Answer.objects.get(pk=answer.pk).note == ""
    twin = Answer(
        evaluation=evaluation, question_id=answer.question_id, version=1, updated_at=answer.updated_at
    )
    twin.updated_by = answer.updated_by
    with pytest.raises(IntegrityError), transaction.atomic(), together():
        update(answer, "note")
        insert(twin)
    assert Answer.objects.get().note == "", "and the connection is as before"
    update(answer, "note")
    assert Answer.objects.get().note == "hilang"


def test_together_is_within_a_transaction_and_once(evaluation, cast, monkeypatch):
    answer = unsaved(evaluation, cast.coordinator_tabalong).answer
    with transaction.atomic(), together():
        answer.note = "luar"
        update(answer, "note")
        with together():
            answer.version = 5
            update(answer, "version")
        assert Answer.objects.get(pk=answer.pk).version == 5
    assert Answer.objects.get(pk=answer.pk).note == "luar"
    monkeypatch.setattr(connections[DEFAULT_DB_ALIAS], "in_atomic_block", False)
    with pytest.raises(TransactionManagementError), together():
        pass


@pytest.mark.postgresql
def test_what_is_written_together_goes_along_with_the_next_statement(evaluation, cast):
    row = unsaved(evaluation, cast.coordinator_tabalong)
    assert with_place(evaluation.pk)
    with CaptureQueriesContext(connection) as captured, transaction.atomic(), together():
        update(row.answer, "note")
        insert(row)
        assert with_place(evaluation.pk) == [evaluation]
        update(row.answer, "version")
    assert [re.findall(r"EXECUTE kla_(\w+)_|([A-Z]+) SAVEPOINT", query["sql"]) for query in captured] == [
        [],
        [("update_evaluations_answer", ""), ("insert_evaluations_answerrevision", ""), ("with_place", "")],
        [("update_evaluations_answer", ""), ("", "RELEASE")],
    ], "the last one with the end"
    assert row.pk is None, "its key is not told"


# By name, on PostgreSQL


def statements(captured):
    return [query["sql"].split()[0] for query in captured]


@pytest.mark.postgresql
def test_a_connection_that_stays_knows_the_query_by_name(evaluation):
    @prepared
    def with_state(state: str, pk: int, again: int) -> QuerySet[Evaluation]:
        # A value in two places, one that never changes, and a sign that means something to the driver.
        found = Evaluation.objects.filter(pk=pk, state=state).filter(Q(pk=again) | Q(pk=0))
        return found.exclude(claimed_predikat="100%")

    names_known = named_of(connection)
    with CaptureQueriesContext(connection) as captured:
        assert with_state(evaluation.state, evaluation.pk, evaluation.pk) == [evaluation]
        assert with_state("final", evaluation.pk, evaluation.pk) == []
        assert with_state(evaluation.state, evaluation.pk, 0) == []
        assert with_state("' or ''='", evaluation.pk, evaluation.pk) == []
    assert statements(captured) == ["EXECUTE"] * 4, "planned beside them, once"
    assert len(named_of(connection) - names_known) == 1


@pytest.mark.postgresql
def test_each_connection_learns_the_names_itself_and_takes_them_along(evaluation, monkeypatch):
    assert with_place(evaluation.pk) == [evaluation]
    other = connection.copy()
    monkeypatch.setattr(prepared_queries, "connections", {DEFAULT_DB_ALIAS: other})
    try:
        for _ in range(2):
            assert with_place(0) == []
            assert len(named_of(other)) == 1
            assert prepared_queries._named[other.connection] == named_of(other)
            closed = weakref.ref(other.connection)
            other.close()
            gc.collect()
            assert closed() is None, "nothing keeps it, its names neither"
    finally:
        other.close()


@pytest.mark.postgresql
def test_behind_a_pooler_nothing_is_named(evaluation, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    before = named_of(connection)
    with CaptureQueriesContext(connection) as captured:
        assert [row.pk for row in names(evaluation.pk + 10**6)] == []
        assert with_place(evaluation.pk) == [evaluation]
    assert statements(captured) == ["SELECT", "SELECT"]
    assert named_of(connection) == before


def named_of(connection):
    return set(statements_of(connection))


def statements_of(connection):
    """Name -> SQL of the queries that the connection knows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, statement FROM pg_prepared_statements")
        return dict(cursor.fetchall())
