"""Slows the guessing of passwords: counts failed logins in the database, by name and by address, for 15 minutes."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.storage import the_keyring
from bot.storage.columns import now
from bot.storage.models import LoginFailureRow

WINDOW = timedelta(minutes=15)
"""How long a failure counts."""

MOST_BY_NAME = 5
"""Failures after which a name is refused."""

MOST_BY_ADDRESS = 20
"""Failures after which an address is refused."""

_NETWORK_BITS = 64  # of an IPv6 address: what one customer gets, and can change the rest of at will


def is_refused(session: Session, name: str, address: str) -> bool:
    """Whether a login has to wait, whatever the password."""
    keyring = the_keyring()
    by_name = LoginFailureRow.name.in_(keyring.pseudonyms(_named(name)))
    by_address = LoginFailureRow.address.in_(keyring.pseudonyms(_placed(address)))
    return _count(session, by_name) >= MOST_BY_NAME or _count(session, by_address) >= MOST_BY_ADDRESS


def put_down(session: Session, name: str, address: str) -> None:
    """Counts a login as failed, and forgets those that count no more."""
    session.execute(delete(LoginFailureRow).where(LoginFailureRow.at < now() - WINDOW))
    keyring = the_keyring()
    session.add(LoginFailureRow(name=keyring.pseudonym(_named(name)), address=keyring.pseudonym(_placed(address))))


def forgive(session: Session, name: str, address: str) -> None:
    """Forgets the failures of somebody who has logged in: under this name and from this address, not from others."""
    keyring = the_keyring()
    session.execute(
        delete(LoginFailureRow)
        .where(LoginFailureRow.name.in_(keyring.pseudonyms(_named(name))))
        .where(LoginFailureRow.address.in_(keyring.pseudonyms(_placed(address))))
    )


def forgive_name(session: Session, name: str) -> None:
    """Forgets the failures under a name, wherever they came from: whoever runs the server has vouched for it."""
    names = the_keyring().pseudonyms(_named(name))
    session.execute(delete(LoginFailureRow).where(LoginFailureRow.name.in_(names)))


def _count(session: Session, condition: object) -> int:
    query = select(func.count(LoginFailureRow.id)).where(LoginFailureRow.at >= now() - WINDOW).where(condition)
    return int(session.execute(query).scalar_one())


def _named(name: str) -> str:
    return f"staff name\0{name}"


def _placed(address: str) -> str:
    """The address, or the network of an IPv6 address."""
    try:
        known = ip_address(address)
    except ValueError:  # a name, such as a proxy may give
        return f"staff address\0{address}"
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return f"staff address\0{int(known) >> (128 - _NETWORK_BITS)}"
    return f"staff address\0{known}"
