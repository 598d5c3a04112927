"""The password once more."""

from evaluations.forms.submission import SubmitForm
from tests.cast import PASSWORD


def test_only_ones_own_password_will_do(cast):
    user = cast.coordinator_tabalong
    assert SubmitForm({"password": PASSWORD}, user=user).is_valid()
    for wrong in ("", "salah", PASSWORD + " ", " " + PASSWORD, PASSWORD.upper()):
        form = SubmitForm({"password": wrong}, user=user)
        assert not form.is_valid()
        assert "password" in form.errors
    form = SubmitForm({"password": "salah"}, user=user)
    assert "Tulis kata sandi yang Anda pakai untuk masuk" in str(form.errors)


def test_the_password_is_never_shown_again(cast):
    form = SubmitForm({"password": "salah-sekali"}, user=cast.coordinator_tabalong)
    assert not form.is_valid()
    assert "salah-sekali" not in form.as_p()
