"""Whose password it is. Every wrong answer costs the same hashing."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet
from django.http import HttpRequest

from kla_portal.accounts import lockout
from kla_portal.accounts.access import signed_in
from kla_portal.accounts.domain.passwords import is_password_of
from kla_portal.accounts.domain.second_factor import with_device
from kla_portal.accounts.domain.tries import normal
from kla_portal.accounts.models import User
from kla_portal.prepared import prepared


def is_own_password(request: HttpRequest, password: str) -> bool:
    """Whether it is the signed-in person's password. A wrong one counts like a wrong sign-in, and is slowed alike."""
    user = signed_in(request.user)
    found = authenticate(request, username=user.username, password=password)
    return found is not None and found.pk == user.pk


class PortalBackend(ModelBackend):
    """Stands behind django-axes' backend, which has counted the try already."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if request is None or username is None or password is None:
            return None
        user = User.objects.filter(username=normal(username)).first()
        right = is_password_of(user, password)
        if user is None or not right or not user.is_active:
            return None
        lockout.succeeded(request)
        return user

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, read once for each request."""
        return next((user for user in _with_device(user_id) if self.user_can_authenticate(user)), None)


@prepared
def _with_device(pk: int) -> QuerySet[User]:
    return with_device(User.objects.filter(pk=pk))
