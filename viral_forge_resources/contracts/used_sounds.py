"""The sound that a video on a platform uses, as far as the platform tells it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedSound:
    """At least an id, or a title with an author.

    Attributes:
        sound_id: the platform's own; None where it tells names alone.
        title: in the platform's words; None where it tells an id alone.
        author: who made the sound, not who made the video.
    """

    sound_id: str | None = None
    title: str | None = None
    author: str | None = None
