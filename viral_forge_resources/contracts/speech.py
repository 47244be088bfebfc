"""What a voice says and when."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from viral_forge_resources.contracts.media import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Spoken text with the voice's own word times, seconds from the start of the sound."""

    words: tuple[Word, ...]
    duration_s: float
    language: str


class Voice(Protocol):
    """Speaks."""

    def speak(self, text: str, target: Path) -> Speech:
        """Write ``text``, spoken, as a mono 16-bit WAV to ``target``.

        Raises:
            BadInput: there is nothing to say.
        """
