"""A look under the bonnet for a superuser, where the ADMIN_SITE setting turns the site on.

Read only: changes go through the verbs, which write their events.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from kla_portal.accounts.models import Agency, Membership, User


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["username", "name", "is_active", "last_login"]
    list_filter = ["is_active"]
    search_fields = ["username", "name"]
    exclude = ["password"]


@admin.register(Agency)
class AgencyAdmin(ReadOnlyAdmin):
    list_display = ["name", "code", "district"]
    list_select_related = ["district"]
    search_fields = ["name", "district__name"]


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ["user", "role", "place"]
    list_filter = ["role"]
    list_select_related = ["user", "province", "district", "agency"]
    search_fields = ["user__username", "user__name"]
