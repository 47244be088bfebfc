"""What viewers must be told is computed; people add to it, and take away with a reason alone."""

from fractions import Fraction

import pytest

from tests.builders import NOW, sha256
from viral_forge_assets.domain.disclosure import must_tell, paid_words, told, unnoticed, untold
from viral_forge_assets.domain.edit_plan import ClipPlan
from viral_forge_assets.domain.variation import PlannedFilter
from viral_forge_resources.contracts.disclosures import (
    DisclosureChange,
    Flag,
    disclosure_of,
    flags_of,
)
from viral_forge_resources.contracts.media import Framing, FramingMode, Stretch
from viral_forge_resources.contracts.records import Material
from viral_forge_resources.contracts.scanning import NichePolicy

_USUAL = NichePolicy()


def clip(*roles: str) -> ClipPlan:
    materials = tuple(
        Material(role=role, platform="music", platform_video_id="1", title="x") for role in roles
    )
    return ClipPlan(
        number=1,
        segments=(Stretch(start_s=0, end_s=3),),
        framing=Framing(mode=FramingMode.CROP, width_px=2, height_px=2),
        fps=Fraction(30),
        score=0.5,
        filters=(PlannedFilter(name="noir", parameters={}),),
        materials=materials,
    )


def change(flag: Flag, *, is_told: bool) -> DisclosureChange:
    why = None if is_told else "the shop gave nothing"
    return DisclosureChange(
        content_sha256=sha256("clip"),
        flag=flag,
        is_told=is_told,
        decided_by="Ada",
        decided_at=NOW,
        why=why,
    )


@pytest.mark.parametrize(
    ("roles", "policy", "expected"),
    [
        ((), _USUAL, set()),
        (("music", "b-roll"), _USUAL, set()),
        (("voice",), _USUAL, {Flag.SYNTHETIC}),
        (("generated", "music"), _USUAL, {Flag.SYNTHETIC}),
        ((), NichePolicy(affiliate_lines=("Pan: https://a.example",)), {Flag.PAID}),
        (
            (),
            NichePolicy(is_sponsored=True, is_made_for_kids=True),
            {Flag.PAID, Flag.MADE_FOR_KIDS},
        ),
    ],
)
def test_what_must_be_told_follows_from_making_and_money(roles, policy, expected):
    assert set(must_tell(clip(*roles), policy)) == expected


def test_the_newest_word_counts():
    required = must_tell(clip("voice"), _USUAL)
    off, on = (change(Flag.SYNTHETIC, is_told=told) for told in (False, True))
    assert told(required, [off]) == set()
    assert told(required, [off, on]) == {Flag.SYNTHETIC}
    assert told(required, [change(Flag.PAID, is_told=True)]) == {Flag.SYNTHETIC, Flag.PAID}


def test_a_post_may_tell_more_and_never_less():
    required = must_tell(None, NichePolicy(is_sponsored=True))
    (reason,) = untold(frozenset(), required, [])
    assert reason.startswith("it does not tell viewers of paid promotion, and must: its niche is")
    assert list(untold(frozenset(Flag), required, [])) == []
    assert list(untold(frozenset(), required, [change(Flag.PAID, is_told=False)])) == []


@pytest.mark.parametrize(
    ("policy", "notice"),
    [
        (NichePolicy(affiliate_lines=("x",)), "#ad Contains affiliate links"),
        (NichePolicy(is_sponsored=True), "#ad Paid partnership"),
        (NichePolicy(is_sponsored=True, paid_notice="Werbung"), "Werbung"),
    ],
)
def test_paid_posts_begin_with_a_notice(policy, notice):
    paid = frozenset({Flag.PAID})
    assert paid_words(policy, is_told=True).notice == notice
    assert list(unnoticed(f"{notice}\n\nBoil.", policy, paid)) == []
    assert list(unnoticed("Boil.", policy, paid)) != []
    assert list(unnoticed("Boil.", policy, frozenset())) == []


def test_flags_become_a_disclosure_and_back():
    for flag in Flag:
        assert flags_of(disclosure_of(frozenset({flag}))) == {flag}
