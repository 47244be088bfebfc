"""What is heard in a source, in steps short enough to tell speech from a pause."""

from dataclasses import dataclass

SPEECH, MUSIC, NOISE, QUIET, UNKNOWN = "s", "m", "n", "-", "?"
"""Letters of ``SoundMap.kinds``; ``UNKNOWN`` is heard, but nobody could tell what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundPeak:
    """A burst that stands out of what surrounds it: laughter, applause, a shout, a bang.

    Attributes:
        over_db: above the usual level within half a minute around it.
        is_voice: most of it is speech; else it is a reaction or a noise.
    """

    start_s: float
    end_s: float
    over_db: float
    is_voice: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundMap:
    """Level and kind of the sound, from the first video frame on, in equal steps.

    Attributes:
        step_s: length of a step.
        levels_db: RMS of each step in whole dBFS, -90 to 0; -90 where there is no sound.
        kinds: one letter for each step: ``s`` speech, ``m`` music, ``n`` other noise, ``-`` quiet,
            ``?`` unknown. What is said over music is speech.
        peaks: in time order.
        no_speech_because: why nobody listened for speech; None where somebody did.
    """

    step_s: float
    levels_db: tuple[int, ...]
    kinds: str
    peaks: tuple[SoundPeak, ...] = ()
    no_speech_because: str | None = None
