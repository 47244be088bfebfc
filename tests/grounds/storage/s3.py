"""A bucket of its own in moto's server."""

import uuid
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from boto3.session import Session
from moto.server import ThreadedMotoServer
from pydantic import HttpUrl, SecretStr

from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.storage.s3 import S3Storage, Settings

SECRET = "do-not-print-me"


@contextmanager
def open_on_ground(folder: Path) -> Generator[Storage]:
    """Storage in an empty bucket, which it lists by pages of two."""
    del folder
    with bucket_settings() as settings, opened(settings) as storage:
        yield storage


def settings_of_nowhere(folder: Path) -> Settings:
    """A server that nobody runs."""
    del folder
    return _settings("http://127.0.0.1:1")


@contextmanager
def bucket_settings() -> Generator[Settings]:
    """Settings of a bucket that is there and empty."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = _settings(f"http://{host}:{port}")
    session = Session("AKIA", SECRET, region_name="us-east-1")
    with closing(session.client("s3", endpoint_url=f"http://{host}:{port}")) as owner:
        owner.create_bucket(Bucket=settings.bucket)
    yield settings
    server.stop()


@contextmanager
def opened(settings: Settings) -> Generator[S3Storage]:
    """Storage in that bucket; its client is closed afterwards."""
    storage = S3Storage(settings, page_size=2)
    yield storage
    storage._client.close()


def _settings(address: str) -> Settings:
    return Settings(
        bucket=f"clips-{uuid.uuid4().hex}",
        endpoint_url=HttpUrl(address),
        access_key_id=SecretStr(f"AKIA-{SECRET}"),
        secret_access_key=SecretStr(SECRET),
        prefix="studio/",
    )
