"""Nothing of a published or retired instrument can be changed or deleted, by whatever road. Drafts can."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from indicators.domain.importing import load_instrument
from indicators.domain.loading import CHILDREN
from indicators.domain.publishing import retire
from indicators.domain.spec import spec_of
from indicators.models import Cluster, Indicator, Instrument, InstrumentState, Question, Slot
from indicators.models.base import Frozen
from tests.indicators.small import small

pytestmark = pytest.mark.django_db

TABLES = [model._meta.db_table for model in CHILDREN]


@pytest.fixture(params=["published", "retired"])
def frozen(request, published):
    return published if request.param == "published" else retire(published, by=None)


def refused(deed, expected=DatabaseError):
    """``deed`` raises, in a savepoint of its own so that the test can go on."""
    with pytest.raises(expected), transaction.atomic():
        deed()


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_save_and_delete_of_rows(frozen):
    for model in (Question, Slot, Cluster, Indicator):
        row = model.objects.filter(instrument=frozen).first()
        refused(row.save, Frozen)
        refused(row.delete, Frozen)
    refused(frozen.delete, Frozen)
    assert spec_of(frozen) == small("terbit")


def test_save_of_the_instrument_itself(frozen):
    for field, value in {"title": "Lain", "code": "lain", "digest": "0" * 64, "total": 13}.items():
        changed = Instrument.objects.get(pk=frozen.pk)
        setattr(changed, field, value)
        refused(changed.save)


def test_queryset_update_and_delete(frozen):
    refused(lambda: Instrument.objects.filter(pk=frozen.pk).update(legal_basis=[]))
    refused(lambda: Instrument.objects.filter(pk=frozen.pk).delete())
    for model in CHILDREN:
        rows = model._default_manager.filter(instrument=frozen)
        refused(lambda rows=rows: rows.update(position=99))
        refused(rows.delete)
        refused(lambda rows=rows: rows._raw_delete(rows.db))
    assert spec_of(frozen) == small("terbit")


def test_bulk_update_and_bulk_create(frozen):
    question = Question.objects.filter(instrument=frozen).first()
    question.text = "Diubah?"
    refused(lambda: Question.objects.bulk_update([question], ["text"]))
    question.pk, question.code = None, "9.9"
    refused(lambda: Question.objects.bulk_create([question]))
    refused(lambda: Slot.objects.bulk_create([Slot(instrument=frozen, position=9, question_id=1, kind_id=1)]))


@pytest.mark.parametrize("table", TABLES)
def test_raw_sql_on_every_table(frozen, table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE instrument_id = %s", [frozen.pk])
        count = cursor.fetchone()[0]
    assert count
    refused(lambda: sql(f"UPDATE {table} SET position = position WHERE instrument_id = %s", frozen.pk))
    refused(lambda: sql(f"DELETE FROM {table} WHERE instrument_id = %s", frozen.pk))


def test_raw_sql_on_the_instrument(frozen):
    table = Instrument._meta.db_table
    refused(lambda: sql(f"UPDATE {table} SET title = %s WHERE id = %s", "Lain", frozen.pk))
    refused(lambda: sql(f"UPDATE {table} SET total = 13 WHERE id = %s", frozen.pk))
    refused(lambda: sql(f"DELETE FROM {table} WHERE id = %s", frozen.pk))


def test_rows_cannot_be_moved_in_or_out(frozen):
    draft, _ = load_instrument(small("rancangan"), by=None)
    refused(lambda: Question.objects.filter(instrument=draft).update(instrument=frozen))
    refused(lambda: Question.objects.filter(instrument=frozen).update(instrument=draft))


def test_no_way_back(frozen):
    rows = Instrument.objects.filter(pk=frozen.pk)
    refused(lambda: rows.update(state="draft", published_at=None, published_by=None, retired_at=None))
    if frozen.state == InstrumentState.RETIRED:
        refused(lambda: rows.update(state="published", retired_at=None))


@pytest.fixture
def admin_site(settings):
    """The admin site as the ADMIN_SITE setting turns it on."""
    settings.INSTALLED_APPS = ["django.contrib.admin", *settings.INSTALLED_APPS]
    from django.contrib import admin

    return admin.site


def test_the_admin_class_is_read_only_and_its_bulk_deletion_refused(frozen, admin_site, rf, cast):
    from indicators.admin import InstrumentAdmin, QuestionAdmin

    request = rf.get("/")
    request.user = cast.admin_national
    request.user.is_superuser = True
    for model, admin_class in ((Instrument, InstrumentAdmin), (Question, QuestionAdmin)):
        page = admin_class(model, admin_site)
        row = model._default_manager.first()
        assert not page.has_add_permission(request)
        assert not page.has_change_permission(request, row)
        assert not page.has_delete_permission(request, row)
        refused(lambda page=page: page.delete_queryset(request, Instrument.objects.filter(pk=frozen.pk)))
    question = Question.objects.filter(instrument=frozen).first()
    refused(lambda: page.save_model(request, question, None, change=True), Frozen)
    refused(lambda: page.delete_model(request, question), Frozen)


def test_a_draft_can_be_changed_and_deleted_by_every_road(draft):
    """The positive control: what is refused above is refused because it is frozen."""
    question = Question.objects.filter(instrument=draft).first()
    question.text = "Diubah"
    question.save()
    Question.objects.bulk_update([question], ["text"])
    assert Question.objects.filter(instrument=draft).update(level="desa") == 7
    for table in TABLES:
        sql(f"UPDATE {table} SET position = position WHERE instrument_id = %s", draft.pk)
    Instrument.objects.filter(pk=draft.pk).update(title="Lain")
    question.delete()
    assert Question.objects.filter(instrument=draft).count() == 6
    draft.delete()
    assert not Instrument.objects.filter(code="kecil").exists()
    assert not Question.objects.filter(instrument_id=draft.pk).exists()


def test_a_row_read_while_it_was_a_draft_knows_that_it_is_one_no_longer(draft):
    question = Question.objects.select_related("instrument").filter(instrument=draft).first()
    Instrument.objects.filter(pk=draft.pk).update(state="published", published_at=timezone.now())
    assert question.instrument.state == InstrumentState.DRAFT
    refused(question.save, Frozen)
