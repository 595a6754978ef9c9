"""Who can reach the server: until there is sign-in, whoever sits at this machine, and nobody else."""

from __future__ import annotations

from ipaddress import ip_address

import streamlit as st


class BeyondLoopback(Exception):
    """The server listens where other machines can reach it, though nobody has to sign in; `address` says where."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(
            f"The server listens at {address}, where other machines reach it, and nobody has to sign in. "
            "Start it with --server.address=127.0.0.1."
        )


def is_loopback(address: str | None) -> bool:
    """Whether only this machine reaches an address (None: every address of the machine)."""
    if address == "localhost":
        return True
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False


def require_loopback() -> None:
    """Raise BeyondLoopback when the server could be reached from another machine."""
    address: str | None = st.get_option("server.address")
    if not is_loopback(address):
        raise BeyondLoopback(address or "*")
