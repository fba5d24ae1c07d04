import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.links import host_of
from lessons.markup import refused_links


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.nalas.eu", "www.nalas.eu"),
        ("https://WWW.Nalas.EU/What?a=1#b", "www.nalas.eu"),
        ("https://nalas.eu:8443/x", "nalas.eu"),
        ("https://жишээ.мон/сургалт", "жишээ.мон"),
        ("https://例え.jp/", "例え.jp"),
        ("https://a1-b.example.org", "a1-b.example.org"),
    ],
)
def test_a_host_is_what_people_read(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "http://www.nalas.eu",
        "tg://resolve?domain=x",
        "javascript:alert(1)",
        "https://nalas.eu@elsewhere.example",
        "https://user:word@nalas.eu",
        "https://nalas.eu\\@elsewhere.example",
        "https://nalas.eu%2f.elsewhere.example",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://localhost/",
        "https://xn--80ak6aa92e.com",
        "https://аpple.com",
        "https://пример.com",
        "https://nalas.eu/\u202egpj.exe",
        "https://nalas\u200b.eu",
        "https://-nalas.eu",
        "https://nalas..eu",
        "https:///x",
        "https://",
        "",
        "https://nalas.eu/" + "x" * 2_000,
    ],
)
def test_an_address_that_misleads_has_no_host(url: str) -> None:
    assert host_of(url) is None


def test_links_in_texts_follow_the_same_rule() -> None:
    text = "[One](https://www.nalas.eu/a) and [two](https://nalas.eu@elsewhere.example/b)"

    assert refused_links(text) == ("https://nalas.eu@elsewhere.example/b",)


@given(st.text(max_size=80))
def test_no_text_makes_it_fail(text: str) -> None:
    host_of(f"https://{text}")
