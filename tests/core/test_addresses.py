import pytest

from gateway.core.addresses import address_fault

NOT_ENCRYPTED = "is not encrypted; only https may leave this machine"
HERE = "is on this machine; set allow_loopback if that is meant"
PRIVATE = "is a private or reserved address, which no sender connects to"
SECRETS = "holds a user name, a password or a fragment; secrets come from the environment"
NO_ADDRESS = "is not an address that begins with https://"


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://helpdesk.example.com/hooks/complaints", ""),
        ("https://helpdesk.example.com:8443/hook?tenant=7", ""),
        ("https://93.184.215.14/hook", ""),
        ("HTTPS://helpdesk.example.com/", ""),
        ("http://helpdesk.example.com/", NOT_ENCRYPTED),
        ("https://127.0.0.1/", HERE),
        ("http://localhost:8082/hook", HERE),
        ("https://receiver.localhost/", HERE),
        ("https://[::1]/", HERE),
        ("https://10.1.2.3/", PRIVATE),
        ("https://169.254.169.254/latest", PRIVATE),
        ("https://192.168.1.1/", PRIVATE),
        ("https://[fd00::1]/", PRIVATE),
        ("https://0.0.0.0/", PRIVATE),
        ("https://someone:something@helpdesk.example.com/", SECRETS),
        ("https://@helpdesk.example.com/", SECRETS),
        ("https://helpdesk.example.com/#part", SECRETS),
        ("", NO_ADDRESS),
        ("helpdesk.example.com/hook", NO_ADDRESS),
        ("https:///hook", NO_ADDRESS),
        ("https://helpdesk.example.com:0/", NO_ADDRESS),
        ("https://helpdesk.example.com:99999/", NO_ADDRESS),
        ("https://helpdesk.example.com:port/", NO_ADDRESS),
        ("https://helpdesk.example.com /", NO_ADDRESS),
        ("https://helpdesk.example.com\\@evil.example.com/", NO_ADDRESS),
        ("https://[::1/", NO_ADDRESS),
        ("ftp://helpdesk.example.com/", NO_ADDRESS),
        ("file:///etc/passwd", NO_ADDRESS),
    ],
)
def test_only_public_encrypted_addresses_are_taken(address: str, fault: str) -> None:
    assert address_fault(address, allow_loopback=False) == fault


@pytest.mark.parametrize("address", ["http://127.0.0.1:8082/hook", "http://localhost/", "https://[::1]:8443/"])
def test_this_machine_is_taken_where_it_is_meant(address: str) -> None:
    assert address_fault(address, allow_loopback=True) == ""


@pytest.mark.parametrize(
    ("address", "fault"), [("http://helpdesk.example.com/", NOT_ENCRYPTED), ("http://10.0.0.1/", PRIVATE)]
)
def test_allowing_this_machine_allows_nothing_else(address: str, fault: str) -> None:
    assert address_fault(address, allow_loopback=True) == fault
