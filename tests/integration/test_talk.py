"""A talk of half an hour, spoken by eSpeak: its moments are found, and looked at in full."""

import pytest

from tests.fakes.sight import BLIND
from tests.talk import MOMENTS, Talk, make_talk
from viral_forge_assets.domain.closer_looks import is_long, worth_a_closer_look
from viral_forge_assets.domain.moments import Moment, choose_moments
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_resources.contracts.media import MediaProbe, SceneMap, Stretch
from viral_forge_resources.media.reader import AvReader
from viral_forge_resources.voices.espeak import EspeakVoice

RECIPE = Recipe(
    name="mine", version=1, description="A test.", clips=10, min_moment_s=15, max_duration_s=45
)
PLANTED = len(MOMENTS)


@pytest.fixture(scope="module")
def talk(tmp_path_factory) -> Talk:
    return make_talk(tmp_path_factory.mktemp("talk"), EspeakVoice())


@pytest.fixture(scope="module")
def probe(talk) -> MediaProbe:
    return AvReader(BLIND).probe(talk.video, name="talk.mp4")


@pytest.fixture(scope="module")
def scenes(talk, probe) -> SceneMap:
    reader = AvReader(BLIND)
    skimmed = reader.skim(talk.video, probe, on_progress=lambda _share: None)
    within = worth_a_closer_look(probe, skimmed, talk.transcript)
    return reader.look_closer(
        talk.video, probe, skimmed, within=within, on_progress=lambda _share: None
    )


@pytest.fixture(scope="module")
def chosen(talk, probe, scenes) -> tuple[Moment, ...]:
    return choose_moments(RECIPE, probe, scenes, talk.transcript, source_name="talk.mp4")


def _shares_most(one: Stretch, other: Stretch) -> bool:
    shared_s = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
    return shared_s >= 0.5 * other.duration_s


@pytest.mark.slow
def test_eight_of_ten_planted_moments_are_among_those_chosen(talk, probe, chosen):
    assert is_long(probe)
    assert len(chosen) <= PLANTED == 10

    found = [
        planted
        for planted in talk.moments
        if any(_shares_most(moment.stretch, planted) for moment in chosen)
    ]

    assert len(found) >= 8


@pytest.mark.slow
def test_seven_of_them_open_on_their_hook(talk, chosen):
    starts = [moment.stretch.start_s for moment in chosen]

    on_hook = [
        planted
        for planted in talk.moments
        if any(abs(start_s - planted.start_s) < 1 for start_s in starts)
    ]

    assert len(on_hook) >= 7


@pytest.mark.slow
def test_a_quarter_of_the_talk_is_looked_at_in_full_and_every_clip_lies_there(scenes, chosen):
    assert scenes.in_full
    looked_s = sum(stretch.duration_s for stretch in scenes.in_full)
    assert looked_s <= 0.3 * scenes.duration_s
    assert all(scenes.is_seen_in_full(moment.stretch) for moment in chosen)
