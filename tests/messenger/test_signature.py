"""Signatures: only what Meta has signed is Meta's."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messenger.signature import is_signed, proof

SECRET = "a secret of the tests"


def header(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@given(st.binary())
def test_what_is_signed_with_the_secret_is_signed(body: bytes) -> None:
    assert is_signed(body, header(body), SECRET)


@given(st.binary(), st.binary())
def test_the_signature_of_another_body_does_not_do(body: bytes, other: bytes) -> None:
    assert is_signed(body, header(other), SECRET) == (body == other)


@given(st.one_of(st.none(), st.text(), st.from_regex(r"\A(sha1|sha256)=[0-9a-f]{40,64}\Z")))
def test_whatever_else_the_header_holds_is_no_signature(told: str | None) -> None:
    assert not is_signed(b"{}", told, SECRET)


@pytest.mark.parametrize(
    "told",
    [
        "",
        "sha256=",
        header(b"{}").removeprefix("sha256="),
        header(b"{}").replace("sha256", "sha1"),
        header(b"{}").replace("sha256", "SHA256"),
        header(b"{}")[:-1],
        header(b"{}") + "0",
        header(b"{}") + "\n",
        " " + header(b"{}"),
        header(b"{}", "another secret"),
        "sha256=" + "é" * 64,
        "sha256=" + "٣" * 64,
        "sha256=\ud800",
    ],
)
def test_a_malformed_header_is_no_signature_and_no_error(told: str) -> None:
    assert not is_signed(b"{}", told, SECRET)


def test_the_proof_is_the_token_sealed_with_the_secret() -> None:
    assert proof("token", "secret") == hmac.new(b"secret", b"token", hashlib.sha256).hexdigest()
