"""What of a platform's answer is kept, and which outcome a scan comes to."""

from datetime import datetime, timedelta

import pytest

from tests import builders
from tests.builders import NOW
from viral_forge_assets.domain.scan_answers import (
    Seen,
    ended,
    is_mistaken,
    needs_stand_in,
    not_asked,
    skipped,
)
from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    NoCredentials,
    NotSupported,
    OverBudget,
    QuotaSpent,
    RateLimited,
    UnexpectedAnswer,
    Unreachable,
)
from viral_forge_resources.contracts.scanning import (
    NichePolicy,
    ScannedVideo,
    ScanOutcome,
    ScanState,
    SkipCause,
    Unusable,
)


def seen(*items: ScannedVideo | Unusable) -> Seen:
    """What a scan of the inbox for ``cooking`` saw."""
    found = Seen(niche="cooking", platform="inbox")
    for item in items:
        found.add(item)
    return found


def outcome(error: BaseException | None, *items: ScannedVideo | Unusable) -> ScanOutcome:
    return ended(seen(*items), error, scanned_at=NOW, took_s=1.5)


def test_a_title_keeps_the_joiners_that_hindi_and_emoji_need():
    title = "\N{WOMAN}\u200d\N{ROCKET} \u0915\u094d\u200c\u0937"
    assert [video.title for video in seen(builders.scanned_video(title=title)).videos.values()] == [
        title
    ]


def test_a_platform_that_shows_nothing_was_found_quiet():
    quiet = outcome(None)
    assert (quiet.state, quiet.found, quiet.reason) == (ScanState.FOUND, 0, None)
    assert quiet.took_s == 1.5


def test_a_video_is_kept_once_as_it_was_seen_first():
    first = builders.scanned_video(views=1)
    kept = seen(first, builders.scanned_video(views=2))
    assert list(kept.videos.values()) == [first]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"platform_video_id": "a b"}, "has an id that makes no partition key"),
        ({"platform_video_id": ""}, "has an id that makes no partition key"),
        ({"platform_video_id": "x" * 65}, "has an id that makes no partition key"),
        ({"title": "  "}, "has no printable title"),
        ({"title": "two\nlines"}, "has no printable title"),
        ({"title": "\u202egnp"}, "has no printable title"),
        ({"views": -1}, "has a count that is none"),
        ({"shares": 2**63}, "has a count that is none"),
        ({"language": "x" * 41}, "has no language tag"),
    ],
)
def test_a_video_that_cannot_be_kept_is_left_out_with_the_reason(changes, reason):
    good = builders.scanned_video(platform_video_id="good")
    kept = seen(builders.scanned_video(**changes), good)
    assert list(kept.videos.values()) == [good]
    assert kept.told == f"left out 1: {reason}"


@pytest.mark.parametrize(
    "changes",
    [
        {"platform": "tiktok"},
        {"seen_at": datetime(2026, 11, 20)},  # noqa: DTZ001  the mistake
        {"published_at": datetime(2026, 11, 20)},  # noqa: DTZ001  the mistake
    ],
)
def test_what_no_scanner_may_give_is_a_mistake_of_its_own(changes):
    with pytest.raises(ValueError, match=r"^it gave "):
        seen(builders.scanned_video(**changes))


def test_what_was_left_out_is_counted_by_reason_the_commonest_first():
    left_out = [
        Unusable(reason="has no title"),
        Unusable(reason="has no id"),
        Unusable(reason="has no id"),
    ]
    found = outcome(None, *left_out, builders.scanned_video())
    assert (found.found, found.reason) == (1, "left out 2: has no id; 1: has no title")


def test_of_many_reasons_five_are_told():
    told = seen(*(Unusable(reason=f"reason {number}") for number in range(8))).told
    assert told is not None
    assert told.count("reason ") == 5
    assert told.endswith("; and for 3 more reasons")


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (NoCredentials("set A_KEY"), SkipCause.NO_CREDENTIALS),
        (QuotaSpent("none left"), SkipCause.QUOTA_SPENT),
        (OverBudget("no room", estimate_usd=0.05), SkipCause.QUOTA_SPENT),
        (NotSupported("no search"), SkipCause.NOT_SUPPORTED),
    ],
)
def test_a_platform_that_could_not_be_asked_was_skipped_for_a_cause(error, cause):
    told = outcome(error)
    assert (told.state, told.skip, told.error) == (ScanState.SKIPPED, cause, None)
    assert told.reason == str(error)
    assert (told.found, told.took_s) == (None, None)


@pytest.mark.parametrize(
    "error",
    [
        Unreachable("gave no complete answer"),
        RateLimited("wait", retry_after=timedelta(hours=1)),
        UnexpectedAnswer("no JSON"),
        Misconfigured("no address"),
        BadInput("a.mp4", reason="is empty", remedy="Remove it."),
    ],
)
def test_every_other_refusal_is_a_failure_with_its_class_and_words(error):
    told = outcome(error)
    assert (told.state, told.skip, told.error) == (ScanState.FAILED, None, type(error).__name__)
    assert (told.reason, is_mistaken(told)) == (str(error), False)


def test_a_failure_says_how_much_came_before_it():
    told = outcome(
        Unreachable("page 2 is gone"), builders.scanned_video(), Unusable(reason="has no id")
    )
    assert told.reason == "page 2 is gone; kept 1 that came before; left out 1: has no id"
    assert told.found is None


def test_what_is_no_error_of_ours_is_told_as_a_mistake_of_the_scanner():
    told = outcome(KeyError("id"))
    assert (told.state, told.error) == (ScanState.FAILED, "KeyError")
    assert told.reason == "a mistake in the scanner: 'id'"
    assert is_mistaken(told)


def test_a_disabled_platform_and_one_left_out_by_the_niche_are_told_apart():
    niche = builders.niche(policy=NichePolicy(platforms=("inbox", "tiktok")))
    told = not_asked(niche, ("inbox", "reddit", "tiktok"), ["inbox", "reddit"], scanned_at=NOW)
    assert {each.platform: each.skip for each in told} == {
        "reddit": SkipCause.NOT_WATCHED,
        "tiktok": SkipCause.DISABLED,
    }
    assert all(each.state is ScanState.SKIPPED and each.took_s is None for each in told)


def test_a_niche_without_platforms_of_its_own_is_scanned_on_all_that_are_enabled():
    told = not_asked(builders.niche(), ("inbox", "reddit"), ["inbox", "reddit"], scanned_at=NOW)
    assert told == ()


@pytest.mark.parametrize("cause", SkipCause)
def test_a_stand_in_is_needed_for_want_of_quota_of_a_key_or_of_the_scanner(cause):
    told = skipped("cooking", "youtube_long", cause, reason="because", scanned_at=NOW)
    expected = {SkipCause.QUOTA_SPENT, SkipCause.NO_CREDENTIALS, SkipCause.DISABLED}
    assert needs_stand_in([outcome(None), told]) is (cause in expected)


@pytest.mark.parametrize("error", [None, Unreachable("down")])
def test_where_a_platform_was_asked_nobody_stands_in_for_it(error):
    assert not needs_stand_in([outcome(error)])
