"""How hard each question is in one district: the default by theme and kind, or the district's own word."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction

from evaluations.domain import workflow
from evaluations.domain.workflow import Action
from evaluations.models import Effort, Evaluation, Need
from evaluations.scoring.planner import Ease, default_ease
from indicators.domain.spec import loaded
from indicators.spec import ClusterSpec, QuestionSpec
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.regions.models import District


def own_efforts(evaluation: Evaluation) -> dict[str, Ease]:
    """Question code -> what the district says, for the questions of which it says anything. One query."""
    codes = loaded(evaluation.edition.instrument).question_codes
    rows = Effort.objects.filter(district=evaluation.district_id)
    return {
        codes[question_id]: Ease(effort, need)
        for question_id, effort, need in rows.values_list("question", "effort", "need")
        if question_id in codes
    }


@dataclass(frozen=True)
class Line:
    """One question with the effort that counts. ``own``: the district's word, not the default."""

    question: QuestionSpec
    ease: Ease
    default: Ease
    own: bool

    @property
    def need(self) -> Need:
        return Need(self.ease.need)

    @property
    def default_need(self) -> Need:
        return Need(self.default.need)


def lines(evaluation: Evaluation, cluster: ClusterSpec) -> list[Line]:
    """The cluster's questions that bring points. One query."""
    own = own_efforts(evaluation)
    return [
        Line(
            question,
            own.get(question.code) or default_ease(question),
            default_ease(question),
            question.code in own,
        )
        for question in cluster.questions()
        if question.weight
    ]


def set_efforts(*, evaluation: Evaluation, efforts: Mapping[str, Ease], by: User) -> int:
    """The district's word by question code; what equals the default leaves no row. Returns how many changed."""
    with transaction.atomic():
        evaluation = _locked(evaluation, by)
        spec = loaded(evaluation.edition.instrument).spec
        before = own_efforts(evaluation)
        changed, back = {}, []
        for code, ease in efforts.items():
            _check(code, ease, spec.by_code)
            default = default_ease(spec.by_code[code])
            now = before.get(code, default)
            if (ease.effort, ease.need) == (default.effort, default.need):
                back += [code] if code in before else []
            elif (ease.effort, ease.need) != (now.effort, now.need):
                changed[code] = ease
        _write(evaluation, changed, back, by)
    return len(changed) + len(back)


def reset_efforts(*, evaluation: Evaluation, codes: Collection[str], by: User) -> int:
    """Back to the defaults. Returns how many the district had its own word for."""
    with transaction.atomic():
        evaluation = _locked(evaluation, by)
        own = own_efforts(evaluation)
        back = [code for code in codes if code in own]
        _write(evaluation, {}, back, by)
    return len(back)


def _locked(evaluation: Evaluation, by: User) -> Evaluation:
    """The evaluation, and its district: what is kept here belongs to the district, in whichever edition it is said."""
    locked = workflow.lock(evaluation, Action.PLAN, by=by)
    District.objects.select_for_update(no_key=True).only("pk").get(pk=locked.district_id)
    return locked


def _check(code: str, ease: Ease, known: Mapping[str, QuestionSpec]) -> None:
    if code not in known:
        raise Refused(
            f"Pertanyaan {code} tidak ada dalam instrumen ini. Muat ulang halaman, lalu simpan lagi."
        )
    if not 1 <= ease.effort <= 5 or ease.need not in Need.values:
        raise Refused(f"{code}: usaha 1 sampai 5, dengan keperluan dari daftar. Pilih lagi, lalu simpan.")


def _write(evaluation: Evaluation, changed: Mapping[str, Ease], back: Collection[str], by: User) -> None:
    if not changed and not back:
        return
    ids, now = loaded(evaluation.edition.instrument).question_ids, clock.now()
    district = evaluation.district
    Effort.objects.filter(district=district, question__in=[ids[code] for code in [*back, *changed]]).delete()
    Effort.objects.bulk_create(
        Effort(
            district=district,
            question_id=ids[code],
            effort=ease.effort,
            need=ease.need,
            set_at=now,
            set_by=by,
        )
        for code, ease in changed.items()
    )
    record(
        EventAction.EFFORT_SET,
        by=by,
        district=district,
        subject=f"evaluasi:{evaluation.pk}",
        codes=sorted([*changed, *back]),
        reset=sorted(back),
    )
