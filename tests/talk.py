"""A talk of half an hour, made in code: who speaks, what is said when, and where it is strong.

Ten moments are worth a clip: each opens on a question, a number or a strong claim, as speakers put
them, goes on about it and is told with a raised voice; some end in applause. The rest is plain talk
with questions and numbers that lead nowhere, loud remarks and applause out of place. Nothing in it
marks a moment but what a listener would hear.
"""

import random
import subprocess
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from viral_forge_resources.contracts.media import Stretch, Transcript, TranscriptOrigin, Word
from viral_forge_resources.contracts.speech import Voice
from viral_forge_resources.media.ffmpeg import ffmpeg_binary

MINUTES = 30
RATE_HZ = 16_000

_Sound = npt.NDArray[np.float32]

_SUBJECTS = ("The team", "Our group", "The department", "My colleague", "The committee", "The city")
_VERBS = ("looked at", "wrote down", "went through", "talked about", "prepared", "described")
_THINGS = (
    "the schedule for the spring",
    "the list of rooms on the second floor",
    "the notes from the last meeting",
    "the colours of the brochure",
    "the route of the bus to the station",
    "the layout of the tables in the hall",
    "the paper that the office had ordered",
)
_TAILS = (
    "and put it into the folder.",
    "as we had done in the year before.",
    "and sent it around in the afternoon.",
    "so that it was ready for the following week.",
    "while the others took care of the rest.",
)
_DECOYS = (
    "Shall we go on with the next page?",
    "There were 12 chairs in that room.",
    "Is that all right so far?",
    "And that was everything for that part.",
)
MOMENTS: tuple[tuple[str, ...], ...] = (
    (
        "Why do most companies fail within five years?",
        "It is not the money, um, and it is not the market.",
        "They never ask their customers what they need.",
        "I asked 200 founders, and 190 of them had never done it.",
        "So ask first, and build afterwards.",
    ),
    (
        "I lost 80 thousand dollars in a single night.",
        "Nobody had told me that a contract can end without a warning.",
        "I read the letter three times before I believed it.",
        "That night I learned, uh, to read every line that I sign.",
    ),
    (
        "The biggest lie about sleep is that you can catch up on it.",
        "You cannot, and your body proves it to you every single day.",
        "After 17 hours without sleep you react like a drunk driver.",
        "You would never drive drunk to work, would you?",
    ),
    (
        "What would you do if your doctor gave you six months?",
        "My father got that answer on a Monday morning.",
        "He stopped doing everything that he had always hated.",
        "He is still alive, eleven years later.",
    ),
    (
        "Never trust a plan that has no price in it.",
        "I have seen 40 plans without one, and every one of them failed.",
        "A price makes people honest about what they really want.",
        "Write the price on the first page, always.",
    ),
    (
        "Did you know that 90 percent of the plastic ever made still exists?",
        "Every toothbrush that you ever used is still out there somewhere.",
        "It does not go away, it only gets smaller.",
        "We are eating it, one credit card a week.",
    ),
    (
        "The worst mistake of my career took me ten seconds.",
        "I pressed a button, and two million people lost their mail.",
        "Nobody shouted at me, and that was the worst part.",
        "We changed everything after that day.",
    ),
    (
        "How can a village of 300 people beat a bank?",
        "They stopped paying, um, all of them, on the same day.",
        "The bank had never seen anything like it.",
        "After three weeks it gave in, completely.",
    ),
    (
        "Everybody told me that it was impossible.",
        "They said that a blind man can never run a marathon.",
        "I fell 14 times in the first month.",
        "Last year I finished in under four hours.",
    ),
    (
        "Here is the secret that no school will ever teach you.",
        "You learn, um, nothing by reading it twice.",
        "You learn by closing the book and saying what was in it.",
        "My students went from 50 percent to 90 percent in one term.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A talk as a file, its words, and when its moments begin and end."""

    video: Path
    transcript: Transcript
    moments: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One sentence, how loud it is said, the pause behind it and what is heard there."""

    text: str
    gain_db: float
    pause_s: float
    moment: int | None = None
    applause_s: float = 0.0


def make_talk(folder: Path, voice: Voice, *, minutes: float = MINUTES, seed: int = 4) -> Talk:
    """The talk in ``folder``, with a picture that never moves; another one for another ``seed``."""
    rng = random.Random(seed)  # noqa: S311  a script, no secret
    words: list[Word] = []
    spoken: dict[int, list[Stretch]] = {}
    sound: list[_Sound] = []
    at_s = 0.0
    for line in _lines(rng, minutes):
        said, samples = _spoken(voice, line, folder / "line.wav")
        words += [Word(text=w.text, start_s=at_s + w.start_s, end_s=at_s + w.end_s) for w in said]
        if line.moment is not None:
            end_s = at_s + said[-1].end_s
            spoken.setdefault(line.moment, []).append(Stretch(start_s=at_s, end_s=end_s))
        behind = _pause(rng, line)
        sound += [samples, behind]
        at_s += (len(samples) + len(behind)) / RATE_HZ
    _write(folder / "talk.wav", np.concatenate(sound))
    return Talk(
        video=_filmed(folder),
        transcript=Transcript(
            origin=TranscriptOrigin.RECOGNISED, words=tuple(words), language="en"
        ),
        moments=tuple(
            Stretch(start_s=lines[0].start_s, end_s=lines[-1].end_s)
            for _, lines in sorted(spoken.items())
        ),
    )


def _lines(rng: random.Random, minutes: float) -> Iterator[_Line]:
    """Plain talk with the moments spread over it, no two of them close."""
    blocks = len(MOMENTS)
    per_block_s = minutes * 60 / blocks
    for number, moment in enumerate(MOMENTS):
        before_s = per_block_s * rng.uniform(0.15, 0.6)
        yield from _plain(rng, before_s)
        told_s = 0.0
        for position, text in enumerate(moment):
            is_last = position == len(moment) - 1
            applause_s = rng.uniform(1.2, 2.5) if is_last and number % 2 == 0 else 0.0
            gain_db = rng.uniform(3.0, 5.0) if position == 0 else rng.uniform(0.5, 3.0)
            yield _Line(
                text=text, gain_db=gain_db, pause_s=0.4, moment=number, applause_s=applause_s
            )
            told_s += _seconds(text)
        yield from _plain(rng, per_block_s - before_s - told_s)


def _plain(rng: random.Random, length_s: float) -> Iterator[_Line]:
    """About ``length_s`` of talk that hooks nobody."""
    while length_s > 0:
        text = f"{rng.choice(_SUBJECTS)} {rng.choice(_VERBS)} {rng.choice(_THINGS)}"
        text += f" {rng.choice(_TAILS)}"
        is_decoy = rng.random() < 0.12
        text = rng.choice(_DECOYS) if is_decoy else text
        yield _Line(
            text=text,
            gain_db=rng.uniform(2.0, 4.0) if rng.random() < 0.06 else rng.uniform(-1.5, 1.5),
            pause_s=rng.uniform(0.3, 0.9) if rng.random() < 0.9 else rng.uniform(1.5, 2.5),
            applause_s=1.5 if rng.random() < 0.01 else 0.0,
        )
        length_s -= _seconds(text)


def _seconds(text: str) -> float:
    """About as long as it takes to say it, with the pause behind it."""
    return len(text.split()) / 3.4 + 0.45


def _spoken(voice: Voice, line: _Line, path: Path) -> tuple[Sequence[Word], _Sound]:
    said = voice.speak(line.text, path)
    with wave.open(str(path)) as file:
        rate_hz = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768
    places = np.arange(int(len(samples) * RATE_HZ / rate_hz)) * rate_hz / RATE_HZ
    sound = np.interp(places, np.arange(len(samples)), samples)
    return said.words, (sound * 0.35 * 10 ** (line.gain_db / 20)).astype(np.float32)


def _pause(rng: random.Random, line: _Line) -> _Sound:
    """The room, and applause where there is some."""
    noise = np.random.default_rng(rng.randrange(1 << 30))
    room = noise.standard_normal(int((line.pause_s + line.applause_s) * RATE_HZ)) * 0.0015
    length = int(line.applause_s * RATE_HZ)
    if length:
        claps = noise.standard_normal(length) * np.hanning(length) * 0.09
        room[:length] += claps
    return room.astype(np.float32)


def _write(path: Path, sound: _Sound) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype(np.int16).tobytes())


def _filmed(folder: Path) -> Path:
    target = folder / "talk.mp4"
    command = [
        *(ffmpeg_binary(), "-nostdin", "-v", "error", "-y"),
        *("-f", "lavfi", "-i", "color=0x405060:s=320x180:r=5", "-i", str(folder / "talk.wav")),
        *("-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac", "-shortest"),
        str(target),
    ]
    subprocess.run(command, check=True)  # noqa: S603  written above
    return target
