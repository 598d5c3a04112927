"""What is exported reads back as the same instrument, to the digest."""

import yaml
from hypothesis import HealthCheck, assume, given, settings

from indicators.domain.exporting import export_yaml
from indicators.domain.importing import parse_instrument
from tests.indicators.small import changed, small
from tests.indicators.strategies import instruments


def test_kla_2023_survives_export_and_import(kla_2023):
    again = parse_instrument(export_yaml(kla_2023), name="ekspor.yaml")
    assert again == kla_2023
    assert again.digest == kla_2023.digest


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(instruments())
def test_any_instrument_survives_export_and_import(spec):
    assume(spec.total > 0)
    again = parse_instrument(export_yaml(spec), name="ekspor.yaml")
    assert again == spec
    assert again.digest == spec.digest


def test_the_export_is_as_readable_as_the_file(kla_2023, kla_2023_text):
    """Line for line the published file, but for comments, the way of quoting and stated defaults."""

    def plain(text):
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        return [line.replace('"', "").replace("'", "").replace(", award: true", "") for line in lines]

    assert plain(export_yaml(kla_2023)) == plain(kla_2023_text)


def test_numbers_are_written_as_numbers_and_nothing_needs_tags():
    text = export_yaml(small())
    assert "!!" not in text
    assert "- {min: 50.5, points: 1}" in text
    assert "- {max: null, points: 0}" in text
    assert yaml.safe_load(text)["instrument"]["total"] == 12


def test_texts_that_look_like_something_else_stay_texts():
    for tricky in (
        "'1.10'",
        "'null'",
        "'yes'",
        "'2024-01-01'",
        "'0x1F'",
        "'# bukan komentar'",
        '"dua\\nbaris\\n"',
    ):
        spec = parse_instrument(changed(("title: Peraturan", f"title: {tricky}")), name="x")
        again = parse_instrument(export_yaml(spec), name="y")
        assert again.by_code["1.1"].title == spec.by_code["1.1"].title == yaml.safe_load(tricky)
