"""What every scanner keeps to while its platform fails."""

import logging
import traceback

import pytest

from tests.contract.recorded_scanner_contract import made_up
from tests.grounds.scanners._recorded import RecordedGround, Scanned
from tests.platforms.faults import FAULTS, LONG_WAIT_S, Fault
from viral_forge_resources.contracts.errors import RateLimited, ViralForgeError


class FailingPlatformContract:
    """Each fault, at the first and at the last thing that the recording answers."""

    @pytest.mark.parametrize("kind", FAULTS)
    def test_a_fault_becomes_the_right_error_and_no_video_is_made_up(self, ground, kind, caplog):
        caplog.set_level(logging.DEBUG)
        fault = FAULTS[kind]
        secrets = ground.secrets()
        for number in sorted({0, _positions(ground) - 1}):
            scanned = ground.scan(faults={number: fault})
            assert _is_told(scanned, fault), f"position {number}: {scanned.error!r}"
            assert made_up(ground, scanned) == [], f"position {number}"
            said = _said(scanned.error) + caplog.text
            assert [secret for secret in secrets if secret in said] == []
        assert ground.platforms.private == []

    def test_a_platform_that_asks_to_wait_is_waited_for(self, ground):
        error = ground.scan(faults={0: FAULTS["429-wait"]}).error
        assert isinstance(error, RateLimited)
        assert error.retry_after is not None
        assert error.retry_after.total_seconds() == LONG_WAIT_S


def _positions(ground: RecordedGround) -> int:
    return len(ground.recording.exchanges) + len(ground.recording.jobs)


def _is_told(scanned: Scanned, fault: Fault) -> bool:
    if scanned.error is None:
        return fault.may_spare and bool(scanned.unusable)
    return isinstance(scanned.error, fault.errors)


def _said(error: ViralForgeError | None) -> str:
    """Everything that a log would say of ``error``, down to its first cause."""
    return "" if error is None else "".join(traceback.format_exception(error))
