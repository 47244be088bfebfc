"""A bucket of its own in Object Storage on the loopback."""

import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.platforms.oci_object_storage import NAMESPACE, OciObjectStorage
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.storage.oci import OciStorage, Settings

PART_BYTES = 1 << 20
WITHOUT_KEY = {
    "bucket": "clips",
    "namespace": NAMESPACE,
    "region": "eu-frankfurt-1",
    "user": "ocid1.user.oc1..aaaa",
    "tenancy": "ocid1.tenancy.oc1..aaaa",
    "fingerprint": ":".join(["ab"] * 16),
}


@contextmanager
def open_on_ground(folder: Path) -> Generator[Storage]:
    """Storage in an empty bucket, with small pages and parts."""
    del folder
    with service() as (_, settings), opened(settings) as storage:
        yield storage


def settings_of_nowhere(folder: Path) -> Settings:
    """A service that nobody runs."""
    del folder
    return _settings("http://127.0.0.1:1", pem(new_key()))


@contextmanager
def service() -> Generator[tuple[OciObjectStorage, Settings]]:
    """The service, and settings of a bucket in it that is empty."""
    key = new_key()
    running = OciObjectStorage(key.public_key())
    settings = _settings(running.url, pem(key))
    running.buckets[settings.bucket] = {}
    with running.running():
        yield running, settings


@contextmanager
def opened(settings: Settings) -> Generator[OciStorage]:
    """Storage in that bucket; its connections are closed afterwards."""
    storage = OciStorage(settings, page_size=2, part_bytes=PART_BYTES)
    yield storage
    storage._client.base_client.session.close()


def new_key() -> rsa.RSAPrivateKey:
    """A key to sign requests with."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    """``key`` as the settings take it."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _settings(address: str, key: str) -> Settings:
    own = {
        "bucket": f"clips-{uuid.uuid4().hex}",
        "key_content": key,
        "endpoint_url": address,
        "prefix": "studio",
    }
    return Settings.model_validate(WITHOUT_KEY | own)
