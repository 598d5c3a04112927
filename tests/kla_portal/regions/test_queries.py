import pytest

from kla_portal.regions.models import Province
from kla_portal.regions.queries import districts_of, find_province

pytestmark = pytest.mark.django_db


def test_districts_of_a_province_in_order_and_no_others():
    codes = list(districts_of("63").values_list("code", flat=True))
    assert len(codes) == 13
    assert codes == sorted(codes)
    assert set(districts_of(Province.objects.get(code="63")).values_list("code", flat=True)) == set(codes)
    assert not districts_of("00").exists()


def test_find_province_by_code_or_name():
    assert find_province("63").name == "Kalimantan Selatan"
    assert find_province("KALIMANTAN SELATAN ").code == "63"
    with pytest.raises(Province.DoesNotExist):
        find_province("Kalimantan")
