"""Answers as anybody can post them, of all five kinds: read rightly, or told beside the field; never a fault of ours."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from evaluations.forms.answer import AnswerForm
from evaluations.models import Answer
from evaluations.scoring.answers import answer_to_value
from evaluations.scoring.rules import AnswerError, read_answer, score_answer
from tests.indicators.small import small

FUZZ = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
QUESTIONS = list(small().questions())
NAMES = [
    "option",
    "numerator",
    "denominator",
    "value",
    "previous",
    "current",
    "rows",
    "rows.0",
    "rows.1",
    "clear",
    "note",
]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["0", "-0", "1.000", "١٢", "NaN", "9" * 40, "9" * 5000, 10**400, 1e308, "1e9", "\x00", "\ud800"])
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
RAW = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=6), JSON, max_size=4) | JSON
POSTED = st.dictionaries(
    st.sampled_from([*NAMES, "version"]),
    st.text(max_size=12)
    | st.sampled_from(
        ["0", "1", "2", "4120", "1.000", "12,5", "-1", "９", "9" * 5000, "\x00", "\ud800", "Infinity"]
    ),
    max_size=6,
)


@FUZZ
@given(st.sampled_from(QUESTIONS), RAW, st.booleans())
@example(QUESTIONS[0], {"option": True}, False)
@example(QUESTIONS[0], {"option": 0.0}, False)
@example(QUESTIONS[5], {"rows": "01"}, True)
def test_any_json_is_an_answer_or_refused_with_reasons(question, raw, strict):
    try:
        answer = read_answer(question.rule, raw, strict=strict)
    except AnswerError as refused:
        assert refused.errors
        assert all(isinstance(field, str) and message for field, message in refused.errors.items())
        return
    if answer is None:
        assert raw is None or raw == {}
        return
    value = answer_to_value(answer)
    assert "." not in json.dumps(list(value.values()))
    assert read_answer(question.rule, value) == answer
    assert 0 <= score_answer(question, answer).points <= question.weight


@FUZZ
@given(st.sampled_from(QUESTIONS), POSTED)
@example(QUESTIONS[0], {"option": "9" * 5000})
@example(QUESTIONS[2], {"numerator": "1.000", "denominator": "2.000"})
def test_any_form_is_an_answer_or_shows_its_messages(question, data):
    form = AnswerForm(question, data)
    if not form.is_valid():
        assert all(message for _, message in form.faults)
        assert form.typed == {name: text for name, text in data.items() if name != "version"}
        return
    assert 0 <= form.version < 10**9
    assert not any(
        "\x00" in text or "\ud800" in text for text in json.dumps(form.value or {}, ensure_ascii=False)
    )
    answer = read_answer(question.rule, form.value)
    if question.rule.kind == "percentage" and answer and not data.get("clear"):
        typed = [data.get(name, "").strip().lstrip("-") for name in ("numerator", "denominator")]
        for text, number in zip(typed, (answer.numerator, answer.denominator), strict=True):
            assert number is None or int("".join(c for c in text if c.isdigit())) == number


POSTS = {
    "1.1": [
        {"option": "0"},
        {"option": "0", "option2": "1"},
        {"option": "99"},
        {"option": "-1"},
        {"option": "０"},
        {"rows.0": "1"},
    ],
    "12.1": [
        {"numerator": "9" * 5000},
        {"numerator": "5", "denominator": "3"},
        {"numerator": "NaN"},
        {"numerator": "\x00"},
    ],
    "8.1": [{"value": "1e9"}, {"value": "-0"}, {"value": "１２"}, {"value": "4 orang"}, {"value": "\ufffe"}],
    "12.4": [{"previous": "inf", "current": "0"}, {"previous": "0", "current": "0"}, {"current": "1.000"}],
    "3.1a": [{"rows.0": "0", "rows.99": "0"}, {"rows": "[0,1]"}, {"rows.0": "x"}, {"rows.-1": "0"}],
}


NOTES = [("", "0"), ("catatan\x00", "-1"), ("\u202eterbalik", "9" * 30), ("x" * 50_000, "٣")]


@pytest.mark.parametrize("code", POSTS)
def test_posted_to_the_page_it_is_saved_or_told(cast, evaluation, sign_in, code):
    client = sign_in(cast.coordinator_tabalong)
    address = f"/evaluasi/{evaluation.pk}/pertanyaan/{code}/simpan/"
    for fields in POSTS[code]:
        for note, version in NOTES:
            status = client.post(address, {**fields, "note": note, "version": version}).status_code
            assert status in {200, 302, 400, 409, 422}, (fields, note[:20], version)
    assert not [
        row.note[:20] for row in Answer.objects.all() if "\x00" in row.note or len(row.note) >= 50_000
    ]
    rules = {question.code: question.rule for question in _spec(evaluation).questions()}
    for row in Answer.objects.select_related("question"):
        read_answer(rules[row.question.code], row.value)


def _spec(evaluation):
    from indicators.domain.spec import loaded

    return loaded(evaluation.edition.instrument).spec
