"""What is eSpeak's own: its languages and its speed."""

import pytest
from pydantic import ValidationError

from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.voices.espeak import EspeakVoice, Settings

_TEXT = "A video goes in, and the best of the moment comes out. It was 100% yours: don't wait!"


def test_espeak_names_the_setting_of_an_unknown_language(tmp_path):
    with pytest.raises(Misconfigured, match="VIRAL_FORGE_VOICE_ESPEAK_LANGUAGE"):
        EspeakVoice("xx-none").speak("Hello.", tmp_path / "said.wav")


def test_espeak_takes_no_path_for_a_language():
    with pytest.raises(ValidationError):
        Settings(language="../../voice")


def test_espeak_speaks_as_fast_as_told_whatever_it_said_before(tmp_path):
    slow, fast = EspeakVoice(words_per_minute=100), EspeakVoice(words_per_minute=300)
    first = slow.speak(_TEXT, tmp_path / "slow.wav")
    assert fast.speak(_TEXT, tmp_path / "fast.wav").duration_s < first.duration_s / 2
    again = slow.speak(_TEXT, tmp_path / "slow.wav")
    assert again.duration_s == pytest.approx(first.duration_s, abs=0.05)


def test_espeak_speaks_other_languages(tmp_path):
    speech = EspeakVoice("de").speak("Größe zählt nicht.", tmp_path / "said.wav")
    assert (speech.language, len(speech.words)) == ("de", 3)
