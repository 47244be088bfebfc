"""Hides texts well enough for a test to see that they are hidden."""

import base64
import json

from viral_forge_resources.contracts.errors import Misconfigured


class FakeCipher:
    """``contracts.sessions.Cipher`` without a key."""

    def seal(self, text: str, *, bound_to: str) -> str:
        return base64.b64encode(json.dumps([bound_to, text]).encode()).decode()

    def unseal(self, sealed: str, *, bound_to: str) -> str:
        bound, text = json.loads(base64.b64decode(sealed))
        if bound != bound_to:
            raise Misconfigured("it was sealed for something else")
        return str(text)
