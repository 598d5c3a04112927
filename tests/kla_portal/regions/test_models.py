"""What the database refuses about regions, each by its named constraint."""

import pytest
from django.db import IntegrityError, connection, transaction

from kla_portal.regions.models import District, Province, Village

pytestmark = pytest.mark.django_db


def refused(deed):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        deed()
    return str(caught.value)


def test_a_province_lies_in_an_indonesian_zone():
    message = refused(lambda: Province.objects.create(code="99", name="Lain", timezone="Europe/London"))
    assert "province_timezone_is_indonesian" in message


def test_kinds_are_closed():
    message = refused(lambda: District.objects.create(code="63.99", province_id="63", kind="desa", name="X"))
    assert "district_kind_known" in message
    message = refused(
        lambda: Village.objects.create(code="x", kecamatan_id="63.09.01", kind="kota", name="X")
    )
    assert "village_kind_known" in message


def test_a_districts_name_is_taken_once_in_its_province_only():
    message = refused(
        lambda: District.objects.create(
            code="63.99", province_id="63", kind="kabupaten", name="Kabupaten Tabalong"
        )
    )
    assert "district_name_once_per_province" in message or "province_id" in message
    District.objects.create(code="62.99", province_id="62", kind="kabupaten", name="Kabupaten Tabalong")


def test_a_province_with_districts_cannot_be_deleted():
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("DELETE FROM regions_province WHERE code = '63'")
        connection.check_constraints()
