"""From sightings to chosen candidates, on the real schema."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import NOW
from tests.fakes.language_model import FakeModel
from tests.fakes.thumbnails import FakeThumbnails
from viral_forge_assets import candidates as assets
from viral_forge_assets.clearance import Statement, record_right
from viral_forge_assets.domain.finalists import Finalist, ranked_by_score
from viral_forge_assets.domain.preselection import MOST_UNLICENSED, Outcome
from viral_forge_assets.partitions import known_candidate
from viral_forge_assets.shortlisting import (
    Shortlist,
    choose_candidates,
    decide_round,
    read_round,
    shortlist_round,
)
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.errors import Unreachable
from viral_forge_resources.contracts.llm import LanguageModel
from viral_forge_resources.contracts.records import Candidate, CandidateStatus, Ranking
from viral_forge_resources.contracts.scanning import Niche, NichePolicy
from viral_forge_resources.contracts.thumbnails import Thumbnail
from viral_forge_resources.state import candidates, niches, rights, sightings

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
NICHE = builders.niche()


def _niche(**policy: Any) -> Niche:
    return replace(NICHE, policy=NichePolicy(**policy))


def _see(state: sa.Engine, *ids: str, hours_ago: float = 0, **changes: Any) -> None:
    values = {
        "platform": "tiktok",
        "locator": "https://tiktok.example/watch",
        "licence": "CC BY 4.0",
        "licence_spdx": "CC-BY-4.0",
        "licence_evidence": "its page",
        "published_at": NOW - 2 * _DAY,
        "seen_at": NOW - hours_ago * _HOUR,
    }
    videos = [
        builders.scanned_video(
            **{
                "platform_video_id": video_id,
                "title": f"Title of {video_id}",
                **values,
                "locator": f"https://tiktok.example/{video_id}",
                **changes,
            }
        )
        for video_id in ids
    ]
    with state.begin() as connection:
        sightings.append(connection, "cooking", videos)


def _candidates(state: sa.Engine) -> dict[str, Candidate]:
    with state.connect() as connection:
        return {row.platform_video_id: row for row in candidates.of_niche(connection, "cooking")}


def _vouch(state: sa.Engine, key: str) -> Shortlist:
    statement = Statement(licence="LicenseRef-Own", evidence="filmed it", stated_by="Ada")
    with state.begin() as connection:
        record_right(connection, known_candidate(connection, key), statement, now=NOW)
        return choose_candidates(connection, NICHE, now=NOW)


def test_the_video_that_rises_fastest_is_chosen_with_its_score_and_parts(state):
    _see(state, "slow", hours_ago=5, views=1_000)
    _see(state, "slow", views=1_010)
    _see(state, "fast", hours_ago=5, views=100)
    _see(state, "fast", views=900)
    shortlist = shortlist_round(state, _niche(most_per_platform=1), now=NOW)
    assert (shortlist.seen, shortlist.new) == (2, 1)
    assert shortlist.outcomes == {Outcome.SHORTLISTED: 1, Outcome.NO_ROOM: 1}
    row = _candidates(state)["fast"]
    assert row.status is CandidateStatus.SHORTLISTED
    assert row.score_parts[0].why.startswith("views from 100 to 900 in 5.0 h, 160.0 an hour")
    assert row.ranking is not None
    assert (row.ranking.score, row.ranking.ranked_by) == (row.score, "score")


def test_the_right_to_a_chosen_video_is_in_the_ledger_with_its_evidence(state):
    _see(state, "a")
    shortlist_round(state, NICHE, now=NOW)
    with state.connect() as connection:
        (record,) = rights.of_video(connection, "tiktok", "a")
    assert (record.licence, record.evidence) == ("CC-BY-4.0", "its page")
    assert record.rights_id == _candidates(state)["a"].rights_id


def test_a_video_without_a_right_is_refused_with_the_command_that_clears_it(state):
    _see(state, "a", licence=None, licence_spdx=None)
    shortlist = shortlist_round(state, NICHE, now=NOW)
    (row,) = shortlist.refused
    assert (row.reason, row.rights_id) == ("no licence is known", None)
    assert "viral-forge rights add cooking:tiktok:a" in str(row.remedy)
    assert shortlist.outcomes == {Outcome.NO_RIGHT: 1}


def test_only_the_best_without_a_right_are_refused_by_name(state):
    ids = [f"v{number}" for number in range(MOST_UNLICENSED + 10)]
    _see(state, *ids, licence=None, licence_spdx=None)
    shortlist = shortlist_round(state, NICHE, now=NOW)
    assert len(shortlist.refused) == len(_candidates(state)) == MOST_UNLICENSED
    assert shortlist.outcomes == {Outcome.NO_RIGHT: MOST_UNLICENSED + 10}


def test_once_a_person_states_the_right_a_refused_video_is_chosen_without_network(state):
    _see(state, "a", "b", licence="All rights reserved", licence_spdx=None)
    shortlist_round(state, NICHE, now=NOW)
    _see(state, "new", hours_ago=-1)  # seen since: chosen by the next round, not by the command
    shortlist = _vouch(state, "cooking:tiktok:a")
    assert [row.candidate_key for row in shortlist.decisions] == ["cooking:tiktok:a"]
    rows = _candidates(state)
    assert {name: row.status.value for name, row in rows.items()} == {
        "a": "shortlisted",
        "b": "refused",
    }
    assert rows["a"].reason == "a person stated the right to it"


def test_a_vouched_video_stays_chosen_though_it_is_not_seen_any_more(state):
    _see(state, "a", licence=None, licence_spdx=None)
    shortlist_round(state, NICHE, now=NOW)
    _vouch(state, "cooking:tiktok:a")
    before = _candidates(state)["a"]
    shortlist_round(state, NICHE, now=NOW + 100 * _DAY)
    assert _candidates(state)["a"] == before


def test_a_revoked_right_takes_a_candidate_back_whether_it_is_seen_or_not(state):
    _see(state, "a")
    shortlist_round(state, NICHE, now=NOW)
    with state.begin() as connection:
        rights.revoke(connection, str(_candidates(state)["a"].rights_id), now=NOW + _HOUR)
    shortlist_round(state, NICHE, now=NOW + 100 * _DAY)
    row = _candidates(state)["a"]
    assert row.status is CandidateStatus.REFUSED
    assert "withdrawn" in row.reason


def test_a_right_that_is_withdrawn_while_models_are_asked_gives_nothing(state):
    _see(state, "a")
    shortlist_round(state, _niche(most_per_platform=0), now=NOW)
    with state.begin() as connection:
        record = builders.rights_record(
            platform="tiktok", platform_video_id="a", revoked_at=NOW, recorded_at=NOW
        )
        round_ = read_round(connection, NICHE, now=NOW)
        assert [each.candidate_key for each in round_.finalists] == ["cooking:tiktok:a"]
        rights.append(connection, record)
        decide_round(connection, round_)
    assert _candidates(state)["a"].status is CandidateStatus.REFUSED


def test_a_second_round_leaves_everything_as_it_is(state):
    _see(state, "a", "b")
    _see(state, "c", licence=None, licence_spdx=None)
    shortlist_round(state, NICHE, now=NOW)
    before = _candidates(state)
    again = shortlist_round(state, NICHE, now=NOW + _HOUR)
    assert (again.new, again.outcomes[Outcome.KNOWN]) == (0, 2)
    after = _candidates(state)
    assert {name: (row.status, row.decided_at, row.reason) for name, row in after.items()} == {
        name: (row.status, row.decided_at, row.reason) for name, row in before.items()
    }


def test_the_limit_of_a_day_counts_over_rounds_and_ends_with_the_day(state):
    niche = _niche(most_per_platform=2)
    _see(state, *"abcde")
    chosen = []
    for moment in (NOW, NOW + _HOUR, NOW + 23 * _HOUR, NOW + _DAY + _HOUR):
        shortlist_round(state, niche, now=moment)
        chosen.append(len(_candidates(state)))
    assert chosen == [2, 2, 2, 4]


def test_whoever_ranks_decides_the_order_of_those_that_may_be_used(state):
    def favours_c(finalists: Sequence[Finalist]) -> Mapping[str, Ranking]:
        assert [each.licence for each in finalists] == ["CC-BY-4.0"] * 3
        assert {each.age for each in finalists} == {2 * _DAY}
        return {
            each.candidate_key: replace(ranked_by_score(each), score=0.9, ranked_by="groq")
            for each in finalists
            if each.candidate_key.endswith("c")
        }

    _see(state, *"abc")
    _see(state, "d", licence=None, licence_spdx=None)
    shortlist_round(state, _niche(most_per_platform=1), now=NOW, rank=favours_c)
    rows = {name: row for name, row in _candidates(state).items() if row.rights_id}
    assert rows["c"].reason == "groq and our score rank it 1 of 3 that may be used"
    assert list(rows) == ["c"]


def test_no_connection_is_held_while_the_network_is_asked(state):
    held: set[object] = set()
    sa.event.listen(state, "checkout", lambda dbapi, *_: held.add(dbapi))
    sa.event.listen(state, "checkin", lambda dbapi, *_: held.discard(dbapi))
    asked = []

    def rank(finalists: Sequence[Finalist]) -> Mapping[str, Ranking]:
        asked.append(("rank", len(held)))
        return {}

    def hash_thumbnails(urls: Sequence[str]) -> tuple[Thumbnail, ...]:
        asked.append(("hash", len(held)))
        return ()

    _see(state, "a", thumbnail_url="https://i.example/1")
    shortlist_round(state, NICHE, now=NOW, rank=rank, hash_thumbnails=hash_thumbnails)
    assert asked == [("hash", 0), ("rank", 0)]


def test_the_thumbnails_of_finalists_are_looked_at_once_and_tell_copies(state):
    looks = FakeThumbnails({"https://i.example/1": "00ff00ff00ff00ff"}, now=NOW)
    for number, name in enumerate(("a", "b", "c")):
        _see(state, name, thumbnail_url=f"https://i.example/{number}", views=10 - number)
    _see(state, "d", licence=None, licence_spdx=None, thumbnail_url="https://i.example/d")
    niche = _niche(most_per_platform=1)
    shortlist_round(state, niche, now=NOW, hash_thumbnails=looks)
    assert sorted(looks.asked) == [f"https://i.example/{number}" for number in range(3)]
    later = FakeThumbnails({"https://i.example/2": "00ff00ff00ff00ff"}, now=NOW + 2 * _DAY)
    first = _candidates(state)
    shortlist_round(state, niche, now=NOW + 2 * _DAY, hash_thumbnails=later)
    assert sorted(first) == ["a", "d"]
    assert sorted(later.asked) == ["https://i.example/2"]  # of the others one is known, one chosen
    assert sorted(_candidates(state)) == ["a", "b", "d"]  # c is a copy of b


@pytest.mark.parametrize("status", [CandidateStatus.RETIRED, CandidateStatus.FAILED])
def test_a_candidate_whose_time_is_over_takes_no_place(state, status):
    _see(state, "a", "b")
    shortlist_round(state, _niche(most_per_platform=1), now=NOW - 2 * _DAY)
    (chosen,) = _candidates(state)
    with state.begin() as connection:
        key = f"cooking:tiktok:{chosen}"
        candidates.set_status(connection, key, status, reason="over", now=NOW - 2 * _DAY)
    shortlist_round(state, _niche(most_per_platform=1), now=NOW)
    rows = _candidates(state)
    assert len(rows) == 2
    assert (rows[chosen].status, rows[chosen].reason) == (status, "over")


def test_a_video_put_there_by_hand_is_chosen_whatever_the_policy_says(state):
    _see(state, "a", platform="inbox", is_hand_picked=True, language="de")
    niche = _niche(most_per_platform=0, minimum_score=0.9, languages=("en",), licences=("CC0-1.0",))
    (row,) = shortlist_round(state, niche, now=NOW).best
    assert (row.reason, row.ranking) == ("chosen by hand", None)


def test_the_best_of_a_shortlist_come_first_and_a_persons_choice_before_them(state):
    _see(state, "x", platform="inbox", is_hand_picked=True)
    _see(state, "less", views=10)
    _see(state, "more", views=20)
    best = shortlist_round(state, NICHE, now=NOW).best
    assert [row.platform_video_id for row in best] == ["x", "more", "less"]


def _shortlisted(state: sa.Engine, *models: LanguageModel) -> dict[str, Any]:
    """Metadata of the asset, made of two videos of which one is licensed."""
    now = datetime.now(UTC)  # the asset asks the clock
    then: dict[str, Any] = {"seen_at": now - 5 * _HOUR, "published_at": now - _DAY}
    _see(state, "a", views=100, **then)
    _see(state, "a", views=200, **then | {"seen_at": now})
    _see(state, "b", licence=None, licence_spdx=None, **then)
    with state.begin() as connection:
        niches.save(connection, NICHE, now=NOW)
    resources = {
        "state": state,
        "thumbnails": FakeThumbnails({}, now=NOW),
        "language_models": models,
        "llm_budget": Budget(usd=1, quantity=10_000),
    }
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("niches", ["cooking"])
        ran = dg.materialize(
            [assets.shortlist], partition_key="cooking", instance=instance, resources=resources
        )
    (event,) = ran.asset_materializations_for_node("candidates__shortlist")
    return {name: value.value for name, value in event.metadata.items()}


def test_the_metadata_shows_outcomes_and_the_best_by_what_is_labelled_our_score(sqlite_state):
    shown = _shortlisted(sqlite_state)
    assert (shown["dagster/row_count"], shown["rows_read"], shown["refused"]) == (2, 2, 1)
    assert "| shortlisted now | 1 |" in str(shown["outcomes"])
    head, _, row = str(shown["best"]).splitlines()
    assert "| our score | parts of our score |" in head
    assert "velocity 0.500, lifetime\\_rate 0.500, engagement unknown" in row
    assert "cooking:tiktok:b" in str(shown["refusals"])
    assert "views" not in row  # platforms' figures expire, Dagster's log does not


def test_the_metadata_shows_which_model_had_a_word_in_it_and_what_that_cost(sqlite_state):
    silent = FakeModel(error=Unreachable("down"), provider="first")
    willing = FakeModel(
        says=lambda _: {"items": [{"id": "v1", "score": 0.9, "reason": "a strong hook"}]}
    )
    row = str(_shortlisted(sqlite_state, silent, willing)["best"]).splitlines()[2]
    assert "fake fake-1 (after first fake-1: down)" in row
    assert "1000 tokens, $0.010000" in row
    assert "fake-1 gave 0.90: a strong hook" in row
