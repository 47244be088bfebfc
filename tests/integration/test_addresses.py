"""Videos that do not lie in the inbox, but are listed there by address."""

import hashlib
from collections.abc import Generator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import samples
from tests.platforms.web import served
from tests.studio import OWN, Studio, open_studio
from viral_forge_assets.rendering import ALL_CHECKS
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.records import CandidateStatus

_TOKEN = "nobody-elses-business"
_CC_BY = OWN | {"licence": "CC-BY-4.0"}


@pytest.fixture
def web(media_folder: Path) -> Generator[str]:
    """Address of a server that offers ``/vertical.mp4``, a second with sound, and ``/song.mp3``."""
    samples.vertical(media_folder)
    samples.song(media_folder)
    with served(media_folder) as address:
        yield address


@pytest.fixture
def studio(home: Path, sqlite_state: sa.Engine) -> Generator[Studio]:
    """A studio that may fetch from this machine."""
    with open_studio(home, sqlite_state, settings={"allow_private_addresses": True}) as opened:
        yield opened


def _key_of(studio: Studio, folder: Path, address: str, **beside) -> str:
    """Key of the candidate that a scan makes of a list with one address."""
    listed = folder / "list.url"
    listed.write_text(f"# from the garden\n{address}\n")
    studio.drop(listed, **beside)
    assert studio.scan().success
    (candidate,) = studio.candidates()
    return candidate.candidate_key


def test_a_listed_address_goes_in_and_is_posted_under_the_right_beside_it(studio, web, tmp_path):
    key = _key_of(studio, tmp_path, f"{web}/vertical.mp4?sig={_TOKEN}", sidecar=_CC_BY)
    ran = studio.edit(key)
    assert (ran.failure, ran.failed_checks) == ("", {})
    assert ran.metadata("source", "source_video")["name"] == f"{web}/vertical.mp4"
    clip = studio.clip(key)
    assert {check.name for check in clip.checks if check.passed} == set(ALL_CHECKS)

    studio.approve(key)
    posted = studio.publish(key)
    assert posted.metadata("publication", "published_posts")["published"] == 1
    assert studio.publication(key).state is PublicationState.PUBLISHED
    (post,) = studio.posts()
    assert hashlib.sha256((post / "clip.mp4").read_bytes()).hexdigest() == clip.content_sha256
    owed = (post / "attribution.txt").read_text()
    assert owed.startswith(f'"Pasta in five minutes" by Ada ({web}/vertical.mp4), CC BY 4.0')

    told = [file.read_bytes() for file in post.iterdir()]
    told += [str(event).encode() for done in (ran, posted) for event in done.result.all_events]
    assert not any(_TOKEN.encode() in each for each in told)


def test_an_address_without_a_licence_is_refused_and_never_asked(studio, tmp_path):
    key = _key_of(studio, tmp_path, "http://127.0.0.1:1/vertical.mp4", sidecar=None)
    (refused,) = studio.candidates()
    assert (refused.status, refused.reason) == (CandidateStatus.REFUSED, "no licence is known")
    assert "may not be used" in studio.edit(key).failure


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/gone.mp4", "was answered with 404 Not Found. Check the address."),
        ("/song.mp3", "has no video track, only sound. Give a file with a moving picture."),
    ],
)
def test_an_address_without_a_video_fails_with_its_name_the_reason_and_the_remedy(
    studio, web, tmp_path, path, told
):
    failure = studio.edit(_key_of(studio, tmp_path, f"{web}{path}?sig={_TOKEN}")).failure
    assert f"'{web}{path}': {told}" in failure
    assert _TOKEN not in failure
