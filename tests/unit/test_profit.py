"""What clips cost and what is left of what they earned."""

import pytest

from tests.builders import KEY, NOW
from viral_forge_assets.domain.profit import (
    Earned,
    costs_of_clips,
    profit_of_channels,
    profit_of_clips,
    profit_of_niche,
)
from viral_forge_resources.contracts.costs import CostEvent
from viral_forge_resources.contracts.prices import Prices

CLIPS = [(KEY, 1), (KEY, 2)]
PRICES = Prices(currency={"EUR": 1.1})


def cost(usd: float | None, **changes):
    values = {
        "kind": "render",
        "provider": "this machine",
        "model": "render",
        "at": NOW,
        "quantity": 5.0,
        "unit": "cpu_s",
        "usd": usd,
        "is_estimate": False,
        "niche": "cooking",
        "candidate_key": KEY,
    }
    return CostEvent(**{**values, **changes})


def earned(amount: float | None, **changes):
    values = {
        "publication_id": "p1",
        "candidate_key": KEY,
        "clip_number": 1,
        "channel_id": "youtube:main",
        "amount": amount,
        "currency": None if amount is None else "USD",
    }
    return Earned(**{**values, **changes})


def test_a_clip_bears_its_own_cost_and_its_share_of_what_all_clips_needed():
    made = costs_of_clips(
        [cost(0.3, clip_number=1), cost(0.4), cost(9.0, candidate_key=None)], CLIPS
    )
    assert [each.cost_usd for each in made] == pytest.approx([0.5, 0.2])


def test_a_cost_without_a_price_is_not_nought():
    (clip,) = costs_of_clips([cost(0.3), cost(None, reason="no price is set")], CLIPS[:1])
    assert (clip.cost_usd, clip.known_usd) == (None, 0.3)
    assert clip.unpriced == ("render: no price is set",)
    (profit,) = profit_of_clips([clip], [earned(1.0)], PRICES)
    assert profit.profit_usd is None
    assert profit.at_most_usd == pytest.approx(0.7)


def test_no_revenue_told_is_no_revenue_of_nought():
    costs = costs_of_clips([cost(0.3)], CLIPS[:1])
    (profit,) = profit_of_clips(costs, [earned(None)], PRICES)
    assert (profit.revenue_usd, profit.profit_usd) == (None, None)
    assert profit.reasons == ("no source tells what it earned",)
    assert (profit.posts, profit.posts_told) == (1, 0)


def test_a_clip_that_is_not_posted_says_so():
    (profit,) = profit_of_clips(costs_of_clips([], CLIPS[:1]), [], PRICES)
    assert (profit.cost_usd, profit.profit_usd, profit.reasons) == (0, None, ("nothing is posted",))


def test_currencies_are_added_only_by_a_rate():
    posts = [earned(1.0), earned(1.0, currency="EUR"), earned(90.0, currency="JPY")]
    profit = profit_of_niche("cooking", [cost(0.1)], posts, PRICES)
    assert profit.posts_told == 2
    assert profit.revenue_usd == pytest.approx(2.1)
    assert profit.profit_usd == pytest.approx(2.0)
    assert profit.reasons == ("no rate is set for JPY: VIRAL_FORGE_CURRENCY_USD",)


def test_channels_share_a_clips_cost_and_each_pays_for_its_own_post():
    fee = cost(0.2, kind="post", clip_number=1, channel_id="x:main")
    events = [cost(0.4, clip_number=1), fee]
    posts = [earned(1.0), earned(None, channel_id="x:main")]
    costs = costs_of_clips(events, CLIPS[:1])
    x, youtube = profit_of_channels(costs, events, posts, PRICES)
    assert (x.name, x.profit_usd) == ("x:main", None)
    assert x.cost_usd == pytest.approx(0.4)
    assert [youtube.cost_usd, youtube.profit_usd] == pytest.approx([0.2, 0.8])


def test_what_became_no_clip_is_the_niches_cost_all_the_same():
    spent = [cost(0.3), cost(0.5, candidate_key=None, kind="llm")]
    assert profit_of_niche("cooking", spent, [], PRICES).cost_usd == pytest.approx(0.8)
