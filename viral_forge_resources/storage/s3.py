"""Storage in a bucket of Amazon S3, or of another service that speaks its protocol.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/
"""

import hashlib
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, HttpUrl, SecretStr, model_validator
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NotFound,
    Permanent,
    RateLimited,
    Transient,
    Unreachable,
)
from viral_forge_resources.contracts.storage import (
    StoredFile,
    checked_storage_key,
    checked_storage_prefix,
)
from viral_forge_resources.settings import settings_config

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_s3 import S3Client

_CHUNK_BYTES = 1 << 20
_PART_BYTES = 8 << 20
_SERVER_ERROR = 500


class _BeyondTheEnd(Permanent):
    """A range starts where the content has already ended."""


_MEANINGS: dict[str, type[Permanent] | type[Transient]] = {
    "404": NotFound,  # HEAD has no body, hence no better word
    "NoSuchKey": NotFound,
    "InvalidRange": _BeyondTheEnd,
    "NoSuchBucket": Misconfigured,
    "InvalidBucketName": Misconfigured,
    "PermanentRedirect": Misconfigured,
    "AuthorizationHeaderMalformed": Misconfigured,
    "403": Misconfigured,
    "AccessDenied": Misconfigured,
    "ExpiredToken": Misconfigured,
    "InvalidAccessKeyId": Misconfigured,
    "SignatureDoesNotMatch": Misconfigured,
    "429": RateLimited,
    "503": RateLimited,
    "ServiceUnavailable": RateLimited,
    "SlowDown": RateLimited,
    "Throttling": RateLimited,
    "TooManyRequests": RateLimited,
    "RequestTimeout": Unreachable,
}


class Settings(BaseSettings):
    """Which bucket, and how to reach it."""

    model_config = settings_config("STORAGE_S3")

    bucket: str = Field(min_length=3, description="Bucket that holds the stored files.")
    endpoint_url: HttpUrl | None = Field(
        default=None, description="Address of an S3-compatible service; empty: Amazon's own."
    )
    region: str = Field(default="us-east-1", description="Region of the bucket.")
    access_key_id: SecretStr | None = Field(
        default=None, description="Access key; empty: the role of this machine."
    )
    secret_access_key: SecretStr | None = Field(
        default=None, description="Secret of the access key."
    )
    prefix: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._/-]*$",
        description="Folder inside the bucket; empty: its top.",
    )

    @model_validator(mode="after")
    def _whole_key(self) -> "Settings":
        if (self.access_key_id is None) != (self.secret_access_key is None):
            raise ValueError("give both ACCESS_KEY_ID and SECRET_ACCESS_KEY, or neither")
        return self


def open_plugin(settings: Settings) -> "S3Storage":
    """Storage in the bucket that ``settings`` name; reaches it on first use."""
    return S3Storage(settings)


class S3Storage:
    """Objects of one bucket; a put replaces an object at once, as S3 promises.

    Attributes:
        page_size: keys asked for at once.
        attempts: how often a call is made before its error counts.
    """

    def __init__(self, settings: Settings, *, page_size: int = 1000, attempts: int = 3) -> None:
        self._settings = settings
        self._bucket = settings.bucket
        self._prefix = f"{settings.prefix.strip('/')}/".lstrip("/")
        self.page_size = page_size
        self.attempts = attempts

    def put_file(self, path: Path, key: str) -> StoredFile:
        """Store a copy of ``path``, replacing what was at ``key`` at once."""
        from boto3.s3.transfer import TransferConfig

        name = self._name(key)
        with path.open("rb") as source:
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
            size_bytes = source.seek(0, 2)
            source.seek(0)
            with self._refusals(key):
                self._client.upload_fileobj(
                    source,
                    self._bucket,
                    name,
                    ExtraArgs={"Metadata": {"sha256": sha256}},
                    Config=TransferConfig(
                        multipart_threshold=_PART_BYTES, multipart_chunksize=_PART_BYTES
                    ),
                )
        return self._stored(key, size_bytes=size_bytes, sha256=sha256)

    def put_bytes(self, content: bytes, key: str) -> StoredFile:
        """Store ``content``, replacing what was at ``key`` at once."""
        name = self._name(key)
        sha256 = hashlib.sha256(content).hexdigest()
        with self._refusals(key):
            self._client.put_object(
                Bucket=self._bucket, Key=name, Body=content, Metadata={"sha256": sha256}
            )
        return self._stored(key, size_bytes=len(content), sha256=sha256)

    def get_bytes(self, key: str) -> bytes:
        """The whole content."""
        name = self._name(key)
        with self._refusals(key):
            return self._client.get_object(Bucket=self._bucket, Key=name)["Body"].read()

    def size_bytes(self, key: str) -> int | None:
        """Size of what is stored at ``key``, None if nothing is."""
        name = self._name(key)
        with self._refusals(key):  # HEAD could not tell a missing object from a missing bucket
            found = self._client.list_objects_v2(Bucket=self._bucket, Prefix=name, MaxKeys=1)
        first = next(iter(found.get("Contents", [])), None)
        return first["Size"] if first is not None and first["Key"] == name else None

    def read_range(self, key: str, *, start: int, length: int) -> Iterator[bytes]:
        """Yield ``length`` bytes from ``start`` on, in chunks; fewer where the content ends."""
        name = self._name(key)
        if length <= 0:
            return
        wanted = f"bytes={start}-{start + length - 1}"
        with suppress(_BeyondTheEnd), self._refusals(key):
            answer = self._client.get_object(Bucket=self._bucket, Key=name, Range=wanted)
            with closing(answer["Body"]) as body:
                yield from body.iter_chunks(_CHUNK_BYTES)

    @contextmanager
    def as_file(self, key: str) -> Generator[Path]:
        """A copy of the content in a temporary folder, gone afterwards."""
        name = self._name(key)
        with tempfile.TemporaryDirectory(prefix="viral_forge-") as folder:
            path = Path(folder) / Path(key).name
            with self._refusals(key), path.open("wb") as target:
                self._client.download_fileobj(self._bucket, name, target)
            yield path

    def lent(self, key: str, *, lasts: timedelta) -> str:
        """A signed address; that of a role ends with the role's own access, if that is earlier."""
        name = self._name(key)
        with self._refusals(key):
            return self._client.generate_presigned_url(
                "get_object",
                Params={"Bucket": self._bucket, "Key": name},
                ExpiresIn=int(lasts.total_seconds()),
            )

    def delete(self, key: str) -> None:
        """Remove what is at ``key``; nothing there is not an error."""
        name = self._name(key)
        with self._refusals(key):
            self._client.delete_object(Bucket=self._bucket, Key=name)

    def keys(self, prefix: str) -> Iterator[str]:
        """Keys that start with ``prefix``, sorted."""
        start = self._prefix + checked_storage_prefix(prefix)
        with self._refusals(prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=start, PaginationConfig={"PageSize": self.page_size}
            )
            for page in pages:
                for found in page.get("Contents", []):
                    yield found["Key"].removeprefix(self._prefix)

    @cached_property
    def _client(self) -> "S3Client":
        from boto3.session import Session
        from botocore.config import Config

        settings = self._settings
        session = Session(
            aws_access_key_id=_revealed(settings.access_key_id),
            aws_secret_access_key=_revealed(settings.secret_access_key),
            region_name=settings.region,
        )
        config = Config(
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            connect_timeout=5,
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": self.attempts},
            request_checksum_calculation="when_required",  # others than Amazon refuse CRC32
            response_checksum_validation="when_required",
        )
        url = str(settings.endpoint_url).rstrip("/") if settings.endpoint_url else None
        return session.client("s3", endpoint_url=url, config=config)

    def _name(self, key: str) -> str:
        return self._prefix + checked_storage_key(key)

    def _stored(self, key: str, *, size_bytes: int, sha256: str) -> StoredFile:
        uri = f"s3://{self._bucket}/{self._prefix}{key}"
        return StoredFile(key=key, uri=uri, size_bytes=size_bytes, sha256=sha256)

    @contextmanager
    def _refusals(self, key: str) -> Generator[None]:
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            NoCredentialsError,
            ParamValidationError,
        )

        try:
            yield
        except ClientError as error:
            raise self._answered(key, error) from error
        except NoCredentialsError as error:
            raise self._misconfigured("there is no access key") from error
        except ParamValidationError as error:
            raise self._misconfigured("the name of the bucket is not valid") from error
        except BotoCoreError as error:
            raise Unreachable(f"bucket '{self._bucket}': {type(error).__name__}") from error

    def _answered(self, key: str, error: "ClientError") -> Permanent | Transient:
        code = error.response["Error"]["Code"]  # the rest of the answer may quote credentials
        answer = error.response["ResponseMetadata"]
        is_fault = answer["HTTPStatusCode"] >= _SERVER_ERROR
        kind = _MEANINGS.get(code, Unreachable if is_fault else Permanent)
        if kind is NotFound:
            return NotFound(f"nothing is stored at '{key}'. Materialize the asset that makes it.")
        if kind is Misconfigured:
            return self._misconfigured(code)
        said = f"bucket '{self._bucket}' answered {code} for '{key}'"
        if issubclass(kind, Transient):
            seconds = answer["HTTPHeaders"].get("retry-after", "")
            asked = timedelta(seconds=int(seconds)) if seconds.isdecimal() else None
            return kind(said, retry_after=asked)
        return kind(said)

    def _misconfigured(self, problem: str) -> Misconfigured:
        return Misconfigured(
            f"bucket '{self._bucket}': {problem}. Check the VIRAL_FORGE_STORAGE_S3_ settings: "
            "bucket, region, endpoint, and what the access key may do."
        )


def _revealed(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
