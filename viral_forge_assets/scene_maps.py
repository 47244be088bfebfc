"""Has a source looked at, once for its bytes: all of it, or the promising parts of a long one."""

from dataclasses import dataclass

from viral_forge_assets.domain.closer_looks import is_long, worth_a_closer_look
from viral_forge_assets.provenance import keep, kept, made_from
from viral_forge_resources.contracts.media import SceneMap, Transcript
from viral_forge_resources.contracts.media_ports import MediaReader, ProgressCallback
from viral_forge_resources.contracts.storage import Storage, StoredFile
from viral_forge_resources.contracts.works import SourceFile
from viral_forge_resources.documents import document_hash

SCENE_MAP_VERSION = 8

_SKIMMED_SHARE = 0.25
"""Of the work on a long source, for people who watch it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was seen and heard, where it is stored, and whether an earlier run had found it."""

    scenes: SceneMap
    stored: StoredFile
    is_reused: bool


def look_at(
    source: SourceFile,
    transcript: Transcript,
    *,
    storage: Storage,
    media: MediaReader,
    document: str,
    on_progress: ProgressCallback,
) -> Looked:
    """What is in ``source``, stored as ``document``.

    The same bytes are looked at once, whichever candidate they belong to. Of a long source the
    words decide where it is looked at in full.
    """
    words = document_hash(transcript) if is_long(source.probe) else None
    origin = made_from(
        source=source.video.sha256, words=words, sight=media.sight(), version=SCENE_MAP_VERSION
    )
    shared = f"sources/{source.video.sha256}/scene_map.json"
    scenes = kept(storage, document, SceneMap, origin=origin)
    scenes = scenes or kept(storage, shared, SceneMap, origin=origin)
    is_reused = scenes is not None
    if scenes is None:
        scenes = _look(source, transcript, storage, media, on_progress)
        keep(storage, shared, scenes, origin=origin)
    stored = keep(storage, document, scenes, origin=origin)
    return Looked(scenes=scenes, stored=stored, is_reused=is_reused)


def _look(
    source: SourceFile,
    transcript: Transcript,
    storage: Storage,
    media: MediaReader,
    on_progress: ProgressCallback,
) -> SceneMap:
    probe = source.probe
    with storage.as_file(source.video.key) as path:
        if not is_long(probe):
            return media.analyse(path, probe, on_progress=on_progress)
        skimmed = media.skim(
            path, probe, on_progress=lambda share: on_progress(share * _SKIMMED_SHARE)
        )
        return media.look_closer(
            path,
            probe,
            skimmed,
            within=worth_a_closer_look(probe, skimmed, transcript),
            on_progress=lambda share: on_progress(_SKIMMED_SHARE + share * (1 - _SKIMMED_SHARE)),
        )
