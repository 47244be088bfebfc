"""What every scanner of a platform on the network keeps to, by the recording of that platform."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tests.contract.scanner_contract import ScannerContract
from tests.grounds.scanners._recorded import RecordedGround, Scanned, SpentLedger, shown
from viral_forge_resources.contracts.errors import NoCredentials, QuotaSpent, UnexpectedAnswer
from viral_forge_resources.contracts.scanning import ScannedVideo


class RecordedScannerContract(ScannerContract):
    """Of what a scan makes of good answers, poor answers and no answer."""

    def test_it_finds_what_is_recorded_and_nothing_else(self, ground):
        scanned = ground.scan()
        found = [shown(video) for video in scanned.whole()]
        wanted = ground.filled("videos")
        assert [_only(each, want) for each, want in zip(found, wanted, strict=False)] == wanted
        assert len(found) == len(wanted) >= 2
        assert scanned.unusable == []

    def test_everything_that_is_recorded_is_asked_for(self, ground):
        everything = range(len(ground.recording.exchanges) + len(ground.recording.jobs))
        assert sorted(set(ground.scan().asked)) == [*everything]

    def test_its_recording_tells_what_may_be_absent(self, ground):
        assert ground.recording.listed("mandatory")
        assert ground.recording.listed("titles")
        assert ground.recording.listed("empty")

    def test_what_is_optional_may_be_absent(self, ground):
        ordinary = ground.scan().whole()
        for each in ground.filled("optional"):
            places = each["remove"] if isinstance(each["remove"], list) else [each["remove"]]
            poorer = ground.scan(ground.recording.without(*places)).whole()
            changes = _changes(ordinary, poorer)
            assert all(change == each["becomes"] for change in changes), each
            assert bool(changes) == bool(each["becomes"]), each

    def test_nothing_is_made_up_where_something_mandatory_is_absent(self, ground):
        ordinary = {video.platform_video_id: shown(video) for video in ground.scan().whole()}
        for place in ground.recording.listed("mandatory"):
            poorer = ground.scan(ground.recording.without(place))
            kept = {video.platform_video_id: shown(video) for video in poorer.videos}
            assert poorer.error is None or isinstance(poorer.error, UnexpectedAnswer), place
            assert poorer.error is not None or poorer.unusable, place
            assert kept.items() <= ordinary.items(), place
            assert len(kept) < len(ordinary), place

    def test_no_video_is_older_than_asked_for(self, ground):
        asked = ground.recording.request(server="http://127.0.0.1:9").since
        found = [video for video in ground.scan().whole() if not video.is_hand_picked]
        dates = [video.published_at for video in found if video.published_at]
        assert all(asked <= date for date in dates)
        if dates:
            later = ground.scan(since=max(dates) + timedelta(seconds=1), is_lenient=True)
            still = [video for video in later.videos if not video.is_hand_picked]
            assert [video for video in still if video.published_at] == []

    def test_without_a_credential_nothing_is_asked(self, ground):
        for setting in ground.recording.listed("credentials"):
            refused = ground.scan(without=setting)
            assert isinstance(refused.error, NoCredentials), setting
            assert ground.variable(setting) in str(refused.error)
            assert (refused.videos, refused.asked, refused.unmatched) == ([], [], [])

    def test_its_settings_can_be_told_by_the_environment(self, ground, monkeypatch):
        told = ground.settings("http://127.0.0.1:9")
        for variable, value in ground.environment("http://127.0.0.1:9").items():
            monkeypatch.setenv(variable, value)
        assert ground.plugin.Settings(_env_file=None) == told

    def test_every_use_of_an_allowance_is_counted(self, ground):
        assert ground.scan().units == ground.recording.uses()

    def test_every_request_and_every_job_is_in_the_ledger(self, ground):
        scanned = ground.scan()
        counted = dict(scanned.calls)
        assert counted.pop("calls", 0) == scanned.requests
        sold = {name: counted.pop(name) for name in list(counted) if not name.endswith(" jobs")}
        assert sold == ground.recording.sold()
        assert sum(counted.values()) == scanned.jobs
        assert scanned.requests + scanned.jobs > 0

    def test_nothing_is_asked_that_no_allowance_is_left_for(self, ground):
        spent = ground.scan(ledger=SpentLedger())
        answering = [*ground.recording.exchanges, *ground.recording.jobs]
        free = {number for number, each in enumerate(answering) if each.get("is_free")}
        if ground.recording.uses():
            assert isinstance(spent.error, QuotaSpent)
            assert set(spent.asked) <= free
            assert spent.unmatched == []
        else:
            assert len(spent.whole()) == ground.size  # its platform sets no limit


def made_up(ground: RecordedGround, scanned: Scanned) -> list[str]:
    """What ``scanned`` says that an ordinary scan does not; it may say less.

    Where the address of the bytes stayed unknown, the page may stand for them.
    """
    ordinary = {video.platform_video_id: shown(video) for video in ground.scan().whole()}
    return [
        f"{video.platform_video_id}: {name} is {value!r}"
        for video in scanned.videos
        for name, value in shown(video).items()
        if value not in (ordinary[video.platform_video_id][name], None, [])
        and (name, value) != ("locator", video.page_url)
    ]


def _only(found: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: found.get(name, "no such field") for name in wanted}


def _changes(before: Sequence[ScannedVideo], after: Sequence[ScannedVideo]) -> list[dict[str, Any]]:
    """What differs in each video that differs."""
    assert len(before) == len(after)
    pairs = [(shown(old), shown(new)) for old, new in zip(before, after, strict=True)]
    differing = [
        {name: value for name, value in new.items() if value != old[name]} for old, new in pairs
    ]
    return [change for change in differing if change]
