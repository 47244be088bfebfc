"""Every storage keeps the same promises."""

import hashlib
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from boto3.session import Session
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from moto.server import ThreadedMotoServer
from pydantic import HttpUrl, SecretStr, ValidationError
from pydantic_settings import BaseSettings

from tests.platforms.oci_object_storage import NAMESPACE, OciObjectStorage
from viral_forge_resources import storage as plugins
from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    NotFound,
    Permanent,
    RateLimited,
    Transient,
    Unreachable,
)
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.plugins import get_plugin, plugin_names
from viral_forge_resources.storage.local import LocalStorage
from viral_forge_resources.storage.oci import OciStorage
from viral_forge_resources.storage.oci import Settings as OciSettings
from viral_forge_resources.storage.s3 import S3Storage
from viral_forge_resources.storage.s3 import Settings as S3Settings

KEY = "cooking/inbox/pasta-1/transform/clip-1.mp4"
SECRET = "do-not-print-me"
PART_BYTES = 1 << 20
OCI_WITHOUT_KEY = {
    "bucket": "clips",
    "namespace": NAMESPACE,
    "region": "eu-frankfurt-1",
    "user": "ocid1.user.oc1..aaaa",
    "tenancy": "ocid1.tenancy.oc1..aaaa",
    "fingerprint": ":".join(["ab"] * 16),
}


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def oci_service(private_key: rsa.RSAPrivateKey) -> Iterator[OciObjectStorage]:
    service = OciObjectStorage(private_key.public_key())
    with service.running():
        yield service


@pytest.fixture(scope="module")
def s3_settings(moto_url: str) -> S3Settings:
    settings = S3Settings(
        bucket=f"clips-{uuid.uuid4().hex}",
        endpoint_url=HttpUrl(moto_url),
        access_key_id=SecretStr("AKIA-do-not-print-me"),
        secret_access_key=SecretStr(SECRET),
        prefix="studio/",
    )
    owner = Session("AKIA", SECRET, region_name="us-east-1").client("s3", endpoint_url=moto_url)
    owner.create_bucket(Bucket=settings.bucket)
    owner.close()
    return settings


@pytest.fixture(scope="module")
def oci_settings(oci_service: OciObjectStorage, private_key: rsa.RSAPrivateKey) -> OciSettings:
    settings = OciSettings.model_validate(
        OCI_WITHOUT_KEY
        | {
            "bucket": f"clips-{uuid.uuid4().hex}",
            "key_content": pem(private_key),
            "endpoint_url": oci_service.url,
            "prefix": "studio",
        }
    )
    oci_service.buckets[settings.bucket] = {}
    return settings


def pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture(scope="module")
def s3_opened(s3_settings: S3Settings) -> Iterator[S3Storage]:
    storage = S3Storage(s3_settings, page_size=2)  # a client is slow to make
    yield storage
    storage._client.close()


@pytest.fixture(scope="module")
def oci_opened(oci_settings: OciSettings) -> Iterator[OciStorage]:
    storage = OciStorage(oci_settings, page_size=2, part_bytes=PART_BYTES)
    yield storage
    storage._client.base_client.session.close()


@pytest.fixture
def s3(s3_opened: S3Storage) -> Iterator[S3Storage]:
    yield s3_opened
    for key in list(s3_opened.keys("")):
        s3_opened.delete(key)


@pytest.fixture
def oci(oci_opened: OciStorage, oci_service: OciObjectStorage) -> Iterator[OciStorage]:
    yield oci_opened
    oci_service.buckets[oci_opened._settings.bucket].clear()
    oci_service.faults.clear()


@pytest.fixture
def local(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "storage")


@pytest.fixture(params=["local", "oci", "s3"])
def storage(request: pytest.FixtureRequest) -> Storage:
    opened: Storage = request.getfixturevalue(request.param)
    return opened


class _Refusing(BaseHTTPRequestHandler):
    server: "_RefusingServer"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        body = f"<Error><Code>{self.server.code}</Code><Message>{SECRET}</Message></Error>".encode()
        self.send_response(self.server.status)
        self.send_header("content-length", str(len(body)))
        self.send_header("retry-after", "7")
        self.end_headers()
        self.wfile.write(body)


class _RefusingServer(ThreadingHTTPServer):
    status: int
    code: str


@contextmanager
def refusing_server(status: int, code: str) -> Generator[str]:
    server = _RefusingServer(("127.0.0.1", 0), _Refusing)
    server.status, server.code = status, code
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_storage_is_tested_here() -> None:
    assert plugin_names(plugins) == ("local", "oci", "s3")


def test_what_was_stored_comes_back(storage: Storage, tmp_path: Path) -> None:
    content = b"frames" * 1000
    source = tmp_path / "clip.mp4"
    source.write_bytes(content)

    from_file = storage.put_file(source, KEY)
    from_bytes = storage.put_bytes(content, KEY.replace("clip-1", "clip-2"))

    assert from_file.key == KEY
    assert from_file.uri.endswith(KEY)
    assert from_file.size_bytes == from_bytes.size_bytes == storage.size_bytes(KEY) == 6000
    assert from_file.sha256 == from_bytes.sha256 == hashlib.sha256(content).hexdigest()
    assert storage.get_bytes(KEY) == content
    with storage.as_file(KEY) as path:
        assert path.name == "clip-1.mp4"
        assert path.read_bytes() == content


def test_a_file_of_many_parts_comes_back_whole(storage: Storage, tmp_path: Path) -> None:
    content = os.urandom(9 * PART_BYTES + 5)  # more than one part for S3 and OCI
    source = tmp_path / "source"
    source.write_bytes(content)

    stored = storage.put_file(source, KEY)

    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert storage.get_bytes(KEY) == content
    assert (
        b"".join(storage.read_range(KEY, start=PART_BYTES - 3, length=PART_BYTES + 9))
        == (content[PART_BYTES - 3 : 2 * PART_BYTES + 6])
    )
    with storage.as_file(KEY) as path:
        assert path.read_bytes() == content


def test_an_empty_file_is_a_file(storage: Storage, tmp_path: Path) -> None:
    source = tmp_path / "empty"
    source.touch()

    stored = storage.put_file(source, KEY)

    assert stored.sha256 == hashlib.sha256(b"").hexdigest()
    assert storage.size_bytes(KEY) == 0
    assert storage.get_bytes(KEY) == b""
    assert b"".join(storage.read_range(KEY, start=0, length=10)) == b""


def test_a_second_put_replaces_the_first(storage: Storage) -> None:
    storage.put_bytes(b"old and longer", KEY)

    storage.put_bytes(b"new", KEY)

    assert storage.get_bytes(KEY) == b"new"
    assert list(storage.keys("")) == [KEY]


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [(0, 4, b"0123"), (3, 1, b"3"), (8, 99, b"89"), (10, 5, b""), (4, 0, b"")],
)
def test_a_range_holds_what_was_asked_for(
    storage: Storage, start: int, length: int, expected: bytes
) -> None:
    storage.put_bytes(b"0123456789", KEY)

    assert b"".join(storage.read_range(KEY, start=start, length=length)) == expected


def test_a_missing_file_is_named(storage: Storage) -> None:
    storage.put_bytes(b"a longer name", f"{KEY}.part")

    assert storage.size_bytes(KEY) is None
    with pytest.raises(NotFound, match=KEY):
        storage.get_bytes(KEY)
    with pytest.raises(NotFound, match=KEY):
        list(storage.read_range(KEY, start=0, length=1))
    with pytest.raises(NotFound, match=KEY), storage.as_file(KEY):
        pass


def test_deleting_twice_is_deleting_once(storage: Storage) -> None:
    storage.put_bytes(b"x", KEY)

    storage.delete(KEY)
    storage.delete(KEY)

    assert storage.size_bytes(KEY) is None
    assert list(storage.keys("")) == []


def test_keys_come_sorted_and_by_prefix(storage: Storage) -> None:
    names = ["b/x/1/s/a", "a/x/1/s/b", "a/x/1/s/a", "a-b/x/1/s/a", "a/x/12/s/a"]
    for name in names:
        storage.put_bytes(b"", name)

    assert list(storage.keys("")) == sorted(names)
    assert list(storage.keys("a/")) == ["a/x/1/s/a", "a/x/1/s/b", "a/x/12/s/a"]
    assert list(storage.keys("a/x/1")) == ["a/x/1/s/a", "a/x/1/s/b", "a/x/12/s/a"]
    assert list(storage.keys("a/x/1/")) == ["a/x/1/s/a", "a/x/1/s/b"]
    assert list(storage.keys("nothing/here")) == []


@pytest.mark.parametrize(
    "key",
    [
        "",
        "clip.mp4",
        "/etc/passwd",
        "../outside/file",
        "a/../../outside",
        "a/./b",
        "a//b",
        "a/b/",
        ".partial/x",
        "a/.hidden",
        "a\\..\\b/c",
        "a/b\n",
        "a/b\0",
        "a/ü",
        "a/b c",
        "a/" + "x" * 300,
    ],
)
def test_a_hostile_key_is_refused(storage: Storage, key: str) -> None:
    uses: list[Callable[[], object]] = [
        lambda: storage.put_bytes(b"x", key),
        lambda: storage.get_bytes(key),
        lambda: storage.size_bytes(key),
        lambda: list(storage.read_range(key, start=0, length=1)),
        lambda: storage.as_file(key).__enter__(),
        lambda: storage.delete(key),
    ]
    for use in uses:
        with pytest.raises(BadInput):
            use()


@pytest.mark.parametrize("prefix", ["../", "/", "a/../b", ".partial", "a//"])
def test_a_hostile_prefix_is_refused(storage: Storage, prefix: str) -> None:
    with pytest.raises(BadInput):
        list(storage.keys(prefix))


def test_a_reader_never_sees_half_a_file(local: LocalStorage) -> None:
    old, new = b"o" * 300_000, b"n" * 200_000
    local.put_bytes(old, KEY)
    writer = Thread(target=lambda: [local.put_bytes((new, old)[n % 2], KEY) for n in range(40)])
    writer.start()

    seen = set()
    while writer.is_alive():
        seen.add(local.get_bytes(KEY))
    writer.join()

    assert seen <= {old, new}


_WRITER = """
import sys
from pathlib import Path
from viral_forge_resources.storage.local import LocalStorage
LocalStorage(Path(sys.argv[1])).put_file(Path(sys.argv[2]), sys.argv[3])
"""


def test_a_killed_writer_leaves_nothing_visible(local: LocalStorage, tmp_path: Path) -> None:
    local.put_bytes(b"before", KEY)
    pipe = tmp_path / "endless"
    os.mkfifo(pipe)
    root = tmp_path / "storage"
    writer = subprocess.Popen(  # noqa: S603  our own script
        [sys.executable, "-c", _WRITER, str(root), str(pipe), KEY]
    )
    with pipe.open("wb") as source:
        source.write(bytes(3 << 20))  # more than a pipe holds: the writer is in the middle of it
        writer.kill()
        writer.wait()

    (leftover,) = (root / ".partial").iterdir()
    assert leftover.stat().st_size > 0
    assert local.get_bytes(KEY) == b"before"
    assert list(local.keys("")) == [KEY]

    os.utime(leftover, (0, 0))
    local.put_bytes(b"after", KEY)

    assert list((root / ".partial").iterdir()) == []


def test_a_fresh_leftover_may_be_another_writer(local: LocalStorage, tmp_path: Path) -> None:
    local.put_bytes(b"", KEY)
    in_progress = tmp_path / "storage" / ".partial" / "theirs"
    in_progress.touch()

    local.put_bytes(b"", KEY)

    assert in_progress.exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Misconfigured, match="VIRAL_FORGE_STORAGE_LOCAL_PATH"):
        LocalStorage(tmp_path / "file" / "storage").put_bytes(b"x", KEY)


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
    other = pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
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
    with refusing_server(status, code) as url:
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
    [(S3Settings, {"bucket": "clips", "access_key_id": "AKIA"}), (OciSettings, OCI_WITHOUT_KEY)],
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


@pytest.mark.parametrize("name", plugin_names(plugins))
def test_opening_reaches_nothing(
    name: str,
    s3_settings: S3Settings,
    oci_settings: OciSettings,
    tmp_path: Path,
) -> None:
    module = get_plugin(plugins, name)
    unreachable = HttpUrl("http://127.0.0.1:1")
    settings = {
        "local": module.Settings.model_construct(path=tmp_path / "not-made"),
        "oci": oci_settings.model_copy(update={"endpoint_url": unreachable}),
        "s3": s3_settings.model_copy(update={"endpoint_url": unreachable}),
    }[name]

    module.open_plugin(settings)

    assert list(tmp_path.iterdir()) == []
