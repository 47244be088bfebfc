"""Challenges, against published vectors.

Source: RFC 7636, appendix B; the second is the same verifier as TikTok's Login Kit for Desktop
spells it.
"""

from viral_forge_resources.oauth._pkce import challenge, hex_challenge

_VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def test_the_standards_challenge_is_that_of_its_example():
    assert challenge(_VERIFIER) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_tiktoks_challenge_is_hexadecimal():
    assert (
        hex_challenge(_VERIFIER)
        == "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3"
    )
