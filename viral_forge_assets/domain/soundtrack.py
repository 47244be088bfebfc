"""Which music a clip gets, which effects, and how loud each may be beside speech."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from viral_forge_assets.domain.share_alike import objection_to_one_clip
from viral_forge_assets.domain.variation import WRITTEN_BY_PEOPLE, Name
from viral_forge_resources.contracts.draws import share
from viral_forge_resources.contracts.media import Stretch
from viral_forge_resources.contracts.sound import (
    EffectCue,
    EffectKind,
    MusicCue,
    Soundtrack,
    Track,
)
from viral_forge_resources.documents import document_hash

SOUNDTRACK = "soundtrack"
"""Name of the extra that holds the mix of music and effects."""

MUSIC, EFFECTS = "music", "effects"
"""Names of its parts."""

_ATTACK_S, _RELEASE_S = 0.25, 0.5
"""The music is down before a word begins, and takes its time to come back."""

_SHORTEST_PAUSE_S = 1.1
"""Between two words the music stays down: up and down again at once would be heard as pumping."""

_OWN_MUSIC = 0.3
"""Share of what is heard from which on the source has music of its own."""

_FADE_IN_S = 0.4
_SEEDS = 1_000_000
_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MusicWish:
    """The music that a recipe asks for; levels in dB beside the clip's own sound.

    Attributes:
        mood: a tag of the track; None takes any.
        level_db: while nobody speaks.
        duck_db: how much further down while somebody does.
        fade_s: at the clip's end.
        over_music: also where the clip's own sound is music already.
    """

    __pydantic_config__: ClassVar[ConfigDict] = WRITTEN_BY_PEOPLE

    mood: Name | None = None
    level_db: Annotated[float, Field(ge=-40, le=0)] = -10.0
    duck_db: Annotated[float, Field(ge=0, le=30)] = 10.0
    fade_s: Annotated[float, Field(ge=0.1, le=10)] = 1.5
    over_music: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectsWish:
    """The effects that a recipe asks for, on every accent of its filters.

    Attributes:
        kinds: each as likely as the others; one named twice is so twice.
        level_db: of the loudest tenth of a second, beside the clip's own sound.
        under_speech_db: the same where somebody speaks at that moment.
    """

    __pydantic_config__: ClassVar[ConfigDict] = WRITTEN_BY_PEOPLE

    kinds: Annotated[tuple[EffectKind, ...], Field(min_length=1)]
    level_db: Annotated[float, Field(ge=-40, le=6)] = -4.0
    under_speech_db: Annotated[float, Field(ge=-40, le=0)] = -14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MusicOffer:
    """Tracks that may be used, and, where there are none, why not.

    Attributes:
        licences: SPDX id of each track's right, in the order of ``tracks``; none: not known.
    """

    tracks: tuple[Track, ...] = ()
    none_because: str | None = None
    licences: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Changes whenever a choice among them might."""
        facts = sorted((each.sha256, each.moods, each.bpm, each.work) for each in self.tracks)
        return document_hash((facts, self.none_because, self.licences))

    def beside(self, licences: Sequence[str]) -> "MusicOffer":
        """Those tracks that may be in one clip with works under these licences."""
        if not self.licences:
            return self
        judged = [
            (track, licence, objection_to_one_clip([*licences, licence]))
            for track, licence in zip(self.tracks, self.licences, strict=True)
        ]
        fitting = [(track, licence) for track, licence, why in judged if why is None]
        first_objection = next((why for _, _, why in judged if why is not None), None)
        return MusicOffer(
            tracks=tuple(track for track, _ in fitting),
            licences=tuple(licence for _, licence in fitting),
            none_because=self.none_because if fitting else first_objection,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The track that was chosen, or None, and why."""

    track: Track | None
    why: str


def choose_track(
    wish: MusicWish, offer: MusicOffer, *reason: object, own_music: float = 0.0
) -> Choice:
    """A track of the mood that is wished for, the same for the same ``reason``.

    ``own_music`` is the share of the clip's own sound that is music: two pieces at once are noise.

    A track more or less changes the choice for few reasons only. Where none has the mood there is
    no music: another one would be wrong.
    """
    if own_music >= _OWN_MUSIC and not wish.over_music:
        return Choice(track=None, why="no music: the source has music of its own")
    if not offer.tracks:
        return Choice(track=None, why=f"no music: {offer.none_because}")
    fitting = [each for each in offer.tracks if wish.mood is None or wish.mood in each.moods]
    if not fitting:
        return Choice(track=None, why=f"no music: no track that may be used is '{wish.mood}'")
    chosen = min(fitting, key=lambda each: (share(*reason, each.sha256), each.sha256))
    return Choice(track=chosen, why=f"music: {' '.join(chosen.work.title.split())}")


def music_cue(
    wish: MusicWish, track: Track, *, duration_s: float, speech: Sequence[Stretch] | None
) -> MusicCue:
    """The track under a clip in which people speak at ``speech``; None: nobody listened.

    Where nobody listened the music stays down all the time: anybody might be speaking.
    """
    heard = [Stretch(start_s=0.0, end_s=duration_s)] if speech is None else speech
    return MusicCue(
        track_sha256=track.sha256,
        level_db=wish.level_db,
        duck_points=_duck_points(_without_short_pauses(heard), wish.duck_db),
        fade_in_s=min(_FADE_IN_S, duration_s / 4),
        fade_out_s=min(wish.fade_s, duration_s / 2),
        bpm=track.bpm,
    )


def effect_cues(
    wish: EffectsWish,
    moments_s: Sequence[float],
    *reason: object,
    speech: Sequence[Stretch] | None,
) -> tuple[EffectCue, ...]:
    """An effect at each moment; where ``speech`` is None, as if somebody spoke all the time."""
    return tuple(
        EffectCue(
            kind=wish.kinds[int(share(*reason, "kind", number) * len(wish.kinds))],
            at_s=at_s,
            level_db=min(wish.level_db, wish.under_speech_db)
            if _is_spoken(at_s, speech)
            else wish.level_db,
            seed=int(share(*reason, "seed", number) * _SEEDS),
        )
        for number, at_s in enumerate(moments_s)
    )


def soundtrack_of(
    *, duration_s: float, music: MusicCue | None, effects: tuple[EffectCue, ...]
) -> Soundtrack | None:
    """All of it; None where there is nothing."""
    if music is None and not effects:
        return None
    return Soundtrack(duration_s=duration_s, music=music, effects=effects)


def parts_of(soundtrack: Soundtrack) -> dict[str, Soundtrack]:
    """Its music alone and its effects alone, as far as it has them."""
    parts = {
        MUSIC: replace(soundtrack, effects=()),
        EFFECTS: replace(soundtrack, music=None),
    }
    return {name: part for name, part in parts.items() if part.music or part.effects}


def _duck_points(speech: Sequence[Stretch], duck_db: float) -> tuple[tuple[float, float], ...]:
    points: list[tuple[float, float]] = []
    for stretch in speech:
        points += [
            (round(stretch.start_s - _ATTACK_S, _DIGITS), 0.0),
            (round(stretch.start_s, _DIGITS), -duck_db),
            (round(stretch.end_s, _DIGITS), -duck_db),
            (round(stretch.end_s + _RELEASE_S, _DIGITS), 0.0),
        ]
    return tuple(points)


def _without_short_pauses(speech: Sequence[Stretch]) -> tuple[Stretch, ...]:
    joined: list[Stretch] = []
    for stretch in sorted(speech, key=lambda each: each.start_s):
        if joined and stretch.start_s - joined[-1].end_s < _SHORTEST_PAUSE_S:
            last = joined.pop()
            end_s = max(last.end_s, stretch.end_s)
            joined.append(Stretch(start_s=last.start_s, end_s=end_s))
        else:
            joined.append(stretch)
    return tuple(joined)


_EFFECT_BEFORE_S, _EFFECT_AFTER_S = 1.2, 0.5
"""Longest that an effect is heard before and after its moment."""


def _is_spoken(at_s: float, speech: Sequence[Stretch] | None) -> bool:
    if speech is None:
        return True
    start_s, end_s = at_s - _EFFECT_BEFORE_S, at_s + _EFFECT_AFTER_S
    return any(each.start_s < end_s and start_s < each.end_s for each in speech)
