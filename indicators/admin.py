"""A look at the rows for a superuser, where the ADMIN_SITE setting turns the site on. Read only."""

from __future__ import annotations

from django.contrib import admin

from indicators.models import Cluster, Indicator, Instrument, Question
from kla_portal.accounts.admin import ReadOnlyAdmin


@admin.register(Instrument)
class InstrumentAdmin(ReadOnlyAdmin):
    list_display = ["code", "title", "state", "loaded_at", "published_at", "retired_at"]
    list_filter = ["state"]


@admin.register(Cluster)
class ClusterAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "weight", "instrument"]
    list_filter = ["instrument"]
    list_select_related = ["instrument"]


@admin.register(Indicator)
class IndicatorAdmin(ReadOnlyAdmin):
    list_display = ["number", "name", "weight", "instrument"]
    list_filter = ["instrument"]
    list_select_related = ["instrument"]


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    list_display = ["code", "title", "weight", "level", "official", "instrument"]
    list_filter = ["instrument", "level", "official"]
    list_select_related = ["instrument"]
    search_fields = ["code", "title"]
