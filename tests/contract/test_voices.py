"""What every voice keeps to."""

import wave
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.grounds._kinds import ground_of, grounded
from viral_forge_resources import voices
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.speech import Speech

TEXT = "A video goes in, and the best of the moment comes out. It was 100% yours: don't wait!"


@pytest.fixture(params=grounded(voices))
def voice(request, tmp_path_factory):
    ground = tmp_path_factory.mktemp("ground")
    with ground_of(voices, request.param).open_on_ground(ground) as opened:
        yield opened


def _samples(path: Path) -> tuple[npt.NDArray[np.int16], Any]:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16), file.getparams()


def test_the_sound_is_a_mono_16_bit_wav_of_the_told_length(voice, tmp_path):
    speech = voice.speak(TEXT, tmp_path / "said.wav")
    samples, facts = _samples(tmp_path / "said.wav")
    assert (facts.nchannels, facts.sampwidth) == (1, 2)
    assert speech.duration_s == pytest.approx(len(samples) / facts.framerate)
    assert 3 < speech.duration_s < 15


def test_every_word_is_told_in_order_with_its_punctuation(voice, tmp_path):
    speech = voice.speak(TEXT, tmp_path / "said.wav")
    assert [word.text for word in speech.words] == TEXT.split()


def test_words_follow_each_other_inside_the_sound(voice, tmp_path):
    speech = voice.speak(TEXT, tmp_path / "said.wav")
    assert all(word.start_s < word.end_s for word in speech.words)
    assert all(before.end_s <= after.start_s + 1e-9 for before, after in pairwise(speech.words))
    assert speech.words[0].start_s >= 0
    assert speech.words[-1].end_s <= speech.duration_s


def test_words_are_where_the_sound_is(voice, tmp_path):
    speech = voice.speak(TEXT, tmp_path / "said.wav")
    samples, facts = _samples(tmp_path / "said.wav")
    loud = abs(samples.astype(int)) > 1000
    in_words = np.zeros(len(samples), dtype=bool)
    for word in speech.words:
        span = slice(int(word.start_s * facts.framerate), int(word.end_s * facts.framerate) + 1)
        in_words[span] = True
        assert loud[span].any(), word
    assert loud[~in_words].sum() < 0.01 * loud.sum()


def test_the_pause_after_a_sentence_belongs_to_no_word(voice, tmp_path):
    words = voice.speak(TEXT, tmp_path / "said.wav").words
    at = [word.text for word in words].index("out.")
    assert words[at + 1].start_s - words[at].end_s > 0.1


def _is_same(one: Speech, other: Speech) -> bool:
    return [word.text for word in one.words] == [word.text for word in other.words] and all(
        abs(first.start_s - second.start_s) < 0.05 and abs(first.end_s - second.end_s) < 0.05
        for first, second in zip(one.words, other.words, strict=True)
    )


def test_the_same_text_sounds_the_same_whatever_was_said_before(voice, tmp_path):
    first = voice.speak(TEXT, tmp_path / "said.wav")
    voice.speak("Something else.", tmp_path / "said.wav")
    assert _is_same(voice.speak(TEXT, tmp_path / "said.wav"), first)


def test_speaking_from_many_threads_mixes_nothing_up(voice, tmp_path):
    texts = [f"Number {number} speaks {'again ' * number}now." for number in range(6)]
    alone = [voice.speak(text, tmp_path / "alone.wav") for text in texts]
    with ThreadPoolExecutor(6) as threads:
        at_once = list(
            threads.map(
                lambda number: voice.speak(texts[number], tmp_path / f"{number}.wav"), range(6)
            )
        )
    assert all(map(_is_same, at_once, alone))


def test_markup_is_text_and_commands_nothing(voice, tmp_path):
    speech = voice.speak('one <break time="60s"/> two', tmp_path / "said.wav")
    assert speech.duration_s < 30


def test_control_characters_end_nothing_early(voice, tmp_path):
    speech = voice.speak("one\x00two\x1b three\ud800 four\n", tmp_path / "said.wav")
    assert [word.text for word in speech.words] == ["one", "two", "three", "four"]


@pytest.mark.parametrize("text", ["", "  \n", "...", "\x00", "— ! ?"])
def test_nothing_to_say_is_an_error_and_leaves_no_file(voice, tmp_path, text):
    with pytest.raises(BadInput):
        voice.speak(text, tmp_path / "said.wav")
    assert list(tmp_path.iterdir()) == []
