"""Stage 4, by candidate: what is in the picture, and what is heard."""

from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.metadata import (
    Metadata,
    file_metadata,
    logged_progress,
)
from viral_forge_assets.metering import metered
from viral_forge_assets.naming_faces import face_numbers
from viral_forge_assets.partitions import candidate_partitions
from viral_forge_assets.provenance import load
from viral_forge_assets.scene_maps import SCENE_MAP_VERSION, look_at
from viral_forge_resources.contracts.costs import CostKind
from viral_forge_resources.contracts.hearing import MUSIC, SPEECH
from viral_forge_resources.contracts.keys import parse_candidate_key
from viral_forge_resources.contracts.media import SceneMap, Transcript
from viral_forge_resources.contracts.media_ports import MediaReader
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.studio import ProgressDisplay
from viral_forge_resources.contracts.works import SourceFile


@dg.asset(
    key_prefix="transform",
    group_name="transform",
    partitions_def=candidate_partitions,
    deps=[dg.AssetKey(["source", "source_video"]), dg.AssetKey(["captions", "transcript"])],
    kinds={"opencv"},
    code_version=str(SCENE_MAP_VERSION),
)
def scene_map(
    context: dg.AssetExecutionContext,
    storage: dg.ResourceParam[Storage],
    media: dg.ResourceParam[MediaReader],
    scratch: dg.ResourceParam[Path],
    state: dg.ResourceParam[sa.Engine],
    prices: dg.ResourceParam[Prices],
    progress: dg.ResourceParam[ProgressDisplay],
) -> dg.MaterializeResult[None]:
    """Cuts; faces, text and movement in each shot; speech, music, silence, black, frozen.

    Times are seconds from the first video frame. Made once per source. A source of more than five
    minutes is skimmed, and looked at in full where its words and its sound promise a clip.
    """
    key = parse_candidate_key(context.partition_key)
    paid = metered(state, prices, context.partition_key, CostKind.ANALYSIS, "scene_map")
    with dagster_failures("looking at the source video"), paid:
        source = load(
            storage, key.storage_key("source", "probe.json"), SourceFile, made_by="source_video"
        )
        looked = look_at(
            source,
            load(
                storage,
                key.storage_key("captions", "transcript.json"),
                Transcript,
                made_by="transcript",
            ),
            storage=storage,
            media=media,
            document=key.storage_key("transform", "scene_map.json"),
            on_progress=logged_progress(context, "looking", progress),
        )
        scenes = looked.scenes
        faces = face_numbers(source, scenes, key=key, storage=storage, media=media, scratch=scratch)
    return dg.MaterializeResult(
        metadata=file_metadata(looked.stored, reused=looked.is_reused)
        | {"shots": len(scenes.shots), "silences": len(scenes.silences)}
        | {"duration_s": round(scenes.duration_s, 3)}
        | _seen(scenes)
        | faces
        | _heard(scenes)
    )


def _seen(scenes: SceneMap) -> Metadata:
    faces: int | str = sum(len(shot.faces) for shot in scenes.shots)
    texts: int | str = sum(len(shot.texts) for shot in scenes.shots)
    if scenes.no_faces_because is not None:
        faces = f"nobody looked for faces: {scenes.no_faces_because}"
    if scenes.no_texts_because is not None:
        texts = f"nobody looked for text: {scenes.no_texts_because}"
    in_full: str | float = "all of it"
    if scenes.in_full is not None:
        in_full = round(sum(stretch.duration_s for stretch in scenes.in_full), 1)
    return {"faces": faces, "texts": texts, "seen_in_full_s": in_full}


def _heard(scenes: SceneMap) -> Metadata:
    sound = scenes.sound
    if sound is None:
        return {"sound": "none"}
    names = {"speech_s": SPEECH, "music_s": MUSIC}
    lengths = {name: round(sound.kinds.count(kind) * sound.step_s) for name, kind in names.items()}
    if sound.no_speech_because is not None:
        lengths = {}
    return {"sound": sound.no_speech_because or "heard", "peaks": len(sound.peaks), **lengths}
