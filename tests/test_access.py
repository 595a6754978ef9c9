"""Without sign-in the atlas opens for this machine only, and says why it does not for others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit import config

from pages.parts.access import is_loopback
from tests.opening import opened, text_of


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("localhost", True),
        ("0.0.0.0", False), ("192.168.1.20", False), ("::", False), ("atlas.example", False), ("", False),
        (None, False),
    ],
)  # fmt: skip
def test_only_this_machine_is_loopback(address: str | None, allowed: bool) -> None:
    assert is_loopback(address) is allowed


@pytest.fixture
def listening_everywhere() -> Iterator[None]:
    before = config.get_option("server.address")
    config.set_option("server.address", "0.0.0.0")
    yield
    config.set_option("server.address", before)


@pytest.mark.parametrize(("lang", "told"), [("zh", "重新启动"), ("en", "start it again with --server.address")])
@pytest.mark.usefixtures("listening_everywhere")
def test_a_server_that_others_can_reach_shows_nothing_but_why(lang: str, told: str) -> None:
    said = text_of(opened("overview", lang=lang))
    assert told in said and "0.0.0.0" in said
    assert "1,074" not in said and "崇川" not in said


def test_started_without_an_address_it_listens_here_only() -> None:
    assert is_loopback(config.get_option("server.address"))
