"""Proof Key for Code Exchange, as platforms spell it.

Source: https://www.rfc-editor.org/rfc/rfc7636
"""

import hashlib
from base64 import urlsafe_b64encode


def challenge(verifier: str) -> str:
    """The challenge of RFC 7636: base64url of the SHA-256, without padding."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def hex_challenge(verifier: str) -> str:
    """TikTok's: the SHA-256 in 64 lower-case hexadecimal digits.

    Source: https://developers.tiktok.com/doc/login-kit-desktop
    """
    return hashlib.sha256(verifier.encode("ascii")).hexdigest()
