"""Looks at and listens to a whole video once: cuts, faces, text, movement, stillness, sound."""

from contextlib import closing
from pathlib import Path

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import MediaProbe, SceneMap
from viral_forge_resources.contracts.media_ports import ProgressCallback
from viral_forge_resources.media._container import open_media, picture_track
from viral_forge_resources.media._decoding import Event, decoded
from viral_forge_resources.media._ear import Ear
from viral_forge_resources.media._sight import Sight
from viral_forge_resources.media._voices import Voices
from viral_forge_resources.media._watch import Watch

_PROGRESS_STEP = 0.01


class Progress:
    """Told where in the video we are; tells others the share, a hundred times at most."""

    def __init__(self, duration_s: float, on_progress: ProgressCallback) -> None:
        self._duration_s = duration_s
        self._on_progress = on_progress
        self._share = 0.0

    def at(self, at_s: float) -> None:
        """So far have we come."""
        share = min(at_s / self._duration_s, 1.0)
        if share >= self._share + _PROGRESS_STEP:
            self._share = share
            self._on_progress(share)


def analyse(
    path: Path,
    probe: MediaProbe,
    *,
    sight: Sight,
    voices: Voices | None,
    on_progress: ProgressCallback,
) -> SceneMap:
    """Cuts, what is in each shot, what is heard, black and frozen stretches, in one pass.

    Broken sound does not cost the picture: what could be read is used. The time of a cut is that
    of the first picture seen behind it.

    Raises:
        BadInput: not one picture can be decoded.
    """
    import av

    progress, ear = Progress(probe.duration_s, on_progress), Ear(probe, voices)
    with open_media(path, name=path.name) as container, closing(Watch(probe, sight)) as watch:
        track = picture_track(container, name=path.name)
        for found in decoded(container, track, with_sound=probe.audio_channels is not None):
            if isinstance(found, Event):
                watch.note(found)
            elif isinstance(found, av.VideoFrame):
                watch.see(found)
                progress.at(watch.last_s or 0.0)
            else:
                ear.hear(found)
        if watch.last_s is None:
            raise no_picture(path)
        shots, damaged = watch.finish(probe.duration_s)
    on_progress(1.0)
    return SceneMap(
        duration_s=probe.duration_s,
        shots=shots,
        silences=ear.silences(),
        black=watch.black,
        frozen=watch.frozen,
        damaged=damaged,
        no_faces_because=sight.no_faces_because,
        no_texts_because=sight.no_texts_because,
        sound=ear.sound(),
    )


def no_picture(path: Path) -> BadInput:
    """The error of a video without one picture that can be decoded."""
    return BadInput(
        path.name,
        reason="is damaged: not one picture of it can be decoded",
        remedy="Copy or download it again, or export it anew.",
    )
