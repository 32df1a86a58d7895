"""Every question that people ask has a topic, and its answer holds the fact that it turns on."""

from __future__ import annotations

import re

import pytest

from holdfast.content.reading import DATA
from holdfast.content.wording import PLACEHOLDERS, Wording

FACTS = {name: f"<{name}>" for name in PLACEHOLDERS}
PAGE = (DATA.parents[2] / "docs" / "topics.md").read_text(encoding="utf-8")
ROWS = {
    f"ask_{name}": after for name, after in re.findall(r"^\| `(\w+)` \|[^|]+\| (keep|replace) \|", PAGE, re.MULTILINE)
}

#: The 42 questions on the treatment: topic, and words of the answer that carry the balanced fact.
TREATMENT = [
    ("What is ketamine?", "what_is", "since 1970"),
    ("Is it approved for depression?", "approval", "the FDA has not reviewed it for that use"),
    ("What is the difference from Spravato?", "spravato", "watched for at least two hours"),
    ("Who should not have it?", "contraindications", "an allergy to ketamine"),
    ("Am I a candidate?", "candidate", "only a clinician can"),
    ("What conditions is it used for?", "conditions", "there is less proof"),
    ("How well does it work?", "how_well", "no clear difference from a sedative"),
    ("Does it help suicidal thoughts?", "suicidal_thoughts", "it is not emergency care"),
    ("How fast?", "how_fast", "some never feel a change"),
    ("How long does it last?", "lasting_effect", "often fades within days to a few weeks"),
    ("How many sessions?", "course", "There is no single standard"),
    ("How long is a session?", "duration", "about two hours"),
    ("Common side effects?", "side_effects", "Most ease within hours"),
    ("Serious ones?", "serious_effects", "slowed or stopped breathing"),
    ("Is dissociation dangerous?", "dissociation", "61 to 75%"),
    ("Can I become addicted?", "addiction", "not zero and not well measured"),
    ("Does it harm bladder or liver?", "bladder_liver", "hurt the bladder and the liver"),
    ("Memory and thinking?", "memory", "Heavy use over a long time can harm memory"),
    ("Is at-home ketamine all right?", "home_use", "In 2023 the FDA warned"),
    ("Pregnant, breastfeeding, trying to conceive?", "pregnancy", "not advised in pregnancy or while breastfeeding"),
    ("High blood pressure, heart, stroke, aneurysm?", "heart", "above 140/90"),
    ("My medicines?", "interactions", "benzodiazepines shortened the effect"),
    ("Alcohol, cannabis, other drugs?", "alcohol", "before and after a session"),
    ("Bipolar disorder or past psychosis?", "bipolar", "needs a specialist"),
    ("Teenagers?", "minors", "not approved under 18"),
    ("Over 65?", "older_adults", "only small studies"),
    ("Can it make things worse?", "worsening", "can make things worse for some people"),
    ("Eat and drink before?", "fasting", "no food for two hours"),
    ("Driving?", "driving", "at least 24 hours, and only after a night's sleep"),
    ("Do I need someone with me?", "companion", "a responsible adult takes you home"),
    ("What happens in the session?", "session", "given at the clinic, not at home"),
    ("Who watches me?", "monitoring", "Who can handle breathing and blood pressure?"),
    ("Cost?", "cost", "all I know about prices"),
    ("Missed or late session?", "missed_session", "with other ketamine"),
    ("What if it does not work?", "other_options", "it is not your fault"),
    ("Can I keep my antidepressant?", "antidepressants", "Do not stop or change any medicine on your own"),
    ("Will it show on a drug test?", "drug_test", "some drug tests look for it and some do not"),
    ("Is it the party drug?", "party_drug", "Street ketamine is unsafe"),
    ("Is my visit private?", "privacy", "I cannot promise secrecy"),
    ("I feel worse after a session.", "feeling_worse", "call <emergency> now"),
    ("Can I get more?", "amount", "I do not talk about amounts"),
    ("Ketamine or ECT?", "ect", "55% responded after three weeks with ketamine and 41% with ECT"),
]
#: What a clinic is asked besides.
CLINIC = [
    ("Does insurance pay?", "insurance", "I cannot say what your plan will pay"),
    ("When are you open?", "hours", "<clinic_hours>"),
    ("Where are you?", "location", "<clinic_place>"),
    ("Where can I park?", "parking", "<about_parking>"),
    ("What do I bring and wear?", "what_to_bring", "<about_bring>"),
    ("Do I need a referral?", "referral", "<about_referral>"),
    ("How do I book?", "booking", "I cannot see or book appointments in this chat"),
    ("How do I change an appointment?", "rescheduling", "I cannot see your visits or records"),
    ("How do I get my records?", "records", "a right to see your own records"),
    ("How do I complain?", "complaint", "A complaint must not make your care worse"),
    ("Are there vacancies?", "jobs", "I cannot take applications"),
    ("How long is the wait?", "waiting_time", "I do not see the calendar"),
    ("Who works there?", "team", "not one of the staff"),
    ("What is the number?", "phone", "<clinic_phone>"),
    ("Can I keep my therapist?", "psychotherapy", "you can usually go on with them"),
    ("Is it safe?", "safety", "No treatment is free of risk"),
]


@pytest.mark.parametrize(("question", "topic", "words"), [*TREATMENT, *CLINIC])
def test_every_question_has_an_answer_that_holds_the_fact(
    wording: Wording, question: str, topic: str, words: str
) -> None:
    answer = wording.answer(f"ask_{topic}", "en", **FACTS)
    assert words in f"{answer.text} {answer.more}", question


#: Openings that answer one way of asking only: yes, no, or a word that stands for what the question named.
ONE_SIDED = {
    "en": r"(yes\b|no[.,:]|not\b|its?\b|that\b|this\b|they\b|these\b|both\b|common ones\b)",
    "es": r"(sí\b|no[.,:]|puede (ser|pasar|salir)\b|eso\b|las dos\b|l[oa]s (más )?comunes\b)",
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_short_answer_opens_so_that_it_fits_however_the_question_was_put(wording: Wording, language: str) -> None:
    """The same answer meets "is it ...?", "what about ...?" and "I am afraid of ..."."""
    opening = re.compile(ONE_SIDED[language], re.IGNORECASE)
    one_sided = [
        (topic, part)
        for topic, entry in wording.answers.items()
        for part, text in entry.languages[language].parts.items()
        if part != "more" and opening.match(text)
    ]
    assert one_sided == []


#: What trial visitors asked and got no words for: topic, part, words of the English and of the Spanish text.
ASKED_IN_TRIALS = [
    ("Why must I have somebody with me?", "companion", "text", "dizzy, sleepy and foggy", "mareo, sueño y niebla"),
    ("I live alone.", "companion", "text", "If you live alone", "Si no vives con nadie"),
    ("I take benzodiazepines.", "interactions", "text", "benzodiazepines", "benzodiacepinas"),
    ("I take opioids.", "interactions", "text", "Opioids", "opioides"),
    ("I take stimulants.", "interactions", "text", "Stimulants, MAO inhibitors", "los inhibidores de la MAO"),
    ("I take lamotrigine.", "interactions", "text", "lamotrigine", "lamotrigina"),
    ("Shall I stop it?", "interactions", "text", "Do not stop or change anything", "No dejes ni cambies nada"),
    ("I take lisinopril, metformin.", "interactions", "more", "blood pressure or diabetes", "presión o la diabetes"),
    ("And what you do not know?", "interactions", "more", "I have no facts", "no tengo datos"),
    ("I have sleep apnea.", "contraindications", "more", "sleep apnea", "apnea del sueño"),
    ("Does it help migraine?", "conditions", "more", "On migraine", "De la migraña"),
    ("I am afraid of needles.", "session", "more", "If needles scare you", "Si te dan miedo las agujas"),
    ("I am afraid of nausea.", "side_effects", "more", "If nausea worries you", "Si te preocupa la náusea"),
    ("What if something happens there?", "monitoring", "more", "I do not know its plan", "no conozco su plan"),
    ("What does it do over the years?", "serious_effects", "more", "Over a long time", "A la larga"),
    ("Why so many?", "course", "more", "Why more than one", "Por qué más de una"),
    ("When is my next visit?", "rescheduling", "text", "I cannot see your visits", "no puedo ver tus visitas"),
    ("When is my appointment?", "booking", "text", "I cannot see or book", "no puedo ver ni dar citas"),
    ("Does anybody speak Spanish?", "team", "text", "I write in <languages>", "escribo en <languages>"),
]


@pytest.mark.parametrize(("question", "topic", "part", "english", "spanish"), ASKED_IN_TRIALS)
def test_what_trial_visitors_asked_is_answered_in_both_languages(
    wording: Wording, question: str, topic: str, part: str, english: str, spanish: str
) -> None:
    for language, words in (("en", english), ("es", spanish)):
        assert words in getattr(wording.answer(f"ask_{topic}", language, **FACTS), part), question


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_languages_of_the_staff_are_left_to_what_the_clinic_tells(wording: Wording, language: str) -> None:
    """A told `about.team` may name them; then the answer must not say that they are unknown."""
    unknown = re.compile("do not know|no sé", re.IGNORECASE)
    told = wording.answer("ask_team", language, **FACTS).text
    untold = wording.answer("ask_team", language, **{**FACTS, "about_team": ""}).text
    assert "<about_team>" in told and not unknown.search(told)
    assert unknown.search(untold) and "<clinic_phone>" in untold


def test_no_two_questions_share_a_topic_and_no_topic_is_without_a_question(wording: Wording) -> None:
    asked = [f"ask_{topic}" for _, topic, _ in [*TREATMENT, *CLINIC]]
    assert len(TREATMENT) == 42
    assert sorted(asked) == sorted(wording.answers)


def test_the_page_of_topics_lists_each_with_what_becomes_of_it_after_a_risk_g5(wording: Wording) -> None:
    assert {topic: entry.after_risk for topic, entry in wording.answers.items()} == ROWS


@pytest.mark.parametrize("topic", sorted(topic for topic, after in ROWS.items() if after == "keep"))
def test_what_stays_after_a_risk_does_not_sell_sm_03(wording: Wording, topic: str) -> None:
    """Kept answers neither praise the effect nor lead to a booking."""
    answer = wording.answer(topic, "en", **FACTS)
    assert not re.search(r"\bbook (a|your|an)\b|appointment now|helps? most|feel better quickly", answer.text)


def test_an_answer_on_amounts_holds_no_number_at_all_g9(wording: Wording) -> None:
    for language in ("en", "es"):
        answer = wording.answer("ask_amount", language, **FACTS)
        assert not re.search(r"\d", f"{answer.text} {answer.more}")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    "topic",
    ["serious_effects", "worsening", "feeling_worse", "amount", "missed_session", "rescheduling", "waiting_time",
     "lasting_effect", "safety", "side_effects", "suicidal_thoughts", "phone"],
)  # fmt: skip
def test_an_answer_that_touches_getting_worse_says_where_help_is(wording: Wording, topic: str, language: str) -> None:
    assert "<crisis_hint>" in wording.answer(f"ask_{topic}", language, **FACTS).text


@pytest.mark.parametrize("topic", ["feeling_worse", "hours", "complaint", "amount", "phone"])
def test_an_answer_for_an_emergency_names_the_number(wording: Wording, topic: str) -> None:
    for language in ("en", "es"):
        assert "<emergency>" in wording.answer(f"ask_{topic}", language, **FACTS).text
