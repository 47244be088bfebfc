"""The words of a post as files: what a person needs to post it by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime

from viral_forge_resources.contracts.publishing import Disclosure, Post, PostText
from viral_forge_resources.documents import to_json

CLIP = "clip.mp4"
COVER = "cover.jpg"
SUBTITLES = "subtitles.srt"
DOCUMENT = "post.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDocument:
    """What ``post.json`` says of a post."""

    publication_id: str
    content_sha256: str
    channel: str
    title: str
    description: str
    tags: tuple[str, ...]
    attribution: str | None
    due_at: datetime
    files: tuple[str, ...]


def hashtags(tags: tuple[str, ...]) -> str:
    """``tags`` as they are typed into a post, on one line."""
    return " ".join(f"#{tag.lstrip('#')}" for tag in tags)


def caption(text: PostText) -> str:
    """The whole post as one text, for platforms with a single field."""
    return "\n\n".join(part for part in (text.title, text.description, hashtags(text.tags)) if part)


def text_files(post: Post) -> dict[str, bytes]:
    """Content of every text file of ``post``, by file name."""
    words = {
        "title.txt": post.text.title,
        "description.txt": post.text.description,
        "tags.txt": hashtags(post.text.tags),
        "POST.txt": _instructions(post),
    }
    if post.text.attribution:
        words["attribution.txt"] = post.text.attribution
    # Half a surrogate pair is possible in a Python string and in no file.
    files = {name: f"{content}\n".encode(errors="replace") for name, content in words.items()}
    return files | {DOCUMENT: _document(post, tuple(sorted([*files, *media_files(post)])))}


def media_files(post: Post) -> tuple[str, ...]:
    """Names of the files of ``post`` that are copied as they are."""
    return (CLIP, COVER) if post.subtitles is None else (CLIP, COVER, SUBTITLES)


def _document(post: Post, files: tuple[str, ...]) -> bytes:
    return to_json(
        PostDocument(
            publication_id=post.publication_id,
            content_sha256=post.content_sha256,
            channel=post.channel,
            title=_whole(post.text.title),
            description=_whole(post.text.description),
            tags=tuple(_whole(tag) for tag in post.text.tags),
            attribution=_whole(post.text.attribution) if post.text.attribution else None,
            due_at=post.due_at,
            files=files,
        )
    )


def _whole(text: str) -> str:
    return text.encode(errors="replace").decode()


def _told(disclosure: Disclosure) -> str:
    """What viewers must be told, for people who post by hand."""
    flags = {
        "it holds AI-generated or altered media": disclosure.is_synthetic,
        "it is paid promotion": disclosure.is_paid,
        "it is made for kids": disclosure.is_made_for_kids,
    }
    return "; ".join(words for words, is_told in flags.items() if is_told)


def _instructions(post: Post) -> str:
    due = post.due_at.astimezone(UTC).strftime("%A %d %B %Y, %H:%M UTC")
    steps = [
        f"Upload {CLIP} to the channel '{post.channel}', not before {due}.",
        "Paste title, description and tags from below; where there is one field, the last text.",
        f"Choose {COVER} where the platform asks for a cover.",
    ]
    if post.subtitles is not None:
        steps.append(f"Add {SUBTITLES} where the platform takes subtitles.")
    if told := _told(post.disclosure):
        steps.append(f"Tell viewers, in the platform's own settings of the post: {told}.")
    if post.text.attribution:
        steps.append("Keep the attribution in the description: it is owed for this material.")
    steps.append(
        "To read results back, download the platform's own CSV export some days later and put it"
        " into the folder for reports. Rows are found by the title as you pasted it; a column"
        f" 'publication_id' with {post.publication_id} finds this post for certain."
    )
    parts = {
        "HOW TO POST IT": "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1)),
        "TITLE": post.text.title,
        "DESCRIPTION": post.text.description,
        "TAGS": hashtags(post.text.tags),
        "ATTRIBUTION": post.text.attribution,
        "ALL IN ONE FIELD": caption(post.text),
    }
    shown = [f"----- {name} -----\n\n{content}" for name, content in parts.items() if content]
    return "\n\n".join(["This post is ready. Have fun with it!", *shown])
