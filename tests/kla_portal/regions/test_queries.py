import pytest

from kla_portal.regions.models import Province
from kla_portal.regions.queries import find_province

pytestmark = pytest.mark.django_db


def test_find_province_by_code_or_name():
    assert find_province("63").name == "Kalimantan Selatan"
    assert find_province("KALIMANTAN SELATAN ").code == "63"
    with pytest.raises(Province.DoesNotExist):
        find_province("Kalimantan")
