"""The fields that Meta's Graph takes for posting, written from its API's description.

Source: https://github.com/facebook/facebook-business-sdk-codegen/tree/main/api_specs/specs
"""

import re
from collections.abc import Mapping
from typing import Any

from tests.platforms.uploads import Reply, reply

_ANY, _ID, _FLAG = r"(?s).*", r"\d{1,20}", r"true|false"
_WEB = r"https://\S+"

FORMS: Mapping[str, Mapping[str, str]] = {
    "video_reels": {
        "upload_phase": r"start|finish|START|FINISH",
        "video_id": _ID,
        "video_state": "DRAFT|PUBLISHED|SCHEDULED",
        "description": _ANY,
        "title": _ANY,
        "scheduled_publish_time": r"\d{10}",
        "place": _ID,
        "targeting": r"\{.*\}",
        "feed_targeting": r"\{.*\}",
    },
    "thumbnails": {"is_preferred": _FLAG, "source": _ANY},
    "captions": {"captions_file": _ANY, "default_locale": r"[a-z]{2,3}_[A-Z]{2}|none"},
    "media": {
        "media_type": "REELS",
        "upload_type": "resumable",
        "video_url": _WEB,
        "image_url": _WEB,
        "cover_url": _WEB,
        "caption": r"(?s).{0,2200}",
        "alt_text": r"(?s).{0,1000}",
        "audio_name": _ANY,
        "children": _ANY,
        "collaborators": _ANY,
        "is_carousel_item": _FLAG,
        "location_id": _ID,
        "product_tags": r"\[.*\]",
        "user_tags": r"\[.*\]",
        "share_to_feed": _FLAG,
        "thumb_offset": r"\d{1,6}",
        "trial_params": r"\{.*\}",
        "is_ai_generated": _FLAG,
    },
    "media_publish": {"creation_id": _ID},
    "threads": {
        "media_type": "VIDEO|TEXT|IMAGE",
        "video_url": _WEB,
        "text": _ANY,
        "alt_text": r"(?s).{0,1000}",
        "reply_control": "everyone|accounts_you_follow|mentioned_only|parent_post_author_only"
        "|followers_only",
    },
    "threads_publish": {"creation_id": _ID},
}
"""What each field of a form holds, by the form's edge."""

_NEEDED: Mapping[str, frozenset[str]] = {
    "video_reels": frozenset({"upload_phase"}),
    "thumbnails": frozenset({"source"}),
    "captions": frozenset({"captions_file"}),
    "media": frozenset({"media_type"}),
    "media_publish": frozenset({"creation_id"}),
    "threads": frozenset({"media_type"}),
    "threads_publish": frozenset({"creation_id"}),
}


def wrong(edge: str, form: Mapping[str, str]) -> str:
    """What Meta holds against the form; empty where it takes it."""
    known = FORMS.get(edge)
    if known is None:
        return f"Unknown path components: /{edge}"
    if unknown := sorted(set(form) - set(known)):
        return f"Unknown parameters: {', '.join(unknown)}"
    if missing := sorted(_NEEDED[edge] - set(form)):
        return f"(#100) The parameter {missing[0]} is required"
    for name, value in form.items():
        if re.fullmatch(known[name], value) is None:
            return f"(#100) Param {name} is not valid"
    return ""


def error(code: int, status: int = 400, *, subcode: int | None = None, message: str = "") -> Reply:
    """A refusal as Meta words it."""
    told: dict[str, Any] = {
        "message": message or "refused",
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "A",
    }
    if subcode is not None:
        told["error_subcode"] = subcode
    return reply({"error": told}, status)


def unknown() -> Reply:
    """What Meta says of an object that is not there, or hidden from who asks."""
    return error(
        100, subcode=33, message="Unsupported get request. Object does not exist, or is hidden"
    )
