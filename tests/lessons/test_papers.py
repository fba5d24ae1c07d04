import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.papers import Paper, paper
from tests.lessons.media_files import jpeg, odt, office, packed, pdf, png

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("form.pdf", pdf(), Paper(suffix="pdf", mime="application/pdf")),
        ("form.docx", office(), Paper(suffix="docx", mime=WORD)),
        ("table.xlsx", office(b"spreadsheetml.sheet"), Paper(suffix="xlsx", mime=SHEET)),
        ("form.odt", odt(), Paper(suffix="odt", mime="application/vnd.oasis.opendocument.text")),
        ("bills.csv", b"month;kWh\n1;80\n", Paper(suffix="csv", mime="text/csv")),
        ("list.txt", "1. Цонх хаа".encode(), Paper(suffix="txt", mime="text/plain")),
        ("plan.png", png(), Paper(suffix="png", mime="image/png")),
        ("plan.jpeg", jpeg(), Paper(suffix="jpg", mime="image/jpeg")),
        # What it is called does not make it one.
        ("form.pdf", office(), Paper(suffix="docx", mime=WORD)),
        ("run.bat", b"dir c:\\", Paper(suffix="txt", mime="text/plain")),
    ],
)
def test_a_file_is_what_its_bytes_say(name: str, content: bytes, told: Paper) -> None:
    assert paper(content, name=name) == told


def entry_count_lies() -> bytes:
    made = bytearray(office())
    end = made.rindex(b"PK\x05\x06")
    made[end + 12 : end + 16] = struct.pack("<I", 9_000_000)
    return bytes(made)


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0\x03\0\0\0",
        b"\x7fELF\x02\x01\x01",
        b"#!/bin/sh\nrm -rf /\n",
        b"@echo off\r\n",
        b"<!doctype html><script>alert(1)</script>",
        b"\n <svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\xef\xbb\xbf<html>",
        b"%PDF-1.4 never finished",
        pdf() + b"MZ" + bytes(2000),
        b"MZ" + office(),
        packed({"readme.txt": b"a plain zip"}),
        office(more={"word/vbaProject.bin": b"Sub AutoOpen()"}),
        office(b"ms-word.document.macroEnabled"),
        office()[:-30],
        entry_count_lies(),
        b"text with a \0 in it",
        "Wärme".encode("latin-1"),
        b"GIF89a\x01\0\x01\0",
        b"",
        b" \n",
    ],
    ids=[
        "windows-program", "linux-program", "script", "batch", "html", "svg", "html-with-mark", "cut-pdf",
        "program-behind-pdf", "program-before-docx", "zip", "macros", "macro-document", "cut-docx",
        "lying-docx", "nul", "latin", "gif", "empty", "blank",
    ],
)  # fmt: skip
def test_what_runs_or_is_unknown_is_none(content: bytes) -> None:
    assert paper(content, name="form.pdf") is None


@given(
    st.sampled_from([b"", office(), pdf(), odt(), png()]),
    st.integers(min_value=0, max_value=600),
    st.binary(max_size=30),
)
def test_no_bytes_make_looking_fail(start: bytes, kept: int, rest: bytes) -> None:
    paper(start[:kept] + rest + start[kept + len(rest) :], name="form.docx")
