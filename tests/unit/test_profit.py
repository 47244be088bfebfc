"""What clips cost and what is left of what they earned."""

import pytest

from tests.builders import KEY
from viral_forge_assets.domain.money import Bound, Cost, Earned, Profit
from viral_forge_assets.domain.profit import books, costs_of_clips
from viral_forge_assets.domain.report_words import profit_words
from viral_forge_resources.contracts.costs import CostLine
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.results import MadeClip

CLIPS = [MadeClip("cooking", KEY, 1), MadeClip("cooking", KEY, 2)]
PRICES = Prices(currency={"EUR": 1.1})


def cost(usd: float | None, **changes) -> CostLine:
    line = CostLine("cooking", KEY, None, None, "render", usd, None)
    return line._replace(**changes)


def earned(amount: float | None, **changes) -> Earned:
    values = {
        "publication_id": "p1",
        "niche": "cooking",
        "candidate_key": KEY,
        "clip_number": 1,
        "channel_id": "youtube:main",
        "amount": amount,
        "currency": None if amount is None else "USD",
    }
    return Earned(**{**values, **changes})


def niche(lines: list[CostLine], posts: list[Earned]) -> Profit:
    return books(lines, CLIPS, posts, PRICES).niches[0]


def test_a_clip_bears_its_own_cost_and_its_share_of_what_all_clips_needed():
    lines = [cost(0.3, clip_number=1), cost(0.4), cost(9.0, candidate_key=None)]
    made = costs_of_clips(lines, CLIPS)
    assert [each.usd for each in made.values()] == pytest.approx([0.5, 0.2])
    assert {each.bound for each in made.values()} == {Bound.EXACT}


def test_a_cost_without_a_price_is_not_nought():
    lines = [cost(0.3), cost(None, reason="no price is set")]
    ((clip,),) = books(lines, CLIPS[:1], [earned(1.0)], PRICES).clips.values()
    assert (clip.cost.usd, clip.cost.bound) == (0.3, Bound.AT_LEAST)
    assert clip.reasons == ("render: no price is set",)
    assert clip.usd == pytest.approx(0.7)
    assert clip.bound is Bound.AT_MOST


def test_a_cost_that_nothing_is_known_of_is_none():
    assert niche([cost(None)], [earned(1.0)]).cost.usd is None
    assert niche([], [earned(1.0)]).cost == Cost()
    assert niche([], [earned(1.0)]).reasons == ("no cost is recorded",)


def test_no_revenue_told_is_no_revenue_of_nought():
    profit = niche([cost(0.3)], [earned(None)])
    assert (profit.revenue.usd, profit.usd) == (None, None)
    assert profit.reasons == ("no source tells what it earned",)
    assert (profit.revenue.posts, profit.revenue.told) == (1, 0)


def test_why_a_platform_tells_no_revenue_is_said():
    told = niche([cost(0.3)], [earned(None, reason="the channel is not monetised")])
    assert told.reasons == ("the channel is not monetised",)


def test_where_some_posts_tell_no_revenue_the_profit_is_a_least_one():
    profit = niche([cost(0.3)], [earned(1.0), earned(None)])
    assert profit.usd == pytest.approx(0.7)
    assert profit.bound is Bound.AT_LEAST
    assert profit_words(profit) == (
        "cost $0.3000, revenue at least $1.00 (1 of 2 posts), profit at least $0.7000"
    )


def test_a_profit_of_two_numbers_that_are_known_in_part_is_none():
    profit = niche([cost(0.3), cost(None)], [earned(1.0), earned(None)])
    assert profit.usd is None
    assert profit_words(profit).endswith("profit not known")


def test_a_clip_that_is_not_posted_says_so():
    ((profit,),) = books([cost(0.1)], CLIPS[:1], [], PRICES).clips.values()
    assert (profit.cost.usd, profit.usd, profit.reasons) == (0.1, None, ("nothing is posted",))


def test_currencies_are_added_only_by_a_rate():
    posts = [earned(1.0), earned(1.0, currency="EUR"), earned(90.0, currency="JPY")]
    profit = niche([cost(0.1)], posts)
    assert profit.revenue.told == 2
    assert [profit.revenue.usd, profit.usd] == pytest.approx([2.1, 2.0])
    assert profit.bound is Bound.AT_LEAST
    assert profit.reasons == ("no rate is set for JPY: VIRAL_FORGE_CURRENCY_USD",)


def test_channels_share_a_clips_cost_and_each_pays_for_its_own_post():
    fee = cost(0.2, kind="post", clip_number=1, channel_id="x:main")
    posts = [earned(1.0), earned(None, channel_id="x:main")]
    x, youtube = books([cost(0.4, clip_number=1), fee], CLIPS[:1], posts, PRICES).channels
    assert (x.name, x.usd) == ("x:main", None)
    assert x.cost.usd == pytest.approx(0.4)
    assert [youtube.cost.usd, youtube.usd] == pytest.approx([0.2, 0.8])


def test_a_channels_cost_is_known_in_part_where_a_clip_is_no_longer_made():
    posts = [earned(1.0), earned(1.0, clip_number=7)]
    (channel,) = books([cost(0.4)], CLIPS[:1], posts, PRICES).channels
    assert (channel.cost.usd, channel.bound) == (0.4, Bound.AT_MOST)


def test_what_became_no_clip_is_the_niches_cost_all_the_same():
    spent = [cost(0.3), cost(0.5, candidate_key=None, kind="llm")]
    assert niche(spent, []).cost.usd == pytest.approx(0.8)


def test_what_no_niche_is_named_for_stands_by_itself_and_is_the_studios():
    found = books([cost(0.3), cost(0.5, niche=None, candidate_key=None)], CLIPS, [], PRICES)
    assert {each.name: each.cost.usd for each in found.niches} == {"cooking": 0.3, "no niche": 0.5}
    assert found.studio.cost.usd == pytest.approx(0.8)
