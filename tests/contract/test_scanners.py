"""Every scanner is held to its contract: a new one by its recording alone.

``pytest tests/contract/test_scanners.py -k pexels`` runs what concerns one of them.
"""

from importlib import import_module

import pytest

import tests.grounds.scanners
import viral_forge_resources.scanners
from tests.contract.failing_platform_contract import FailingPlatformContract
from tests.contract.recorded_scanner_contract import RecordedScannerContract
from tests.contract.scanner_contract import ScannerContract
from tests.grounds.scanners._recorded import RecordedGround
from tests.platforms.recording import FOLDER, load
from viral_forge_resources.plugins import get_plugin, plugin_names

_ALL = plugin_names(viral_forge_resources.scanners)
_OFF_THE_NETWORK = plugin_names(tests.grounds.scanners)
_RECORDED = sorted({path.stem for path in FOLDER.glob("*.json")} & set(_ALL))


@pytest.mark.parametrize("name", _ALL)
def test_every_scanner_has_a_recording_or_a_ground_of_its_own(name):
    assert name in (*_OFF_THE_NETWORK, *_RECORDED), (
        f"write {FOLDER / name}.json, as tests/platforms/recording.py says:"
        f" without it no contract test sees the scanner {name}"
    )


def test_no_recording_or_ground_is_left_of_a_scanner_that_went():
    recorded = {path.stem for path in FOLDER.glob("*.json")}
    assert recorded | set(_OFF_THE_NETWORK) <= set(_ALL)


class TestScannersOffTheNetwork(ScannerContract):
    """Those with a ground of their own."""

    @pytest.fixture(params=_OFF_THE_NETWORK)
    def ground(self, request, tmp_path):
        own = import_module(f"{tests.grounds.scanners.__name__}.{request.param}")
        with own.open_on_ground(tmp_path) as opened:
            yield opened


class TestScanners(RecordedScannerContract, FailingPlatformContract):
    """Those of the network, each in front of its recording."""

    @pytest.fixture(params=_RECORDED)
    def ground(self, request, platforms):
        plugin = get_plugin(viral_forge_resources.scanners, request.param)
        return RecordedGround(plugin, load(request.param), platforms)
