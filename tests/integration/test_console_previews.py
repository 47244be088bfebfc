"""Small pictures from the console: real pictures in a real storage folder."""

from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from starlette.testclient import TestClient

from tests.accounts import account_pages
from tests.builders import artefact, save_candidate
from viral_forge_assets.console.app import create_app
from viral_forge_resources.contracts.records import Artefact, ArtefactKind
from viral_forge_resources.state import artefacts
from viral_forge_resources.storage.local import LocalStorage

KEY = "cooking/inbox/pasta-1a2b3c4d/transform/clip-1-sheet"
SHEET_PX = (1200, 500)
ORANGE = (230, 120, 20)


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "storage")


@pytest.fixture
def console(sqlite_state: sa.Engine, storage: LocalStorage) -> TestClient:
    save_candidate(sqlite_state)
    app = create_app(
        state=sqlite_state,
        storage=storage,
        dagster_url="http://127.0.0.1:3000",
        accounts=account_pages(sqlite_state),
    )
    return TestClient(app, base_url="http://127.0.0.1:3001", raise_server_exceptions=False)


@pytest.fixture
def sheet(console: TestClient, sqlite_state: sa.Engine, storage: LocalStorage) -> Artefact:
    return record(sqlite_state, storage, encoded(Image.new("RGB", SHEET_PX, ORANGE), "JPEG"))


def record(
    state: sa.Engine, storage: LocalStorage, content: bytes, media_type: str = "image/jpeg"
) -> Artefact:
    file = storage.put_bytes(content, KEY)
    made = artefact(
        kind=ArtefactKind.CLIP_SHEET,
        media_type=media_type,
        storage_key=file.key,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
    )
    with state.begin() as connection:
        artefacts.record(connection, made)
    return made


def encoded(picture: Image.Image, picture_format: str) -> bytes:
    content = BytesIO()
    picture.save(content, picture_format)
    return content.getvalue()


def shown(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content), formats=["JPEG"]).convert("RGB")


def is_orange(picture: Image.Image) -> bool:
    found = picture.getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(found, tuple)
    return all(abs(a - b) < 12 for a, b in zip(found, ORANGE, strict=True))


def test_a_wide_picture_comes_600_pixels_wide_in_its_own_shape(console, sheet):
    answer = console.get(f"/s/{sheet.artefact_id}")
    picture = shown(answer.content)
    assert (answer.status_code, picture.size) == (200, (600, 250))
    assert is_orange(picture)
    assert answer.headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize("size_px", [(600, 90), (320, 1280)])
def test_a_picture_that_is_narrow_enough_keeps_its_size(size_px, console, sqlite_state, storage):
    made = record(sqlite_state, storage, encoded(Image.new("RGB", size_px, ORANGE), "JPEG"))
    assert shown(console.get(f"/s/{made.artefact_id}").content).size == size_px


@pytest.mark.parametrize(
    ("picture_format", "media_type", "mode"),
    [("PNG", "image/png", "RGBA"), ("PNG", "image/png", "P"), ("WEBP", "image/webp", "RGB")],
)
def test_every_picture_comes_as_a_jpeg(
    picture_format, media_type, mode, console, sqlite_state, storage
):
    picture = Image.new("RGB", SHEET_PX, ORANGE).convert(mode)
    made = record(sqlite_state, storage, encoded(picture, picture_format), media_type)
    answer = console.get(f"/s/{made.artefact_id}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert shown(answer.content).size == (600, 250)


def test_a_preview_carries_the_headers_of_the_file_but_a_hash_of_its_own(console, sheet):
    preview, whole = (console.get(f"/{kind}/{sheet.artefact_id}").headers for kind in "sm")
    own = {"accept-ranges", "content-length", "etag"}
    assert preview["etag"] == f'"{sheet.sha256}-600"'
    assert preview["cross-origin-resource-policy"] == "cross-origin"
    assert preview.keys() == whole.keys()
    assert all(preview[name] == whole[name] for name in preview.keys() - own)


def test_head_tells_the_size_of_the_preview_without_bytes(console, sheet):
    answer = console.head(f"/s/{sheet.artefact_id}")
    whole = console.get(f"/s/{sheet.artefact_id}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers == whole.headers


def test_an_unchanged_preview_is_not_sent_again(console, sheet):
    asked = {"if-none-match": f'"{sheet.sha256}-600"'}
    answer = console.get(f"/s/{sheet.artefact_id}", headers=asked)
    assert (answer.status_code, answer.content) == (304, b"")


def test_the_hash_of_the_whole_picture_is_not_the_preview(console, sheet):
    asked = {"if-none-match": f'"{sheet.sha256}"'}
    assert console.get(f"/s/{sheet.artefact_id}", headers=asked).status_code == 200


@pytest.mark.parametrize("media_type", ["video/mp4", "image/svg+xml", "text/plain", "image/png"])
def test_what_is_no_picture_of_its_type_has_no_preview(media_type, console, sqlite_state, storage):
    content = encoded(Image.new("RGB", SHEET_PX, ORANGE), "JPEG")
    made = record(sqlite_state, storage, content, media_type)
    assert console.get(f"/s/{made.artefact_id}").status_code == 404


def test_a_damaged_picture_has_no_preview(console, sqlite_state, storage):
    content = encoded(Image.effect_noise(SHEET_PX, 50), "JPEG")
    made = record(sqlite_state, storage, content[: len(content) // 2])
    answer = console.get(f"/s/{made.artefact_id}")
    assert answer.status_code == 404
    assert "The picture cannot be read." in answer.text


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size_px", [(10_000, 9_000), (14_000, 13_000)])
def test_a_picture_of_too_many_pixels_is_never_unpacked(size_px, console, sqlite_state, storage):
    bomb = encoded(Image.new("1", size_px), "PNG")
    made = record(sqlite_state, storage, bomb, "image/png")
    answer = console.get(f"/s/{made.artefact_id}")
    assert answer.status_code == 404
    assert "too large" in answer.text


def test_a_file_of_too_many_bytes_has_no_preview(console, sqlite_state, storage):
    content = encoded(Image.new("RGB", SHEET_PX, ORANGE), "JPEG") + bytes(20_000_000)
    made = record(sqlite_state, storage, content)
    assert "too large" in console.get(f"/s/{made.artefact_id}").text


def test_a_picture_that_is_gone_or_not_recorded_is_not_found(console, sheet, storage):
    storage.delete(sheet.storage_key)
    assert console.get(f"/s/{sheet.artefact_id}").status_code == 404
    assert console.get("/s/0123456789").status_code == 404


def test_bytes_that_are_not_the_recorded_ones_have_no_preview(console, sheet, storage):
    storage.put_bytes(b"half", sheet.storage_key)
    assert console.get(f"/s/{sheet.artefact_id}").status_code == 503


def test_a_preview_cannot_be_changed(console, sheet):
    assert console.post(f"/s/{sheet.artefact_id}").status_code == 405
