"""What S3's and OCI's storage say where the other side refuses, is missing or is misconfigured."""

from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import HttpUrl, SecretStr, ValidationError
from pydantic_settings import BaseSettings

from tests.grounds.storage import oci as oci_ground
from tests.grounds.storage import s3 as s3_ground
from tests.grounds.storage.oci import PART_BYTES, WITHOUT_KEY, new_key, pem
from tests.grounds.storage.s3 import SECRET
from tests.platforms.oci_object_storage import OciObjectStorage
from tests.platforms.refusing import refusing_server
from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NotFound,
    Permanent,
    RateLimited,
    Transient,
    Unreachable,
)
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.storage.oci import OciStorage
from viral_forge_resources.storage.oci import Settings as OciSettings
from viral_forge_resources.storage.s3 import S3Storage
from viral_forge_resources.storage.s3 import Settings as S3Settings

KEY = "cooking/inbox/pasta-1/transform/clip-1.mp4"


@pytest.fixture(scope="module")
def s3_settings() -> Generator[S3Settings]:
    with s3_ground.bucket_settings() as settings:
        yield settings


@pytest.fixture(scope="module")
def oci_running() -> Generator[tuple[OciObjectStorage, OciSettings]]:
    with oci_ground.service() as running:
        yield running


@pytest.fixture
def oci_service(
    oci_running: tuple[OciObjectStorage, OciSettings],
) -> Generator[OciObjectStorage]:
    service, settings = oci_running
    yield service
    service.buckets[settings.bucket].clear()
    service.faults.clear()


@pytest.fixture
def oci_settings(
    oci_running: tuple[OciObjectStorage, OciSettings], oci_service: OciObjectStorage
) -> OciSettings:
    return oci_running[1]


@pytest.fixture
def s3(s3_settings: S3Settings) -> Generator[S3Storage]:
    with s3_ground.opened(s3_settings) as storage:
        yield storage
        for key in list(storage.keys("")):
            storage.delete(key)


@pytest.fixture
def oci(oci_settings: OciSettings) -> Generator[OciStorage]:
    with oci_ground.opened(oci_settings) as storage:
        yield storage


def test_a_local_copy_of_a_remote_file_goes_afterwards(s3: S3Storage, oci: OciStorage) -> None:
    for remote in (s3, oci):
        remote.put_bytes(b"x", KEY)
        with remote.as_file(KEY) as path:
            folder = path.parent
        assert not folder.exists()


def test_objects_carry_their_hash(
    s3: S3Storage, oci: OciStorage, oci_service: OciObjectStorage, tmp_path: Path
) -> None:
    source = tmp_path / "clip"
    source.write_bytes(bytes(2 * PART_BYTES))  # OCI takes the path of many parts
    stored = s3.put_file(source, KEY)
    oci.put_file(source, KEY)
    oci.put_bytes(bytes(2 * PART_BYTES), f"{KEY}.whole")

    head = s3._client.head_object(Bucket=s3._settings.bucket, Key=f"studio/{KEY}")
    objects = oci_service.buckets[oci._settings.bucket]

    assert head["Metadata"]["sha256"] == stored.sha256
    assert objects[f"studio/{KEY}"].metadata == {"sha256": stored.sha256}
    assert objects[f"studio/{KEY}.whole"].metadata == {"sha256": stored.sha256}


@pytest.mark.parametrize("backend", ["s3", "oci"])
def test_a_missing_bucket_is_a_wrong_setting(
    backend: str, request: pytest.FixtureRequest, oci_service: OciObjectStorage
) -> None:
    remote = request.getfixturevalue(backend)
    settings = remote._settings.model_copy(update={"bucket": "not-there"})
    elsewhere: Storage = type(remote)(settings)

    for use in (
        lambda: elsewhere.put_bytes(b"x", KEY),
        lambda: elsewhere.get_bytes(KEY),
        lambda: elsewhere.size_bytes(KEY),
        lambda: list(elsewhere.keys("")),
    ):
        with pytest.raises(Misconfigured, match="not-there"):
            use()


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (500, "InternalServerError", Unreachable),
        (503, "ServiceUnavailable", RateLimited),
        (429, "TooManyRequests", RateLimited),
        (401, "NotAuthenticated", Misconfigured),
        (403, "NotAllowed", Misconfigured),
        (404, "ObjectNotFound", NotFound),
        (409, "NotAllowedNow", Permanent),
    ],
)
def test_what_oci_refuses_has_a_kind(
    oci_settings: OciSettings,
    oci_service: OciObjectStorage,
    status: int,
    code: str,
    kind: type[Exception],
) -> None:
    storage = OciStorage(oci_settings, attempts=1)
    oci_service.faults.append((status, code))

    with pytest.raises(kind) as caught:
        storage.get_bytes(KEY)

    assert type(caught.value) is kind
    storage._client.base_client.session.close()


def test_one_server_error_of_oci_is_not_the_end(
    oci: OciStorage, oci_service: OciObjectStorage
) -> None:
    oci_service.faults.append((500, "InternalServerError"))

    oci.put_bytes(b"x", KEY)

    assert oci.get_bytes(KEY) == b"x"
    assert not oci_service.faults


def test_a_part_that_oci_refuses_fails_the_file(
    oci_settings: OciSettings, oci_service: OciObjectStorage, tmp_path: Path
) -> None:
    storage = OciStorage(oci_settings, attempts=1, part_bytes=PART_BYTES)
    source = tmp_path / "source"
    source.write_bytes(bytes(2 * PART_BYTES))
    oci_service.faults.extend([(200, ""), (403, "NotAllowed")])

    with pytest.raises(Misconfigured, match="NotAllowed"):
        storage.put_file(source, KEY)

    assert storage.size_bytes(KEY) is None
    assert not oci_service.uploads
    storage._client.base_client.session.close()


def test_a_request_signed_with_another_key_is_a_wrong_setting(
    oci_settings: OciSettings,
) -> None:
    other = pem(new_key())
    wrong = oci_settings.model_copy(update={"key_content": SecretStr(other)})
    storage = OciStorage(wrong)

    with pytest.raises(Misconfigured, match="NotAuthenticated"):
        storage.get_bytes(KEY)

    storage._client.base_client.session.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"key_content": SecretStr(f"-----BEGIN PRIVATE KEY-----{SECRET}")},
        {"key_content": None, "key_file": Path("/not/there.pem")},
        {"user": f"{SECRET}"},
    ],
)
def test_a_wrong_oci_key_is_a_wrong_setting(
    oci_settings: OciSettings, wrong: dict[str, object]
) -> None:
    storage = OciStorage(oci_settings.model_copy(update=wrong))

    with pytest.raises(Misconfigured, match="VIRAL_FORGE_STORAGE_OCI_") as caught:
        storage.get_bytes(KEY)

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "InvalidAccessKeyId", Misconfigured),
        (403, "AccessDenied", Misconfigured),
        (404, "NoSuchKey", NotFound),
        (500, "InternalError", Unreachable),
        (503, "SlowDown", RateLimited),
        (400, "InvalidArgument", Permanent),
    ],
)
def test_what_s3_refuses_has_a_kind(
    s3_settings: S3Settings, status: int, code: str, kind: type[Exception]
) -> None:
    with refusing_server(status, code, message=SECRET) as url:
        refused = s3_settings.model_copy(update={"endpoint_url": HttpUrl(url)})
        storage = S3Storage(refused, attempts=1)
        with pytest.raises(kind) as caught:
            storage.get_bytes(KEY)
        storage._client.close()

    assert type(caught.value) is kind
    assert SECRET not in str(caught.value)
    if isinstance(caught.value, Transient):
        assert caught.value.retry_after == timedelta(seconds=7)


def test_a_bucket_that_cannot_be_is_told(s3_settings: S3Settings) -> None:
    storage = S3Storage(s3_settings.model_copy(update={"bucket": "no bucket is named so"}))

    with pytest.raises(Misconfigured, match="VIRAL_FORGE_STORAGE_S3_"):
        storage.get_bytes(KEY)


@pytest.mark.parametrize(
    ("settings_class", "half"),
    [(S3Settings, {"bucket": "clips", "access_key_id": "AKIA"}), (OciSettings, WITHOUT_KEY)],
)
def test_half_a_key_is_refused_at_once(
    settings_class: type[BaseSettings], half: dict[str, object]
) -> None:
    with pytest.raises(ValidationError, match="give "):
        settings_class.model_validate(half)


def test_nobody_there_is_unreachable(s3_settings: S3Settings, oci_settings: OciSettings) -> None:
    nobody = {"endpoint_url": HttpUrl("http://127.0.0.1:1")}
    storages: list[S3Storage | OciStorage] = [
        S3Storage(s3_settings.model_copy(update=nobody), attempts=1),
        OciStorage(oci_settings.model_copy(update=nobody), attempts=1),
    ]
    for storage in storages:
        with pytest.raises(Unreachable, match=r"bucket 'clips-"):
            storage.get_bytes(KEY)


def test_secrets_are_not_shown(s3_settings: S3Settings, oci_settings: OciSettings) -> None:
    shown = repr(s3_settings) + repr(oci_settings) + repr(S3Storage(s3_settings))
    with pytest.raises(ValidationError) as caught:
        S3Settings(secret_access_key=SECRET, region=SECRET, bucket="b")

    assert "do-not-print-me" not in shown
    assert "PRIVATE KEY" not in shown
    assert SECRET not in str(caught.value)
