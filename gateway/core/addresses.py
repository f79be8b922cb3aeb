"""Where a destination may be. What a name resolves to is checked again by the sender, at every attempt."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit


def address_fault(address: str, *, allow_loopback: bool) -> str:
    """Return what is wrong with `address` as a place to send personal data to; empty if nothing is."""
    try:
        parts = urlsplit(address)
        sound = bool(parts.hostname) and parts.port != 0 and not any(c.isspace() or c == "\\" for c in address)
    except ValueError:
        sound = False
    if not sound or parts.scheme not in {"http", "https"}:
        return "is not an address that begins with https://"
    return _fault_of(parts, allow_loopback=allow_loopback)


def _fault_of(parts: SplitResult, *, allow_loopback: bool) -> str:
    here, private = _place(parts.hostname or "")
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "holds a user name, a password or a fragment; secrets come from the environment"
    if here and not allow_loopback:
        return "is on this machine; set allow_loopback if that is meant"
    if private:
        return "is a private or reserved address, which no sender connects to"
    if parts.scheme != "https" and not here:
        return "is not encrypted; only https may leave this machine"
    return ""


def _place(host: str) -> tuple[bool, bool]:
    """Say whether `host` is this machine, and whether it is another address that is not public."""
    if host == "localhost" or host.endswith(".localhost"):
        return True, False
    try:
        address = ip_address(host)
    except ValueError:
        return False, False
    return address.is_loopback, not address.is_global and not address.is_loopback
