"""One request of a bot, whatever way it was encoded: JSON, form, multipart or query."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from preview import limits
from preview.files import Upload
from preview.refusals import bad_request, too_large

OVERHEAD_BYTES = 1024 * 1024
"""What the other fields of an upload may weigh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Method and arguments, before anybody has looked whether they make sense."""

    method: str
    """Lower case: Telegram does not care about it."""
    values: dict[str, object] = field(default_factory=dict)
    """JSON values; from forms and queries they are texts."""
    uploads: dict[str, Upload] = field(default_factory=dict)
    """By the name of their part."""

    def text(self, name: str) -> str:
        """Return an argument as text; empty when it is missing."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else json.dumps(value)

    def number(self, name: str, *, default: int = 0) -> int:
        """Return an argument as a whole number; `default` when it is missing or none, as Telegram does."""
        try:
            return int(self.text(name).strip() or default)
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """Return an argument as a truth value."""
        return self.text(name).strip().lower() in {"true", "yes", "1"}

    def value(self, name: str, *, words: str) -> object:
        """Return a JSON argument, None when missing or empty; refuses with `words` what is no JSON."""
        given = self.values.get(name)
        if not isinstance(given, str):
            return given
        if not given.strip():
            return None
        try:
            return loads(given)
        except ValueError:
            raise bad_request(words) from None

    def file(self, name: str) -> Upload | str:
        """Return an upload, or the file id (or address) that stands in its place; empty when missing."""
        if name in self.uploads:
            return self.uploads[name]
        return self.attached(self.text(name))

    def attached(self, reference: str) -> Upload | str:
        """Return what an `attach://part` stands for; any other text stays itself."""
        if reference.startswith("attach://"):
            return self.uploads.get(reference.removeprefix("attach://"), "")
        return reference


def loads(text: str | bytes) -> object:
    """Return the value of a JSON text; raises ValueError for no JSON, too deep a one, and half characters."""
    try:
        value = json.loads(text)
        if (b"\\u" if isinstance(text, bytes) else "\\u") in text:  # type: ignore[operator]  # of one kind
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


async def read_call(request: Request, *, method: str) -> Call:
    """Return the call in a request; query arguments first, the body's in front of them.

    Raises Refusal 413 above 50 MB, 400 for a body that cannot be read.
    """
    values: dict[str, object] = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "multipart/form-data":
            values |= await _multipart(request, uploads)
        else:
            values |= _plain(b"".join([chunk async for chunk in _bounded(request)]), kind=kind)
    return Call(method=method.lower(), values=values, uploads=uploads)


def _plain(body: bytes, *, kind: str) -> dict[str, object]:
    if not body:
        return {}
    if kind == "application/json":
        try:
            values = loads(body)
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(values, dict):
            raise bad_request("object expected as parameters")
        return values
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


async def _multipart(request: Request, uploads: dict[str, Upload]) -> dict[str, object]:
    parser = MultiPartParser(request.headers, _bounded(request), max_part_size=OVERHEAD_BYTES)
    values: dict[str, object] = {}
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError):
        raise bad_request("can't parse multipart/form-data") from None
    try:
        for name, part in form.multi_items():
            if isinstance(part, UploadFile):
                uploads[name] = Upload(
                    name=part.filename or name, mime=part.content_type or "", content=await part.read()
                )
            else:
                values[name] = part
    finally:
        await form.close()
    return values


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    """Yield the body; raises Refusal 413 once it is larger than any upload may be."""
    seen = 0
    try:
        async for chunk in request.stream():
            seen += len(chunk)
            if seen > limits.UPLOAD_BYTES + OVERHEAD_BYTES:
                raise too_large()
            yield chunk
    except ClientDisconnect:
        raise bad_request("the request was cut") from None
