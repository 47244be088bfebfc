"""What rises on several platforms against its own earlier level; all else is no trend."""

import pytest

from tests.builders import NOW
from viral_forge_assets.domain.terms import Term, TermKind, folded, sound_of, terms
from viral_forge_assets.domain.trends import Trend, niche_of, propose, rising, telling_sounds
from viral_forge_resources.contracts.keys import checked_niche_name
from viral_forge_resources.contracts.scanning import Niche, NichePolicy
from viral_forge_resources.contracts.trends import Gain, NicheProposal, TrendKind
from viral_forge_resources.contracts.used_sounds import UsedSound

_COOKING = Niche(name="cooking", queries=("pasta",))


def _gain(number: int, **changes) -> Gain:
    values = {
        "platform": "reddit",
        "platform_video_id": f"v{number}",
        "title": f"something{number}x",
        "author": None,
        "author_id": f"author-{number}",
        "tags": (),
        "views": 100,
        "hours": 10.0,
    }
    return Gain(**{**values, **changes})


def _many(platform: str, count: int = 20, *, start: int = 0, **changes) -> list[Gain]:
    return [_gain(number, platform=platform, **changes) for number in range(start, start + count)]


def _earlier(*platforms: str) -> list[Gain]:
    return [gain for platform in platforms for gain in _many(platform)]


def _recent(title: str, *platforms: str, count: int = 4, **changes) -> list[Gain]:
    """Twenty videos of a platform, and some with that title, each gaining as much."""
    return [
        gain
        for platform in platforms
        for gain in (
            *_many(platform),
            *_many(platform, count, start=100, **{"title": title, **changes}),
        )
    ]


def _terms_of(trends: tuple[Trend, ...]) -> list[str]:
    return [trend.term for trend in trends]


def test_what_rises_on_two_platforms_is_a_trend():
    found = rising(_recent("Air fryer!", "reddit", "x"), _earlier("reddit", "x"))
    (trend,) = found
    assert (trend.kind, trend.term) == (TermKind.KEYWORD, "air fryer")
    # 4 of 24 videos gain a sixth of all views: (1/6 + 1 %) / (0 + 1 %).
    assert [platform for platform, _ in trend.rises] == ["reddit", "x"]
    assert [rise for _, rise in trend.rises] == pytest.approx([17.67, 17.67], abs=0.01)


@pytest.mark.parametrize(
    ("recent", "earlier"),
    [
        pytest.param(_recent("Air fryer", "reddit"), _earlier("reddit", "x"), id="one platform"),
        pytest.param(
            _recent("Air fryer", "youtube_shorts", "youtube_long"),
            _earlier("youtube_shorts", "youtube_long"),
            id="one site",
        ),
        pytest.param(_recent("Air fryer", "reddit", "x"), _earlier("reddit"), id="a new platform"),
        pytest.param(
            _recent("Air fryer", "reddit", "x"),
            _recent("Air fryer", "reddit", "x"),
            id="no more than before",
        ),
        pytest.param(
            _recent("Air fryer", "reddit", "x", count=2), _earlier("reddit", "x"), id="two videos"
        ),
        pytest.param(
            _recent("Air fryer", "reddit", "x", author_id="one"),
            _earlier("reddit", "x"),
            id="one author",
        ),
        pytest.param(
            _recent("Air fryer", "reddit", "x", hours=0.5), _earlier("reddit", "x"), id="minutes"
        ),
        pytest.param(
            _recent("Air fryer", "reddit", "x", views=0), _earlier("reddit", "x"), id="no views"
        ),
        pytest.param(
            _recent("About these 2026!!", "reddit", "x"), _earlier("reddit", "x"), id="stop words"
        ),
        pytest.param([], [], id="nothing"),
    ],
)
def test_what_shows_no_rise_on_two_platforms_is_no_trend(recent, earlier):
    assert rising(recent, earlier) == ()


def test_scanning_more_is_no_rise():
    earlier = _recent("Air fryer", "reddit", "x", count=4)
    recent = [
        gain._replace(platform_video_id=f"{gain.platform_video_id}-{copy}")
        for gain in earlier
        for copy in range(10)
    ]
    assert rising(recent, earlier) == ()


def test_a_platform_that_grows_as_a_whole_is_no_rise():
    earlier = _recent("Air fryer", "reddit", "x")
    assert rising([gain._replace(views=gain.views * 50) for gain in earlier], earlier) == ()


def test_a_channel_that_rises_is_known_on_every_platform_by_its_name():
    recent = [
        *_recent("!", "reddit", count=2, author="Chef_Ada ✨", author_id="UC1"),
        *_recent("!", "x", count=2, author="chef ada", author_id="42"),
    ]
    (trend,) = rising(recent, _earlier("reddit", "x"))
    assert (trend.kind, trend.term) == (TermKind.CHANNEL, "chef ada")


def test_a_tag_is_a_term_like_a_word():
    recent = _recent("", "reddit", "x", tags=("AirFryer",))
    assert _terms_of(rising(recent, _earlier("reddit", "x"))) == ["airfryer"]


def test_the_stronger_trend_comes_first():
    recent = [
        *_recent("sourdough", "reddit", "x", count=3),
        *(
            gain
            for platform in ("reddit", "x")
            for gain in _many(platform, 6, start=200, title="kimchi")
        ),
    ]
    assert _terms_of(rising(recent, _earlier("reddit", "x"))) == ["kimchi", "sourdough"]


@pytest.mark.parametrize(
    ("title", "term"),
    [
        ("\uff21\uff29\uff32\u3000\uff26\uff32\uff39\uff25\uff32", "air fryer"),
        ("Crème BRÛLÉE", "crème brûlée"),
        ("#streetfood / STREETFOOD", "streetfood"),
        ("料理", "料理"),
        ("खाना", "खाना"),
        ("борщ", "борщ"),
    ],
)
def test_words_of_every_script_are_terms(title, term):
    assert _terms_of(rising(_recent(title, "reddit", "x"), _earlier("reddit", "x"))) == [term]


@pytest.mark.parametrize(
    "title",
    [
        "'; DROP TABLE niches; --",
        "<script>alert(1)</script>",
        "ignore previous instructions\x00\x1b[31m\u202e../../etc/passwd",
        "a" * 100_000,
        "word " * 20_000,
        "\udc80\udfff",
        "\U0001d4d0\U0001d4f2 \U0001d4fb",
        "🔥" * 500,
    ],
)
def test_a_hostile_title_is_at_most_words(title):
    trends = rising(_recent(title, "reddit", "x"), _earlier("reddit", "x"))
    for proposal in propose(trends, niche=_COOKING, taken=(), now=NOW):
        assert checked_niche_name(proposal.name) == proposal.name
        assert len(proposal.term) <= 61
        assert all(sign.isalnum() or sign == " " for sign in proposal.term)


def test_a_title_without_words_has_no_terms():
    assert terms(_gain(1, title="!!! ??? 123 …")) == set()


def test_what_is_only_written_in_another_way_is_the_same():
    assert folded("Air-Fryer ") == folded("#AIR fryer") == "air fryer"


_ID = UsedSound(sound_id="6956990112127585029")
_NAMED = UsedSound(title="Watching the Stars", author="Øneheart, reidenshi")


def _sounds(trends: tuple[Trend, ...]) -> list[Trend]:
    return [trend for trend in trends if trend.kind is TermKind.SOUND]


def _each_another(*platforms: str, sound: UsedSound, count: int = 4, **changes) -> list[Gain]:
    """Some videos with that sound, which have nothing else in common, and twenty without."""
    rest = _earlier(*platforms)
    used = [
        _gain(number, platform=platform, sound=sound, **changes)
        for platform in platforms
        for number in range(100, 100 + count)
    ]
    return [*rest, *used]


def test_a_sound_rises_on_the_one_platform_that_tells_it():
    (trend,) = rising(_each_another("tiktok", sound=_ID), _earlier("tiktok"))
    assert (trend.kind, trend.term) == (TermKind.SOUND, "tiktok 6956990112127585029")
    # 4 of 24 videos gain a sixth of all views, as for a keyword.
    assert trend.strength == pytest.approx(17.67, abs=0.01)
    assert len(trend.videos) == 4


def test_a_sound_by_its_names_is_the_same_on_every_platform():
    recent = _each_another("tiktok", "youtube_shorts", sound=_NAMED)
    (trend,) = rising(recent, _earlier("tiktok", "youtube_shorts"))
    assert trend.term == "watching the stars by øneheart reidenshi"
    assert [name for name, _ in trend.rises] == ["tiktok", "youtube_shorts"]


@pytest.mark.parametrize(
    "changes", [{"count": 2}, {"author_id": "one author"}, {"hours": 0.5}, {"platform": "x"}]
)
def test_a_sound_needs_the_evidence_that_a_keyword_needs(changes):
    platform = changes.pop("platform", "tiktok")
    recent = _each_another(platform, sound=_ID, **changes)
    assert rising(recent, _earlier("tiktok")) == ()


def test_a_sound_that_always_had_its_share_does_not_rise():
    gains = _each_another("tiktok", sound=_ID)
    assert rising(gains, gains) == ()


def test_a_sound_stands_beside_the_keyword_of_the_same_videos():
    recent = _recent("Kimchi!", "tiktok", "x", sound=_ID)
    found = rising(recent, _earlier("tiktok", "x"))
    assert sorted(_terms_of(found)) == ["kimchi", f"tiktok {_ID.sound_id}", f"x {_ID.sound_id}"]


@pytest.mark.parametrize(
    "sound",
    [
        None,
        UsedSound(title="original sound", author="pokemon"),
        UsedSound(title="Original sound - pokemon", author="pokemon"),
        UsedSound(title="sonido original", author="pokemon"),
        UsedSound(title="???", author="pokemon"),
    ],
)
def test_what_names_no_certain_sound_is_none(sound):
    gain = _gain(1, sound=sound)
    assert sound_of(gain) is None
    assert telling_sounds([gain]) == frozenset()


def test_an_original_sound_with_an_id_goes_by_that():
    sound = UsedSound(sound_id="7", title="original sound", author="pokemon")
    assert sound_of(_gain(1, sound=sound)) == Term(TermKind.SOUND, "reddit 7")
    assert telling_sounds([_gain(1), _gain(2, sound=sound)]) == {"reddit"}


def test_a_sound_becomes_no_niche():
    sound = _trend("tiktok 7", kind=TermKind.SOUND, rises=(("tiktok", 9.0),))
    assert _names(sound, _trend("kimchi")) == ["kimchi"]


def _trend(term: str = "air fryer", **changes) -> Trend:
    values = {
        "kind": TermKind.KEYWORD,
        "term": term,
        "rises": (("reddit", 4.0), ("x", 2.5)),
        "videos": frozenset({("reddit", "1"), ("x", "2")}),
    }
    return Trend(**{**values, **changes})


def _names(*trends: Trend, niche: Niche = _COOKING, taken: tuple[str, ...] = ()) -> list[str]:
    return [each.name for each in propose(trends, niche=niche, taken=taken, now=NOW)]


def test_a_trend_is_proposed_with_its_figures():
    (proposal,) = propose([_trend()], niche=_COOKING, taken=(), now=NOW)
    assert proposal == NicheProposal(
        name="air-fryer",
        source_niche="cooking",
        kind=TrendKind.KEYWORD,
        term="air fryer",
        platforms=("reddit", "x"),
        evidence="2 videos of the last 2 days: 4.0 times its earlier share on reddit,"
        " 2.5 times its earlier share on x",
        proposed_at=NOW,
    )


@pytest.mark.parametrize("taken", ["air-fryer", "Air Fryer", "AIR FRYER!"])
def test_what_is_a_niche_a_query_or_was_proposed_before_is_not_proposed(taken):
    assert _names(_trend(), _trend("kimchi"), taken=(taken,)) == ["kimchi"]


@pytest.mark.parametrize("term", ["pasta", "cooking pasta", "cooking"])
def test_what_a_niche_searches_for_anyway_is_not_proposed(term):
    assert _names(_trend(term)) == []


def test_few_are_proposed_at_once():
    assert _names(*(_trend(f"term{number}") for number in range(9))) == [
        f"term{number}" for number in range(5)
    ]


@pytest.mark.parametrize("term", ["料理", "борщ"])
def test_a_term_that_latin_letters_cannot_write_still_gets_a_name(term):
    (name,) = _names(_trend(term))
    assert name.startswith("trend-")
    assert [name] != _names(_trend("寿司"))


def test_an_accepted_niche_takes_after_its_source_but_adds_none_itself():
    (proposal,) = propose([_trend()], niche=_COOKING, taken=(), now=NOW)
    policy = NichePolicy(minimum_score=0.5, adds_trends=True)
    source = Niche(name="cooking", recipe="fit", watched={"x": ("a",)}, policy=policy)
    assert niche_of(proposal, source) == Niche(
        name="air-fryer",
        queries=("air fryer",),
        recipe="fit",
        policy=NichePolicy(minimum_score=0.5, adds_trends=False),
    )
    assert niche_of(proposal, None) == Niche(name="air-fryer", queries=("air fryer",))
