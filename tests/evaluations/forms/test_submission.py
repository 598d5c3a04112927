"""The password once more."""

from __future__ import annotations

import pytest
from axes.models import AccessFailureLog

from evaluations.forms.submission import SubmitForm
from tests.cast import PASSWORD


@pytest.fixture
def asked(rf, cast):
    """The form with ``password`` typed into it by the coordinator of Tabalong."""

    def form(password: str) -> SubmitForm:
        request = rf.post("/")
        request.user = cast.coordinator_tabalong
        return SubmitForm({"password": password}, request=request)

    return form


def test_only_ones_own_password_will_do(asked):
    assert asked(PASSWORD).is_valid()
    for wrong in ("", "salah", PASSWORD.upper()):
        form = asked(wrong)
        assert not form.is_valid()
        assert "password" in form.errors
    assert "Tulis kata sandi yang Anda pakai untuk masuk" in str(asked("salah lagi").errors)


@pytest.mark.parametrize("wrong", [PASSWORD + " ", " " + PASSWORD])
def test_a_space_is_part_of_it(asked, wrong):
    assert not asked(wrong).is_valid()


def test_a_wrong_one_counts_like_a_wrong_sign_in_until_the_right_one(asked):
    assert not asked("salah").is_valid()
    assert not asked("salah lagi").is_valid()
    assert AccessFailureLog.objects.count() == 2
    assert asked(PASSWORD).is_valid()
    assert not AccessFailureLog.objects.exists()


def test_the_password_is_never_shown_again(asked):
    form = asked("salah-sekali")
    assert not form.is_valid()
    assert "salah-sekali" not in form.as_p()
