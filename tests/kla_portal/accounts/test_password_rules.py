from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from kla_portal.accounts.easy_words import EASY_WORDS
from kla_portal.accounts.models import User

pytestmark = pytest.mark.django_db


def refused(password, user=None):
    with pytest.raises(ValidationError) as caught:
        validate_password(password, user)
    return " ".join(caught.value.messages)


@pytest.mark.parametrize(
    "password",
    [
        "indonesia123",
        "Indonesia2026!",
        "kla2026kla2026",
        "layakanak2026",
        "KLA-Layak-Anak",
        "kabupatenlayakanak",
        "tabalong2026",
        "Tabalong#2026",
        "hulusungaiutara",
        "Hulu Sungai Utara 1",
        "kotabanjarbaru99",
        "kalimantanselatan",
        "dinkestabalong",
        "dp3a-tabalong-2026",
        "DP3AP2KB_63.09",
        "bismillah1234",
        "bismillah..bismillah",
        "sayangku2026",
        "adminadmin123",
        "admin.provinsi.1",
        "verifikator2026",
        "passwordku123",
        "katasandi1234",
        "rahasia-negara-1",
        "1nd0n3s14_123",
        "t4b4l0ng!!2026",
        "P@ssw0rd-P@ssw0rd",
        "qwertyuiop2026",
        "agustus-2026-17",
        "1234-5678-9012",
    ],
)
def test_easy_here(password):
    assert "mudah ditebak" in refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "kata-panjang-pilihan-42",
        "kucing payung ombak",
        "tabalong-kucing-payung",
        "Kopi Susu di Teras 7",
        "xK9#mQ2$vL",
        "k7mq-x2dv-9hwt-c4pr",
        "перро-собака-жук",
        "layakanakq",
        "x" * 20 + "yz" * 54,
    ],
)
def test_good_ones_pass(password):
    validate_password(password)


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("ombak-7xq", "baru 9 karakter. Pakai paling sedikit 10"),
        ("", "baru 0 karakter"),
        ("ombak-7xq" * 15, "135 karakter. Pakai paling banyak 128"),
        ("1234567891234", "hanya berisi angka. Tambahkan beberapa kata"),
        ("butterfly1", "dipakai banyak orang"),
    ],
)
def test_messages_name_the_next_step(password, message):
    assert message in refused(password)


def test_not_about_oneself():
    user = User(username="siti.rahmawati", name="Siti Rahmawati", email="sitirahma@contoh.go.id")
    assert "terlalu mirip dengan nama" in refused("siti.rahmawati7", user)
    validate_password("siti.rahmawati7", User(username="budi", name="Budi"))


def test_the_rules_are_told_before_they_are_broken():
    told = " ".join(password_validators_help_texts())
    assert "Paling sedikit 10 karakter" in told
    assert "Your password" not in told
    assert "Sandi anda" not in told


def test_the_list_is_what_the_rule_can_find():
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in EASY_WORDS)
    assert all(len(word) > 2 for word in EASY_WORDS)


def test_a_long_password_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(2):
        refused("anak" * 250_000)
