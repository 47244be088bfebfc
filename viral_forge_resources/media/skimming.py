"""Listens to all of a long video, and looks at pictures some seconds apart."""

from itertools import pairwise
from pathlib import Path

from viral_forge_resources.contracts.media import MediaProbe, SceneMap, Shot
from viral_forge_resources.contracts.media_ports import ProgressCallback
from viral_forge_resources.media._container import open_media, picture_track
from viral_forge_resources.media._decoding import key_pictures
from viral_forge_resources.media._ear import Ear
from viral_forge_resources.media._shots import Picture, change_between
from viral_forge_resources.media._sight import Sight
from viral_forge_resources.media._voices import Voices
from viral_forge_resources.media._watch import small_picture, time_of
from viral_forge_resources.media.analysis import Progress, no_picture

_KEY_CHANGE = 0.12
"""Mean change between two key pictures that makes a cut of it: they are seconds apart, so what
moves in between changes more than from one picture to the next."""


def skim(
    path: Path,
    probe: MediaProbe,
    *,
    sight: Sight,
    voices: Voices | None,
    on_progress: ProgressCallback,
) -> SceneMap:
    """All of the sound, and cuts between pictures that stand alone; nothing is seen in full.

    Raises:
        BadInput: not one picture can be decoded.
    """
    import av
    from av.video.reformatter import VideoReformatter

    progress, ear = Progress(probe.duration_s, on_progress), Ear(probe, voices)
    shrinker = VideoReformatter()
    cuts = [0.0]
    last: Picture | None = None
    with open_media(path, name=path.name) as container:
        track = picture_track(container, name=path.name)
        for found in key_pictures(container, track, with_sound=probe.audio_channels is not None):
            if not isinstance(found, av.VideoFrame):
                ear.hear(found)
                continue
            at_s, picture = time_of(found, probe), small_picture(found, shrinker, probe)
            is_later = at_s is not None and cuts[-1] < at_s < probe.duration_s
            if at_s is not None and is_later and last is not None:
                cuts += [at_s] if change_between(last, picture) > _KEY_CHANGE else []
                progress.at(at_s)
            last = picture
    if last is None:
        raise no_picture(path)
    on_progress(1.0)
    return SceneMap(
        duration_s=probe.duration_s,
        shots=tuple(Shot(start_s=a, end_s=b) for a, b in pairwise([*cuts, probe.duration_s])),
        silences=ear.silences(),
        no_faces_because=sight.no_faces_because,
        no_texts_because=sight.no_texts_because,
        in_full=(),
        sound=ear.sound(),
    )
