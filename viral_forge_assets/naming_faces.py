"""Shows the operator which face has which number."""

from pathlib import Path

from viral_forge_assets.domain.hiding import NumberedFace, numbered_faces
from viral_forge_assets.metadata import THUMBNAIL_BYTES, Metadata, embedded_picture, markdown_table
from viral_forge_resources.contracts.keys import CandidateKey
from viral_forge_resources.contracts.media import SceneMap
from viral_forge_resources.contracts.media_ports import MediaReader
from viral_forge_resources.contracts.sight import FaceSight
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.works import SourceFile

_MOST_SHOWN = 60
_NAME = "faces.jpg"


def face_numbers(
    source: SourceFile,
    scenes: SceneMap,
    *,
    key: CandidateKey,
    storage: Storage,
    media: MediaReader,
    scratch: Path,
) -> Metadata:
    """A sheet of the first faces over their numbers, and when they are seen; nothing without."""
    known = numbered_faces(scenes)[:_MOST_SHOWN]
    if not known:
        return {}
    sheet = scratch / _NAME
    faces = [(f"{each.number}", _largest(each)) for each in known]
    with storage.as_file(source.video.key) as path:
        media.face_sheet(path, source.probe, faces, sheet, title=f"{source.name} · faces")
    small = media.thumbnail(sheet, max_bytes=THUMBNAIL_BYTES)
    stored = storage.put_file(sheet, key.storage_key("transform", _NAME))
    sheet.unlink()
    return {
        "face_sheet": embedded_picture(small, alt="faces and their numbers"),
        "face_sheet_uri": stored.uri,
        "face_numbers": markdown_table([_told(each) for each in known]),
    }


def _largest(numbered: NumberedFace) -> FaceSight:
    return max(numbered.face.sights, key=lambda sight: sight.box.area_px)


def _told(numbered: NumberedFace) -> dict[str, object]:
    sights = numbered.face.sights
    x, y = (round(place) for place in _largest(numbered).box.middle_px)
    return {
        "face": numbered.number,
        "shot": numbered.shot + 1,
        "from_s": round(sights[0].at_s, 1),
        "to_s": round(sights[-1].at_s, 1),
        "at_px": f"{x}, {y}",
    }
