"""OCI Object Storage on the loopback: buckets, objects, parts and signatures, kept in memory.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/objectstorage/20160918/
"""

import base64
import hashlib
import json
import re
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar
from urllib.parse import parse_qs, quote, unquote, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

NAMESPACE = "studio"
_NO_FAULT = 200


@dataclass
class Kept:
    """One object."""

    content: bytes
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass
class Upload:
    """A multipart upload that is not committed."""

    metadata: dict[str, str]
    parts: dict[int, bytes] = field(default_factory=dict)


class OciObjectStorage(ThreadingHTTPServer):
    """The service: one namespace and its buckets.

    Attributes:
        faults: status and code that the next requests are answered with, one each; 200 lets one by.
    """

    daemon_threads = True

    def __init__(self, public_key: RSAPublicKey) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.public_key = public_key
        self.buckets: dict[str, dict[str, Kept]] = {}
        self.uploads: dict[str, Upload] = {}
        self.faults: deque[tuple[int, str]] = deque()
        self.requests_seen = 0
        self.lent: dict[str, tuple[str, str, datetime]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @contextmanager
    def running(self) -> Generator[None]:
        thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            self.shutdown()
            thread.join()
            self.server_close()


class _Refused(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # with it comes the answer to Expect: 100-continue
    timeout = 10
    disable_nagle_algorithm = True
    server: OciObjectStorage

    _ROUTES: ClassVar = (
        (r"/n", "namespace"),
        (rf"/n/{NAMESPACE}/b/([^/]+)/o", "objects"),
        (rf"/n/{NAMESPACE}/b/([^/]+)/o/([^/]+)", "object"),
        (rf"/n/{NAMESPACE}/b/([^/]+)/p", "requests"),
        (rf"/n/{NAMESPACE}/b/([^/]+)/u", "uploads"),
        (rf"/n/{NAMESPACE}/b/([^/]+)/u/([^/]+)", "upload"),
    )

    def log_message(self, *_: object) -> None:
        pass

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            self._do(body)
        except _Refused as refused:
            told = json.dumps({"code": refused.code, "message": "refused"}).encode()
            self._answer(refused.status, told)

    def _do(self, body: bytes) -> None:
        if self.command == "GET" and self.path.startswith("/p/"):
            self._answer(200, self._lent())
            return
        self._refuse_the_unsigned()
        self.server.requests_seen += 1
        if self.server.faults:
            status, code = self.server.faults.popleft()
            if status != _NO_FAULT:
                raise _Refused(status, code)
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        for pattern, name in self._ROUTES:
            if match := re.fullmatch(pattern, address.path):
                parts = [unquote(part) for part in match.groups()]
                verb = self.command.lower().replace("head", "get")
                getattr(self, f"_{verb}_{name}")(*parts, query=query, body=body)
                return
        raise _Refused(404, "NotFound")

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815  http.server's names

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("opc-request-id", "request-1")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refuse_the_unsigned(self) -> None:
        said = dict(re.findall(r'(\w+)="([^"]*)"', self.headers.get("authorization", "")))
        if said.get("algorithm") != "rsa-sha256" or "date" not in said.get("headers", ""):
            raise _Refused(401, "NotAuthenticated")
        target = f"{self.command.lower()} {self.path}"
        signed = "\n".join(
            f"{name}: {target if name == '(request-target)' else self.headers.get(name, '')}"
            for name in said["headers"].split()
        )
        try:
            self.server.public_key.verify(
                base64.b64decode(said["signature"]), signed.encode(), PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature as error:
            raise _Refused(401, "NotAuthenticated") from error

    def _bucket(self, name: str) -> dict[str, Kept]:
        if name not in self.server.buckets:
            raise _Refused(404, "BucketNotFound")
        return self.server.buckets[name]

    def _kept(self, bucket: str, name: str) -> Kept:
        if name not in self._bucket(bucket):
            raise _Refused(404, "ObjectNotFound")
        return self._bucket(bucket)[name]

    def _get_namespace(self, *, query: dict[str, str], body: bytes) -> None:
        self._answer(200, json.dumps(NAMESPACE).encode(), content_type="application/json")

    def _post_requests(self, bucket: str, *, query: dict[str, str], body: bytes) -> None:
        asked = json.loads(body)
        if asked["accessType"] != "ObjectRead":
            raise _Refused(400, "InvalidParameter")
        ends_at = datetime.fromisoformat(asked["timeExpires"])
        token = f"token-{len(self.server.lent) + 1}"
        self.server.lent[token] = (bucket, asked["objectName"], ends_at)
        address = f"/p/{token}/n/{NAMESPACE}/b/{bucket}/o/{quote(asked['objectName'], safe='')}"
        told = json.dumps({"accessUri": address, "name": asked["name"]}).encode()
        self._answer(200, told, content_type="application/json")

    def _lent(self) -> bytes:
        found = re.fullmatch(rf"/p/([^/]+)/n/{NAMESPACE}/b/([^/]+)/o/([^/]+)", self.path)
        lent = self.server.lent.get(found[1]) if found else None
        if found is None or lent is None or lent[2] < datetime.now(UTC):
            raise _Refused(404, "NotAuthorizedOrNotFound")
        if lent[:2] != (found[2], unquote(found[3])):
            raise _Refused(404, "NotAuthorizedOrNotFound")
        return self._kept(*lent[:2]).content

    def _get_objects(self, bucket: str, *, query: dict[str, str], body: bytes) -> None:
        names = sorted(
            name
            for name in self._bucket(bucket)
            if name.startswith(query.get("prefix", "")) and name >= query.get("start", "")
        )
        limit = int(query.get("limit", 1000))
        page: dict[str, object] = {
            "objects": [
                {"name": name, "size": len(self._kept(bucket, name).content)}
                for name in names[:limit]
            ],
            "prefixes": [],
        }
        if names[limit:]:
            page["nextStartWith"] = names[limit]
        self._answer(200, json.dumps(page).encode(), content_type="application/json")

    def _put_object(self, bucket: str, name: str, *, query: dict[str, str], body: bytes) -> None:
        prefix = "opc-meta-"
        metadata = {
            key.lower().removeprefix(prefix): value
            for key, value in self.headers.items()
            if key.lower().startswith(prefix)
        }
        self._bucket(bucket)[name] = Kept(body, metadata)
        self._answer(200, opc_content_md5=_md5(body), etag="1")

    def _get_object(self, bucket: str, name: str, *, query: dict[str, str], body: bytes) -> None:
        kept = self._kept(bucket, name)
        content, status = kept.content, 200
        if wanted := re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("range", "")):
            start, end = int(wanted[1]), int(wanted[2])
            if start >= len(content):
                raise _Refused(416, "InvalidRange")
            content, status = content[start : end + 1], 206
        headers = {f"opc-meta-{key}": value for key, value in kept.metadata.items()}
        self._answer(status, content, content_type="application/octet-stream", **headers)

    def _delete_object(self, bucket: str, name: str, *, query: dict[str, str], body: bytes) -> None:
        self._kept(bucket, name)
        del self._bucket(bucket)[name]
        self._answer(204)

    def _post_uploads(self, bucket: str, *, query: dict[str, str], body: bytes) -> None:
        self._bucket(bucket)
        asked = json.loads(body)
        metadata = {
            key.lower().removeprefix("opc-meta-"): value
            for key, value in (asked.get("metadata") or {}).items()
        }
        upload_id = f"upload-{len(self.server.uploads) + 1}"
        self.server.uploads[upload_id] = Upload(metadata)
        told = json.dumps({"uploadId": upload_id, "object": asked["object"]}).encode()
        self._answer(200, told, content_type="application/json")

    def _put_upload(self, bucket: str, name: str, *, query: dict[str, str], body: bytes) -> None:
        part = int(query["uploadPartNum"])
        if not body:
            raise _Refused(400, "InvalidUploadPart")
        self.server.uploads[query["uploadId"]].parts[part] = body
        self._answer(200, opc_content_md5=_md5(body), etag=f"part-{part}")

    def _post_upload(self, bucket: str, name: str, *, query: dict[str, str], body: bytes) -> None:
        upload = self.server.uploads.pop(query["uploadId"])
        chosen = {part["partNum"]: part["etag"] for part in json.loads(body)["partsToCommit"]}
        if any(etag != f"part-{number}" for number, etag in chosen.items()):
            raise _Refused(400, "InvalidUploadPart")
        content = b"".join(upload.parts[number] for number in sorted(chosen))
        self._bucket(bucket)[name] = Kept(content, upload.metadata)
        self._answer(200, opc_multipart_md5="unused", etag="1")

    def _delete_upload(self, bucket: str, name: str, *, query: dict[str, str], body: bytes) -> None:
        del self.server.uploads[query["uploadId"]]
        self._answer(204)


def _md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
