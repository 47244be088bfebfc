"""Who looks at pictures, and what it is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from viral_forge_resources.contracts.llm import Answer, Estimate, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Tones:
    """Light and colours of a picture, each between 0 and 1 unless it says otherwise.

    Attributes:
        brightness: mean luma.
        contrast: standard deviation of the luma; 0.5 is black and white alone.
        saturation: mean of what is not grey.
        warmth: mean of red minus blue, from -1 to 1.
        red: mean, as ``green`` and ``blue``.
    """

    brightness: float
    contrast: float
    saturation: float
    warmth: float
    red: float
    green: float
    blue: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyframe:
    """One picture of a video.

    Attributes:
        at_s: its time, seconds from the first video frame.
        jpeg: upright, with square pixels, small.
    """

    at_s: float
    jpeg: bytes
    tones: Tones


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureQuestion(Question):
    """A question about pictures, each a JPEG; what they show may be hostile as any text."""

    pictures: tuple[bytes, ...]


class VisionModel(Protocol):
    """One model of one provider that is shown pictures; they leave this machine for it."""

    provider: str
    model: str

    def estimate(self, question: PictureQuestion) -> Estimate:
        """The most that ``question`` can cost, its pictures included."""

    def ask(self, question: PictureQuestion, *, before_call: Callable[[], None]) -> Answer:
        """The model's answer.

        Args:
            question: what is asked.
            before_call: called before each request that leaves; one answer may take several. What
                it raises ends the question.

        Raises:
            NoCredentials: no key is set.
            UnexpectedAnswer: no JSON that follows the schema, also after asking again; or the
                provider blocked the pictures or its own answer.
            RateLimited: asked to wait, with how long where the provider said so.
            Permanent: refused: unknown model, wrong key, request too large.
            Unreachable: no answer.
        """
