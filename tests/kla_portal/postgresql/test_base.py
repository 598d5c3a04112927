"""On PostgreSQL a transaction begins and ends along with its statements, and is a transaction all the same."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, connections, transaction
from psycopg2.extensions import cursor as PlainCursor

from kla_portal.regions.models import Province

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

RENAME = "UPDATE regions_province SET name = %s WHERE code = '98'"
TWIN = "INSERT INTO regions_province (code, name, timezone) VALUES (%s, 'Kembar', 'Asia/Makassar')"


@pytest.fixture
def province():
    return Province.objects.create(code="98", name="Provinsi Uji", timezone="Asia/Makassar")


@pytest.fixture
def rounds(province, monkeypatch):
    """What is sent, a round each: its statements by their first words."""
    sent = []

    class Listening(PlainCursor):
        def execute(self, query, variables=None):
            sent.append([part.split()[0] for part in self.mogrify(query, variables).decode().split("; ")])
            return super().execute(query, variables)

    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "cursor_factory", Listening)
    return sent


def name():
    """As another connection sees it: what is committed."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT name FROM regions_province WHERE code = '98'")
            return cursor.fetchone()[0]
    finally:
        other.close()


def test_begin_goes_with_the_first_statement_and_commit_with_the_last(rounds):
    with transaction.atomic():
        assert Province.objects.filter(code="98").count() == 1
        connection.later(RENAME, ["Satu"])
        assert Province.objects.get(code="98").name == "Satu"
        connection.later(RENAME, ["50% dari %s"])
        connection.later(TWIN, ["99"])
    assert rounds == [["BEGIN", "SELECT"], ["UPDATE", "SELECT"], ["UPDATE", "INSERT", "COMMIT"]]
    assert name() == "50% dari %s"


def test_outside_a_transaction_each_statement_stands_alone(rounds):
    Province.objects.filter(code="98").update(name="Sendiri")
    assert rounds == [["UPDATE"]]
    assert name() == "Sendiri"
    with pytest.raises(transaction.TransactionManagementError):
        connection.later(RENAME, ["Tidak pernah"])


def test_a_transaction_without_a_statement_is_none(rounds):
    with transaction.atomic():
        pass
    with pytest.raises(KeyError), transaction.atomic():
        raise KeyError
    assert rounds == []


def test_what_only_waits_is_written_with_its_commit(rounds):
    with transaction.atomic():
        connection.later(RENAME, ["Menunggu"])
    assert rounds == [["BEGIN", "UPDATE", "COMMIT"]]
    assert name() == "Menunggu"


def test_an_error_undoes_all(rounds):
    with pytest.raises(KeyError), transaction.atomic():
        Province.objects.filter(code="98").update(name="Hilang")
        connection.later(RENAME, ["Hilang juga"])
        raise KeyError
    assert rounds == [["BEGIN", "UPDATE"], ["ROLLBACK"]]
    assert name() == "Provinsi Uji"


def test_what_waits_may_fail_with_the_commit(rounds):
    with pytest.raises(IntegrityError), transaction.atomic():
        Province.objects.filter(code="98").update(name="Hilang")
        connection.later(TWIN, ["98"])
    assert rounds[-2:] == [["INSERT", "COMMIT"], ["ROLLBACK"]]
    assert name() == "Provinsi Uji"
    with transaction.atomic():
        Province.objects.filter(code="98").update(name="Sesudahnya")
    assert name() == "Sesudahnya"


def test_it_is_committed_before_its_hooks_run(province):
    seen = []
    with transaction.atomic():
        transaction.on_commit(lambda: seen.append(name()))
        connection.later(RENAME, ["Tersimpan"])
    assert seen == ["Tersimpan"]


@pytest.mark.parametrize("statement", ["SELEC 1", "SELECT tidak_ada FROM regions_province"])
def test_after_a_first_statement_that_fails_it_is_still_one_transaction(province, statement):
    """One that cannot even be read keeps the BEGIN before it from being done."""
    with pytest.raises((KeyError, ProgrammingError)), transaction.atomic():
        with pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute(statement)
        try:
            Province.objects.filter(code="98").update(name="Hilang")
        except Exception as error:
            raise KeyError from error
        raise KeyError
    assert name() == "Provinsi Uji"


def test_a_savepoint_undoes_what_waits_since(province):
    with transaction.atomic():
        connection.later(RENAME, ["Luar"])
        with pytest.raises(KeyError), transaction.atomic():
            connection.later(RENAME, ["Dalam"])
            raise KeyError
        assert Province.objects.get(code="98").name == "Luar"
        with pytest.raises(IntegrityError), transaction.atomic():
            connection.later(TWIN, ["98"])
        with transaction.atomic():
            connection.later("UPDATE regions_province SET timezone = %s WHERE code = '98'", ["Asia/Jayapura"])
    assert name() == "Luar"
    assert Province.objects.get(code="98").timezone == "Asia/Jayapura"


@pytest.mark.parametrize("waits", [False, True])
def test_every_form_of_statement_comes_after_what_waits(province, waits):
    def written(text):
        if waits:
            connection.later(RENAME, [text])
        else:
            Province.objects.filter(code="98").update(name=text)

    with transaction.atomic():
        written("diambil sepotong-sepotong")
        assert [row.name for row in Province.objects.filter(code="98").iterator(chunk_size=1)] == [
            "diambil sepotong-sepotong"
        ]
        written("tanpa nilai")
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM regions_province WHERE name LIKE 'tanpa%'")
            assert cursor.fetchone() == ("tanpa nilai",)
            written("nilai bernama")
            cursor.execute("SELECT name FROM regions_province WHERE code = %(code)s", {"code": "98"})
            assert cursor.fetchone() == ("nilai bernama",)
            written("berulang")
            cursor.executemany(
                "UPDATE regions_province SET name = name || %s WHERE code = '98'", [(" kali",), (" dua",)]
            )
        assert Province.objects.get(code="98").name == "berulang kali dua"


@pytest.mark.parametrize(("end", "stands"), [("commit", "Diubah"), ("rollback", "Provinsi Uji")])
def test_transactions_by_hand(province, end, stands):
    transaction.set_autocommit(False)
    try:
        for text in ("Dahulu", "Diubah"):
            Province.objects.filter(code="98").update(name=text)
            connection.later(RENAME, [text])
            getattr(transaction, end)()
        Province.objects.filter(code="98").update(name="Hilang")
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)
    assert name() == stands


def test_closed_in_the_middle_nothing_stands_and_nothing_is_carried_over(province):
    with pytest.raises(OperationalError), transaction.atomic():
        Province.objects.filter(code="98").update(name="Hilang")
        connection.later(TWIN, ["99"])
        with connections["default"].copy().cursor() as other:
            other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        Province.objects.exists()
    with transaction.atomic():
        assert [(row.code, row.name) for row in Province.objects.filter(code__gte="98")] == [
            ("98", "Provinsi Uji")
        ]
