"""What the choice of moments looks at: words, sentences, cuts, silence and sound of a source."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from viral_forge_assets.domain.hooks import Hook, hook_of
from viral_forge_assets.domain.liveliness import Liveliness, liveliness_of
from viral_forge_assets.domain.sentences import Sentence, sentences_of
from viral_forge_assets.domain.voice_level import VoiceLevel, voice_level
from viral_forge_resources.contracts.hearing import SoundPeak
from viral_forge_resources.contracts.media import MediaProbe, SceneMap, Stretch, Transcript, Word

_ROUNDING_S = 0.001
"""Plans keep whole milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Facts of a source, in time order.

    Attributes:
        parts: of undamaged pictures that were all looked at, in time order; a moment lies in one.
        hooks: one for each sentence.
        peaks: None where the sound was not listened to.
        liveliness: None where nobody looked for movement, or nothing moves.
    """

    duration_s: float
    parts: tuple[Stretch, ...]
    has_sound: bool
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...]
    hooks: tuple[Hook, ...]
    silences: tuple[Stretch, ...]
    cuts: tuple[float, ...]
    voice: VoiceLevel | None
    peaks: tuple[SoundPeak, ...] | None
    liveliness: Liveliness | None

    def sentences_in(self, stretch: Stretch) -> range:
        """Numbers of the sentences that begin in ``stretch``."""
        first = bisect_left(
            self.sentences, stretch.start_s - _ROUNDING_S, key=lambda each: each.start_s
        )
        beyond = bisect_left(self.sentences, stretch.end_s, key=lambda each: each.start_s)
        return range(first, beyond)


def material_of(probe: MediaProbe, scene_map: SceneMap, transcript: Transcript) -> Material:
    """The facts of a source that was looked at and listened to."""
    duration_s = min(probe.duration_s, scene_map.duration_s)
    has_sound = bool(probe.audio_channels)
    inside = (word for word in transcript.words if word.start_s < duration_s)
    words = tuple(sorted(inside, key=lambda word: word.start_s))
    sentences = sentences_of(words)
    voice = voice_level(scene_map.sound)
    silences = tuple(sorted(scene_map.silences, key=lambda each: each.start_s))
    cuts = (shot.start_s for shot in scene_map.shots)
    return Material(
        duration_s=duration_s,
        parts=_whole_parts(duration_s, scene_map),
        has_sound=has_sound,
        words=words,
        sentences=sentences,
        hooks=tuple(
            hook_of(
                sentence,
                language=transcript.language,
                over_db=voice.over_db(sentence.stretch) if voice else None,
            )
            for sentence in sentences
        ),
        silences=silences if has_sound else (),
        cuts=tuple(sorted(cut for cut in cuts if 0 < cut < duration_s)),
        voice=voice,
        peaks=scene_map.sound.peaks if scene_map.sound else None,
        liveliness=liveliness_of(scene_map.shots),
    )


def _whole_parts(duration_s: float, scene_map: SceneMap) -> tuple[Stretch, ...]:
    everything = (Stretch(start_s=0.0, end_s=duration_s),)
    seen = everything if scene_map.in_full is None else scene_map.in_full
    parts = [part for stretch in seen for part in without(stretch, scene_map.damaged)]
    cut = (
        Stretch(start_s=part.start_s, end_s=min(part.end_s, duration_s))
        for part in parts
        if part.start_s < duration_s
    )
    return tuple(cut) or (Stretch(start_s=0.0, end_s=0.0),)


def without(stretch: Stretch, holes: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """What is left of ``stretch`` beside ``holes``; nothing that is empty."""
    left: list[Stretch] = []
    from_s = stretch.start_s
    for hole in sorted(holes, key=lambda each: each.start_s):
        if hole.start_s > from_s:
            left.append(Stretch(start_s=from_s, end_s=min(hole.start_s, stretch.end_s)))
        from_s = max(from_s, hole.end_s)
        if from_s >= stretch.end_s:
            break
    if from_s < stretch.end_s:
        left.append(Stretch(start_s=from_s, end_s=stretch.end_s))
    return tuple(each for each in left if each.end_s > each.start_s)
