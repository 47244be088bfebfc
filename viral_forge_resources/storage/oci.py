"""Storage in a bucket of Oracle Cloud Infrastructure, by its own protocol.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/objectstorage/20160918/
"""

import hashlib
import tempfile
import uuid
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

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

_CHUNK_BYTES = 1 << 20
_PART_BYTES = 32 << 20  # one is held in memory at a time
_SERVER_ERROR = 500


class _BeyondTheEnd(Permanent):
    """A range starts where the content has already ended."""


_MEANINGS: dict[int | str, type[Permanent] | type[Transient]] = {
    "BucketNotFound": Misconfigured,  # a 404 too; without the right to look, OCI says the same
    "NamespaceNotFound": Misconfigured,
    401: Misconfigured,
    403: Misconfigured,
    404: NotFound,
    416: _BeyondTheEnd,
    429: RateLimited,
    503: RateLimited,
}


class Settings(BaseSettings):
    """Which bucket, and as whom."""

    model_config = settings_config("STORAGE_OCI")

    bucket: str = Field(min_length=1, description="Bucket that holds the stored files.")
    namespace: str = Field(min_length=1, description="Object Storage namespace of the tenancy.")
    region: str = Field(description="Region, such as eu-frankfurt-1.")
    user: str = Field(description="OCID of the user whose API key signs.")
    tenancy: str = Field(description="OCID of the tenancy.")
    fingerprint: str = Field(description="Fingerprint of the API key.")
    key_content: SecretStr | None = Field(
        default=None, description="Private API key itself, PEM; or give the file."
    )
    key_file: Path | None = Field(default=None, description="File with the private API key, PEM.")
    endpoint_url: HttpUrl | None = Field(
        default=None, description="Address of the service; empty: the region's own."
    )
    prefix: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._/-]*$",
        description="Folder inside the bucket; empty: its top.",
    )

    @model_validator(mode="after")
    def _one_key(self) -> "Settings":
        if (self.key_content is None) == (self.key_file is None):
            raise ValueError("give either KEY_CONTENT or KEY_FILE")
        return self


def open_plugin(settings: Settings) -> "OciStorage":
    """Storage in the bucket that ``settings`` name; reaches it on first use."""
    return OciStorage(settings)


class OciStorage:
    """Objects of one bucket; a put replaces an object at once, as OCI promises.

    Attributes:
        page_size: keys asked for at once.
        part_bytes: larger files travel in parts of this size.
        attempts: how often a call is made before its error counts.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        page_size: int = 1000,
        part_bytes: int = _PART_BYTES,
        attempts: int = 3,
    ) -> None:
        self._settings = settings
        self._bucket = (settings.namespace, settings.bucket)
        self._prefix = f"{settings.prefix.strip('/')}/".lstrip("/")
        self.page_size = page_size
        self.part_bytes = part_bytes
        self.attempts = attempts

    def put_file(self, path: Path, key: str) -> StoredFile:
        """Store a copy of ``path``, replacing what was at ``key`` at once."""
        name = self._name(key)
        with path.open("rb") as source:
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
            size_bytes = source.seek(0, 2)
            source.seek(0)
            with self._refusals(key):
                if size_bytes > self.part_bytes:
                    self._put_parts(source, name, sha256)
                else:
                    self._put_whole(source.read(), name, sha256)
        return self._stored(key, size_bytes=size_bytes, sha256=sha256)

    def put_bytes(self, content: bytes, key: str) -> StoredFile:
        """Store ``content``, replacing what was at ``key`` at once."""
        name = self._name(key)
        sha256 = hashlib.sha256(content).hexdigest()
        with self._refusals(key):
            self._put_whole(content, name, sha256)
        return self._stored(key, size_bytes=len(content), sha256=sha256)

    def get_bytes(self, key: str) -> bytes:
        """The whole content."""
        return b"".join(self._content(key))

    def size_bytes(self, key: str) -> int | None:
        """Size of what is stored at ``key``, None if nothing is."""
        name = self._name(key)
        with self._refusals(key):  # HEAD could not tell a missing object from a missing bucket
            found = self._client.list_objects(
                *self._bucket, prefix=name, limit=1, fields="name,size"
            ).data.objects
        size: int | None = found[0].size if found and found[0].name == name else None
        return size

    def read_range(self, key: str, *, start: int, length: int) -> Iterator[bytes]:
        """Yield ``length`` bytes from ``start`` on, in chunks; fewer where the content ends."""
        if length > 0:
            with suppress(_BeyondTheEnd):
                yield from self._content(key, range=f"bytes={start}-{start + length - 1}")

    @contextmanager
    def as_file(self, key: str) -> Generator[Path]:
        """A copy of the content in a temporary folder, gone afterwards."""
        checked_storage_key(key)
        with tempfile.TemporaryDirectory(prefix="viral_forge-") as folder:
            path = Path(folder) / Path(key).name
            with path.open("wb") as target:
                target.writelines(self._content(key))
            yield path

    def lent(self, key: str, *, lasts: timedelta) -> str:
        """The address of a pre-authenticated request, which ends by itself."""
        from oci.object_storage import models

        name = self._name(key)
        details = models.CreatePreauthenticatedRequestDetails(
            name=f"viral_forge {uuid.uuid4().hex}",
            object_name=name,
            access_type="ObjectRead",
            time_expires=datetime.now(UTC) + lasts,
        )
        with self._refusals(key):
            made = self._client.create_preauthenticated_request(*self._bucket, details).data
        return f"{str(self._client.base_client.endpoint).rstrip('/')}{made.access_uri}"

    def delete(self, key: str) -> None:
        """Remove what is at ``key``; nothing there is not an error."""
        name = self._name(key)
        with suppress(NotFound), self._refusals(key):
            self._client.delete_object(*self._bucket, name)

    def keys(self, prefix: str) -> Iterator[str]:
        """Keys that start with ``prefix``, sorted."""
        name = self._prefix + checked_storage_prefix(prefix)
        start = None
        while True:
            with self._refusals(prefix):
                page = self._client.list_objects(
                    *self._bucket, prefix=name, limit=self.page_size, start=start
                ).data
            for found in page.objects:
                yield found.name.removeprefix(self._prefix)
            start = page.next_start_with
            if start is None:
                return

    def _put_whole(self, content: bytes, name: str, sha256: str) -> None:
        self._client.put_object(*self._bucket, name, content, opc_meta={"sha256": sha256})

    def _put_parts(self, source: BinaryIO, name: str, sha256: str) -> None:
        from oci.object_storage import models

        details = models.CreateMultipartUploadDetails(
            object=name, metadata={"opc-meta-sha256": sha256}
        )
        upload_id = self._client.create_multipart_upload(*self._bucket, details).data.upload_id
        with ExitStack() as unless_committed:  # parts without a whole would cost money for ever
            unless_committed.callback(self._forget_parts, name, upload_id)
            parts = [
                models.CommitMultipartUploadPartDetails(
                    part_num=number,
                    etag=self._client.upload_part(
                        *self._bucket, name, upload_id, number, part
                    ).headers["etag"],
                )
                for number, part in enumerate(iter(lambda: source.read(self.part_bytes), b""), 1)
            ]
            self._client.commit_multipart_upload(
                *self._bucket,
                name,
                upload_id,
                models.CommitMultipartUploadDetails(parts_to_commit=parts),
            )
            unless_committed.pop_all()

    def _forget_parts(self, name: str, upload_id: str) -> None:
        with suppress(Permanent, Transient), self._refusals(name):
            self._client.abort_multipart_upload(*self._bucket, name, upload_id)

    def _content(self, key: str, **wanted: str) -> Iterator[bytes]:
        name = self._name(key)
        with self._refusals(key):
            answer = self._client.get_object(*self._bucket, name, **wanted).data
            with closing(answer):
                yield from answer.iter_content(_CHUNK_BYTES)

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401  the SDK has no types
        import oci

        settings = self._settings
        config = settings.model_dump(include={"user", "tenancy", "fingerprint", "region"})
        if settings.key_content is not None:
            config["key_content"] = settings.key_content.get_secret_value()
        else:
            config["key_file"] = str(settings.key_file)
        patience = oci.retry.RetryStrategyBuilder(
            max_attempts=self.attempts, total_elapsed_time_seconds=60
        ).get_retry_strategy()
        options: dict[str, Any] = {
            "timeout": (5, 60),
            "retry_strategy": patience,
            "circuit_breaker_strategy": oci.circuit_breaker.NoCircuitBreakerStrategy(),
        }
        if settings.endpoint_url is not None:
            options["service_endpoint"] = str(settings.endpoint_url).rstrip("/")
        try:
            return oci.object_storage.ObjectStorageClient(config, **options)
        except oci.exceptions.InvalidConfig as error:
            problems = ", ".join(f"{name} is {what}" for name, what in error.errors.items())
            raise self._misconfigured(problems) from error
        except (oci.exceptions.ClientError, OSError) as error:
            raise self._misconfigured(f"the API key: {type(error).__name__}") from error

    def _name(self, key: str) -> str:
        return self._prefix + checked_storage_key(key)

    def _stored(self, key: str, *, size_bytes: int, sha256: str) -> StoredFile:
        uri = f"oci://{self._settings.bucket}/{self._prefix}{key}"
        return StoredFile(key=key, uri=uri, size_bytes=size_bytes, sha256=sha256)

    @contextmanager
    def _refusals(self, key: str) -> Generator[None]:
        from oci._vendor.requests import RequestException
        from oci.exceptions import ServiceError

        try:
            yield
        except ServiceError as error:
            raise self._answered(key, error) from error
        except RequestException as error:
            raise Unreachable(
                f"bucket '{self._settings.bucket}': {type(error).__name__}"
            ) from error

    def _answered(self, key: str, error: Any) -> Permanent | Transient:  # noqa: ANN401  untyped
        is_fault = error.status >= _SERVER_ERROR
        kind = _MEANINGS.get(error.code) or _MEANINGS.get(
            error.status, Unreachable if is_fault else Permanent
        )
        code = error.code or error.status  # the rest of the answer may quote credentials
        if kind is NotFound:
            return NotFound(f"nothing is stored at '{key}'. Materialize the asset that makes it.")
        if kind is Misconfigured:
            return self._misconfigured(f"the service answered {code}")
        said = f"bucket '{self._settings.bucket}' answered {code} for '{key}'"
        if issubclass(kind, Transient):
            seconds = str(error.headers.get("retry-after", ""))
            asked = timedelta(seconds=int(seconds)) if seconds.isdecimal() else None
            return kind(said, retry_after=asked)
        return kind(said)

    def _misconfigured(self, problem: str) -> Misconfigured:
        return Misconfigured(
            f"bucket '{self._settings.bucket}': {problem}. Check the VIRAL_FORGE_STORAGE_OCI_ "
            "settings: bucket, namespace, region, user, key, and what the user may do."
        )
