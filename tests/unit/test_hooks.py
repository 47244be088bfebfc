import pytest

from viral_forge_assets.domain.hooks import Hook, hook_of
from viral_forge_assets.domain.sentences import sentences_of
from viral_forge_resources.contracts.media import Word


def _hook(text: str, *, language: str | None = "en", over_db: float | None = None) -> Hook:
    words = [
        Word(text=each, start_s=0.3 * number, end_s=0.3 * number + 0.3)
        for number, each in enumerate(text.split())
    ]
    (sentence,) = sentences_of(words)
    return hook_of(sentence, language=language, over_db=over_db)


PLAIN = "We then put the second box next to the first box."


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("Do we really need another box here?", "en", "a question"),
        ("We lost 40 thousand euros in a day.", "en", "a number: 40 thousand euros"),
        ("This is the worst mistake in the trade.", "en", "a strong claim: worst, mistake"),
        ("Warum macht das niemand so?", "de", "a question"),
        ("Das ist der größte Fehler von allen.", "de", "a strong claim: größte, fehler"),
        ("C'est un secret que personne ne connaît.", "fr", "a strong claim: secret, personne"),
        ("Es la verdad sobre el trabajo.", "es", "a strong claim: verdad"),
        ("Ne uzanaudu 300 vortojn ankaŭ.", "eo", "a number: 300"),
    ],
)
def test_questions_numbers_and_claims_hook(text, language, reason):
    hook = _hook(text, language=language)

    assert reason in hook.reasons
    assert hook.strength > _hook(PLAIN).strength


def test_a_raised_voice_hooks_more_than_a_calm_one():
    assert _hook(PLAIN, over_db=6.0).strength > _hook(PLAIN, over_db=0.0).strength
    assert "6 dB louder than usual" in _hook(PLAIN, over_db=6.0).reasons


def test_a_tag_is_no_question():
    assert _hook("Okay, right?").reasons == ()


def test_a_sentence_that_leans_on_the_one_before_it_hooks_less():
    alone = _hook("Nobody ever told me the truth.")

    assert _hook("And nobody ever told me the truth.").strength < alone.strength


def test_abbreviations_end_no_sentence():
    words = [
        Word(text=each, start_s=0.3 * number, end_s=0.3 * number + 0.3)
        for number, each in enumerate(["Ask", "Dr.", "Miller.", "She", "knows."])
    ]

    assert [each.text for each in sentences_of(words)] == ["Ask Dr. Miller.", "She knows."]
