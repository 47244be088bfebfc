"""Every plugin brings the ground on which its contract is tested."""

import pytest

from tests.grounds._kinds import GROUNDS, ground_of, grounded
from viral_forge_resources.plugins import plugin_names

_PLUGINS = [(plugins, name) for plugins in GROUNDS for name in plugin_names(plugins)]


@pytest.mark.parametrize(
    ("plugins", "name"),
    _PLUGINS,
    ids=[f"{plugins.__name__.rpartition('.')[2]}-{name}" for plugins, name in _PLUGINS],
)
def test_every_plugin_is_held_to_its_contract(plugins, name):
    kind = plugins.__name__.rpartition(".")[2]
    assert name in grounded(plugins), (
        f"write tests/grounds/{kind}/{name}.py, as tests/grounds/_kinds.py says:"
        f" without it no contract test sees the plugin {name}"
    )
    assert callable(ground_of(plugins, name).open_on_ground)


def test_no_ground_is_left_of_a_plugin_that_went():
    for plugins, grounds in GROUNDS.items():
        assert set(plugin_names(grounds)) <= set(plugin_names(plugins)), grounds.__name__
