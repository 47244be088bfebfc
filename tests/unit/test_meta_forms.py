"""The emulators of Meta's platforms refuse what Meta's API does not know."""

import pytest

from tests.platforms.meta_forms import wrong


@pytest.mark.parametrize(
    ("edge", "form", "told"),
    [
        ("video_reels", {"upload_phase": "start", "caption": "x"}, "Unknown parameters: caption"),
        ("video_reels", {"upload_phase": "transfer"}, "upload_phase is not valid"),
        ("video_reels", {"upload_phase": "finish", "video_state": "LIVE"}, "video_state"),
        ("video_reels", {"video_id": "1"}, "upload_phase is required"),
        ("media", {"media_type": "REELS", "title": "x"}, "Unknown parameters: title"),
        ("media", {"media_type": "VIDEO"}, "media_type is not valid"),
        ("media", {"media_type": "REELS", "caption": "c" * 2_201}, "caption is not valid"),
        ("media_publish", {"creation_id": "abc"}, "creation_id is not valid"),
        ("threads", {"media_type": "REELS"}, "media_type is not valid"),
        ("threads", {"media_type": "VIDEO", "video_url": "/a.mp4"}, "video_url is not valid"),
        ("threads_publish", {}, "creation_id is required"),
        ("videos", {"description": "x"}, "Unknown path components"),
    ],
)
def test_a_form_that_meta_does_not_know_is_refused(edge, form, told):
    assert told in wrong(edge, form)


def test_a_form_that_meta_knows_is_taken():
    assert wrong("video_reels", {"upload_phase": "finish", "video_state": "PUBLISHED"}) == ""
