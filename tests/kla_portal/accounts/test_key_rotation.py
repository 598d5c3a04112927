"""SECRET_KEY is changed: with the old one in SECRET_KEY_FALLBACKS nobody notices, without it all is void."""

from __future__ import annotations

import pytest
from django.contrib.auth.tokens import default_token_generator as links
from django.core import signing

from kla_portal.accounts.models import SignedInSession
from tests.cast import PASSWORD

OLD, NEW = "kunci-lama" * 6, "kunci-baru" * 6
LOGIN, LIST = "/akun/masuk/", "/akun/sesi/"


@pytest.fixture
def rotate(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []

    def change(*, keep: bool) -> None:
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD] if keep else []

    return change


@pytest.mark.parametrize("keep", [True, False])
def test_whoever_is_signed_in(client, cast, rotate, keep):
    name = cast.coordinator_tabalong.username
    client.post(LOGIN, {"username": name, "password": PASSWORD})
    assert client.get(LIST).status_code == 200
    rotate(keep=keep)
    statuses = [client.get(LIST).status_code for _ in range(3)]
    assert statuses == ([200] * 3 if keep else [302] * 3)
    if keep:
        # Django has given the session a key of the new secret: the old one is needed no more.
        rotate(keep=False)
        assert client.get(LIST).status_code == 200
        assert SignedInSession.objects.filter(user=cast.coordinator_tabalong, ended_at=None).exists()


def test_a_link_for_a_new_password(cast, rotate):
    person = cast.coordinator_tabalong
    token = links.make_token(person)
    rotate(keep=True)
    assert links.check_token(person, token)
    rotate(keep=False)
    assert not links.check_token(person, token)


def test_what_a_form_carried_along(rotate):
    sealed = signing.dumps({"baris": 1}, salt="uji")
    rotate(keep=True)
    assert signing.loads(sealed, salt="uji") == {"baris": 1}
    assert signing.dumps({"baris": 1}, salt="uji", compress=False).split(":")[2] != sealed.split(":")[2]
    rotate(keep=False)
    with pytest.raises(signing.BadSignature):
        signing.loads(sealed, salt="uji")
