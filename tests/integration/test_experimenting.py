"""Experiments on real state: what candidates are dealt, and what counts as a result."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import NOW, post_text, save_candidate, sha256
from tests.posted import publish
from viral_forge_assets.domain.rewards import ENGAGED, RETENTION
from viral_forge_assets.experimenting import (
    assigned,
    dealt_title,
    outcomes_of,
    standing,
    start_experiment,
    stop_experiment,
)
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.experiments import Reason, TitleStyle
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.state import (
    experiments,
    niches,
    publications,
)

_RECIPES = ("clean", "story", "punchy")
_DAY = timedelta(days=1)


def _start(state: sa.Engine, **said):
    with state.begin() as connection:
        niches.save(connection, builders.niche(), now=NOW)
        return start_experiment(
            connection,
            {"niche": "cooking", "arms": list(_RECIPES), **said},
            recipes=_RECIPES,
            started_by="ada",
            now=NOW,
        )


def _deal(state: sa.Engine, number: int, *, now=NOW):
    candidate = save_candidate(state, candidate_key=f"cooking:inbox:video-{number}")
    return assigned(state, candidate, now=now)


def _rewards(state: sa.Engine):
    with state.connect() as connection:
        (experiment,) = experiments.all_experiments(connection)
        return [each.reward for each in outcomes_of(connection, experiment)]


def test_a_niche_without_an_experiment_deals_nothing(state):
    assert _deal(state, 1) is None


def test_what_was_dealt_stays_and_stands_with_its_probability(state):
    _start(state)
    first = _deal(state, 1)
    again = _deal(state, 1, now=NOW + 9 * _DAY)
    assert first.draw == again.draw
    assert first.draw.number == 1
    assert first.draw.probability == pytest.approx(first.draw.probabilities[first.arm.name])
    assert sum(first.draw.probabilities.values()) == pytest.approx(1)


def test_candidates_that_are_dealt_at_once_get_numbers_of_their_own(state):
    _start(state, holdout=0)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda number: _deal(state, number), range(12)))
    assert sorted(each.draw.number for each in made) == list(range(1, 13))
    assert Counter(each.arm.name for each in made) == dict.fromkeys(_RECIPES, 4)


def test_a_draw_has_a_result_once_its_post_was_read_at_72_hours(state):
    _start(state)
    dealt = _deal(state, 1)
    publish(state, 1, recipe=dealt.arm.recipe, read=[(24, RETENTION, 0.9), (72, RETENTION, 0.4)])
    _deal(state, 2)
    assert _rewards(state) == [0.4, None]


def test_neither_an_early_nor_a_late_nor_an_empty_reading_is_a_result(state):
    _start(state)
    for number, read in enumerate([(24, 0.9), (7 * 24, 0.9), (72, None)]):
        dealt = _deal(state, number)
        age, value = read
        publish(state, number, recipe=dealt.arm.recipe, read=[(age, RETENTION, value)])
    assert _rewards(state) == [None, None, None]


def _started_on_titles(state: sa.Engine) -> None:
    _start(state, arms=["clean~quote", "clean~question"], holdout=0)


def test_the_titles_of_a_videos_posts_are_dealt_with_the_video(state):
    candidate = save_candidate(state, candidate_key="cooking:inbox:video-1")
    with state.connect() as connection:
        assert dealt_title(connection, candidate) is None
    _started_on_titles(state)
    dealt = _deal(state, 1)
    with state.connect() as connection:
        assert dealt_title(connection, candidate) is dealt.arm.title
    assert dealt.draw.probabilities == {"clean~quote": 0.5, "clean~question": 0.5}


def test_the_winners_titles_are_everybodys_once_the_experiment_has_ended(state):
    _started_on_titles(state)
    with state.begin() as connection:
        stop_experiment(
            connection, "cooking", winner="clean~quote", stopped_by="ada", note=None, now=NOW
        )
    candidate = save_candidate(state, candidate_key="cooking:inbox:video-9")
    with state.connect() as connection:
        assert dealt_title(connection, candidate) is TitleStyle.QUOTE


def test_a_post_whose_title_does_something_else_is_no_result_of_the_arm(state):
    _started_on_titles(state)
    read = [(72, RETENTION, 0.4)]
    titles = [_deal(state, number).arm.title for number in (1, 2)]
    publish(state, 1, recipe="clean", text=post_text(title_style=titles[0]), read=read)
    publish(state, 2, recipe="clean", text=post_text(), read=read)
    assert _rewards(state) == [0.4, None]


def test_a_post_made_with_another_recipe_is_no_result_of_the_arm(state):
    _start(state)
    dealt = _deal(state, 1)
    other = next(name for name in _RECIPES if name != dealt.arm.recipe)
    publish(state, 1, recipe=other, read=[(72, RETENTION, 0.4)])
    assert _rewards(state) == [None]


def test_a_candidate_that_a_platform_may_hold_already_is_dealt_nothing(state):
    _start(state)
    publish(state, 1)
    assert _deal(state, 1) is None


def test_a_post_that_went_out_before_the_draw_is_no_result(state):
    _start(state)
    dealt = _deal(state, 1)
    publish(state, 1, at=NOW - _DAY, recipe=dealt.arm.recipe, read=[(72, RETENTION, 0.4)])
    assert _rewards(state) == [None]


def test_only_one_experiment_deals_in_a_niche(state):
    _start(state)
    with pytest.raises(BadInput, match="deals already"):
        _start(state)


def test_a_winner_is_what_every_candidate_gets_after_the_end(state):
    _start(state)
    before = _deal(state, 1)
    with state.begin() as connection:
        stop_experiment(
            connection, "cooking", winner="punchy", stopped_by="ada", note=None, now=NOW
        )
    after = _deal(state, 2)
    assert (after.arm.name, after.draw) == ("punchy", None)
    assert _deal(state, 1).draw == before.draw


def test_without_a_winner_the_niches_own_recipe_counts_after_the_end(state):
    _start(state)
    with state.begin() as connection:
        stop_experiment(connection, "cooking", winner=None, stopped_by="ada", note=None, now=NOW)
    assert _deal(state, 1) is None


def test_an_experiment_that_may_ends_itself_once_it_is_settled(sqlite_state):
    state = sqlite_state
    _start(state, ends_when_settled=True, holdout=0, least_draws=10)
    worth = {"clean": 0.2, "story": 0.3, "punchy": 0.8}
    number, dealt = 0, _deal(state, 0)
    while dealt.draw is not None and number < 40:
        publish(
            state, number, recipe=dealt.arm.recipe, read=[(72, RETENTION, worth[dealt.arm.name])]
        )
        number += 1
        dealt = _deal(state, number)
    assert (dealt.arm.name, dealt.draw) == ("punchy", None)
    assert dealt.experiment.stopped_by == "its own rules"
    with state.connect() as connection:
        assert standing(connection, dealt.experiment).verdict.is_settled


def test_a_wrong_experiment_is_refused_in_words(state):
    with pytest.raises(BadInput, match="names no recipe"):
        _start(state, arms=["clean", "nosuch"])
    with pytest.raises(BadInput, match="an arm stands twice"):
        _start(state, arms=["clean", "clean"])
    with pytest.raises(BadInput, match="at least 2 items"):
        _start(state, arms=["clean"])
    with pytest.raises(BadInput, match="is no channel of the niche"):
        _start(state, channel="folder:other")


def test_one_clip_is_never_two_posts_on_one_channel_whatever_is_dealt(state):
    """A draw may make other bytes of the same clip: they are not planned beside a live post."""
    _start(state)
    _deal(state, 1)
    publish(state, 1)
    other = builders.publication(
        candidate_key="cooking:inbox:video-1", content_sha256=sha256("another recipe")
    )
    with state.begin() as connection:
        assert publications.plan(connection, other) is False
        rows = publications.of_candidate(connection, "cooking:inbox:video-1")
    assert [row.state for row in rows] == [PublicationState.PUBLISHED]


def test_engaged_viewers_count_by_rank_among_the_channels_posts(state):
    _start(state)
    for number in range(5):
        dealt = _deal(state, number)
        read = [(72, RETENTION, 0.5), (72, ENGAGED, 100.0 * number)]
        publish(state, number, recipe=dealt.arm.recipe, read=read)
    assert _rewards(state) == pytest.approx([0.3, 0.4, 0.5, 0.6, 0.7])


def test_the_first_draws_are_for_exposure(state):
    _start(state, holdout=0)
    assert _deal(state, 1).draw.reason is Reason.EXPOSURE
