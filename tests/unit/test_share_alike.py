"""Works under share-alike licences are combined as those licences allow, and not otherwise."""

from itertools import permutations

import pytest

from viral_forge_assets.domain.materials import with_materials
from viral_forge_assets.domain.share_alike import objection_to_one_clip
from viral_forge_assets.domain.soundtrack import MusicOffer, MusicWish, choose_track
from viral_forge_resources.contracts.records import Material
from viral_forge_resources.contracts.rights import RightsVerdict
from viral_forge_resources.media.music_folder import MusicFolder
from viral_forge_resources.media.own_music import make_track

_SONG = Material(role="music", platform="music", platform_video_id="abc", title="Slow song")


def _verdict(licence: str) -> RightsVerdict:
    return RightsVerdict(
        is_allowed=True, reason="stated", rights_id=licence, licence=licence, attribution=licence
    )


@pytest.mark.parametrize(
    "licences",
    [
        ("CC-BY-SA-4.0", "CC-BY-SA-4.0"),
        ("CC-BY-SA-4.0", "CC-BY-SA-3.0", "CC-BY-SA-2.0"),
        ("CC-BY-NC-SA-4.0", "CC-BY-NC-SA-3.0"),
        ("CC-BY-SA-4.0", "CC-BY-4.0", "CC0-1.0", "CC-PDM-1.0"),
        ("CC-BY-SA-4.0", "LicenseRef-Own", "MIT"),
        ("CC-BY-NC-SA-4.0", "CC-BY-NC-4.0", "CC-BY-3.0"),
        ("LicenseRef-CC-BY-SA", "CC-BY-4.0"),
        ("CC-BY-4.0", "LicenseRef-Pexels", "LicenseRef-Permission"),
        ("CC-BY-NC-4.0", "LicenseRef-Pexels"),
        (),
    ],
)
def test_these_may_be_one_clip(licences):
    assert objection_to_one_clip(licences) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CC-BY-SA-4.0", "CC-BY-NC-SA-4.0"),
        ("CC-BY-SA-4.0", "CC-BY-NC-4.0"),
        ("CC-BY-SA-4.0", "CC-BY-ND-4.0"),
        ("CC-BY-SA-3.0", "LicenseRef-Pexels"),
        ("CC-BY-SA-4.0", "LicenseRef-Permission"),
        ("CC-BY-SA-4.0", "LicenseRef-CC-BY-SA"),
        ("CC-BY-NC-SA-4.0", "LicenseRef-Pexels"),
    ],
)
def test_these_may_not_be_one_clip_in_any_order(one, other):
    for licences in permutations((one, other, "CC0-1.0")):
        objection = objection_to_one_clip(licences)
        assert objection is not None
        assert "binds the whole clip" in objection


def test_a_clip_that_combines_what_may_not_be_combined_is_refused_with_both_named():
    verdict = with_materials(_verdict("CC-BY-SA-4.0"), [(_SONG, _verdict("CC-BY-NC-SA-4.0"))])
    assert not verdict.is_allowed
    assert verdict.reason == (
        "with its music 'Slow song': CC BY-SA 4.0 binds the whole clip, which CC BY-NC-SA 4.0"
        " does not allow"
    )
    assert verdict.remedy is not None
    assert "candidate_job" in verdict.remedy


def test_two_materials_bind_each_other_though_the_source_binds_nothing():
    film = Material(role="insert", platform="pexels", platform_video_id="1", title="Rain")
    materials = [(_SONG, _verdict("CC-BY-SA-4.0")), (film, _verdict("LicenseRef-Pexels"))]
    assert not with_materials(_verdict("LicenseRef-Own"), materials).is_allowed


def test_what_may_be_combined_owes_for_all_of_it():
    verdict = with_materials(_verdict("CC-BY-SA-3.0"), [(_SONG, _verdict("CC-BY-SA-4.0"))])
    assert verdict.is_allowed
    assert verdict.attribution == "CC-BY-SA-3.0. Music: CC-BY-SA-4.0"


def test_a_track_that_the_source_cannot_stand_beside_is_not_chosen_and_the_plan_says_why(tmp_path):
    for seed in (1, 2):
        make_track(tmp_path, seed=seed)
    tracks = MusicFolder(tmp_path).shelf().tracks
    offer = MusicOffer(tracks=tracks, licences=("CC-BY-NC-SA-4.0", "CC-BY-4.0"))
    wish = MusicWish()
    beside = offer.beside(["CC-BY-SA-4.0"])
    assert beside.tracks == tracks[1:]
    assert choose_track(wish, beside, "any").track == tracks[1]
    alone = MusicOffer(tracks=tracks[:1], licences=("CC-BY-NC-SA-4.0",)).beside(["CC-BY-SA-4.0"])
    assert choose_track(wish, alone, "any").why == (
        "no music: CC BY-SA 4.0 binds the whole clip, which CC BY-NC-SA 4.0 does not allow"
    )
    assert choose_track(wish, offer.beside(["CC0-1.0"]), "any").track in tracks
