"""Who may come in, and in what shape."""

from collections.abc import AsyncIterator

import pytest

from tests.preview.wire import Wire


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "SELF"}, 200),
        ({"host": "evil.example:80"}, 403),
        ({"host": "127.0.0.1"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
    ],
)
async def test_foreign_hosts_and_origins_are_refused(
    wire: Wire, headers: dict[str, str], status: int
) -> None:
    sent = {name: value.replace("SELF", wire.server.url) for name, value in headers.items()}

    answer = await wire.http.post("/phone/people/101/text", json={"text": "x"}, headers=sent)

    assert answer.status_code == (201 if status == 200 else status)
    assert len(await wire.texts()) == (1 if status == 200 else 0)


@pytest.mark.parametrize("path", ["/page/../server.py", "/page/%2e%2e%2fserver.py", "/page/x.js", "/nowhere"])
async def test_nothing_but_the_page_is_given_out(wire: Wire, path: str) -> None:
    assert (await wire.http.get(path)).status_code == 404


async def test_the_page_asks_nobody_else_for_anything(wire: Wire) -> None:
    page = await wire.http.get("/")

    assert page.status_code == 200
    assert page.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert "http://" not in page.text
    assert "https://" not in page.text


async def test_every_kind_of_body_is_read(met: Wire) -> None:
    url = f"/bot{met.server.token}/sendMessage"
    values = {"chat_id": "101", "text": "x"}

    async def chunks() -> AsyncIterator[bytes]:
        yield b'--b\r\ncontent-disposition: form-data; name="chat_id"\r\n\r\n101\r\n'
        yield b'--b\r\ncontent-disposition: form-data; name="text"\r\n\r\nchun'
        yield b"ked\r\n--b--\r\n"

    answers = [
        await met.http.post(url, json=values),
        await met.http.post(url, data=values),
        await met.http.post(url, files={name: (None, value) for name, value in values.items()}),
        await met.http.post(
            url, content=chunks(), headers={"content-type": "multipart/form-data; boundary=b"}
        ),
        await met.http.get(url, params=values),
    ]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert await met.texts() == ["/start", "x", "x", "x", "chunked", "x"]


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"{", "application/json", "Bad Request: can't parse JSON object"),
        (b'{"x": "\\ud800"}', "application/json", "Bad Request: can't parse JSON object"),
        (b'{"x":' + b"[" * 100_000, "application/json", "Bad Request: can't parse JSON object"),
        (b"[]", "application/json", "Bad Request: object expected as parameters"),
        (b"\xff=1", "application/x-www-form-urlencoded", "Bad Request: strings must be encoded in UTF-8"),
        (b"x", "multipart/form-data", "Bad Request: can't parse multipart/form-data"),
    ],
)
async def test_broken_bodies_are_refused(wire: Wire, content: bytes, kind: str, words: str) -> None:
    answer = await wire.http.post(
        f"/bot{wire.server.token}/getMe", content=content, headers={"content-type": kind}
    )
    assert (answer.status_code, answer.json()["description"]) == (400, words)
