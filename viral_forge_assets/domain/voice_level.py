"""How loud a stretch of speech is against the speaker's usual voice."""

from dataclasses import dataclass
from itertools import accumulate
from math import ceil, floor

from viral_forge_resources.contracts.hearing import SPEECH, UNKNOWN, SoundMap
from viral_forge_resources.contracts.media import Stretch

_FEWEST_STEPS = 3
"""Of speech in a stretch: fewer say nothing about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceLevel:
    """Sums from the start of the source on: any stretch is told from its two ends.

    Attributes:
        usual_db: mean level of all speech, in dBFS.
    """

    step_s: float
    usual_db: float
    sums_db: tuple[float, ...]
    counts: tuple[int, ...]

    def over_db(self, stretch: Stretch) -> float | None:
        """Mean level of what is said in ``stretch``, above the usual; None where nothing is."""
        last = len(self.counts) - 1
        first = min(max(floor(stretch.start_s / self.step_s), 0), last)
        beyond = min(max(ceil(stretch.end_s / self.step_s), 0), last)
        count = self.counts[beyond] - self.counts[first]
        if count < _FEWEST_STEPS:
            return None
        return (self.sums_db[beyond] - self.sums_db[first]) / count - self.usual_db


def voice_level(sound: SoundMap | None) -> VoiceLevel | None:
    """The levels of speech; of all that is heard where nobody listened for speech.

    None where nothing is heard.
    """
    if sound is None:
        return None
    spoken = [kind in (SPEECH, UNKNOWN) for kind in sound.kinds]
    counts = tuple(accumulate(map(int, spoken), initial=0))
    if counts[-1] < _FEWEST_STEPS:
        return None
    levels = (level * is_spoken for level, is_spoken in zip(sound.levels_db, spoken, strict=True))
    sums_db = tuple(accumulate(map(float, levels), initial=0.0))
    return VoiceLevel(
        step_s=sound.step_s, usual_db=sums_db[-1] / counts[-1], sums_db=sums_db, counts=counts
    )
