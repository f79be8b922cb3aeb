"""A deadline for the head of an answer.

The time limits of the HTTP library start anew with each byte that comes, so a receiver that sends one at a time would
hold a worker for as long as it likes. Here the whole head has to come in the time that its first byte has.
"""

import contextlib
import socket
import threading
from http.client import HTTPException

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class _InTime(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as in the class that this one extends
        """Return the answer once its head is there.

        Raises:
            TimeoutError: it is not there in time; the connection is closed.
        """
        late = threading.Event()

        def hang_up() -> None:
            late.set()
            with contextlib.suppress(OSError, AttributeError):
                self.sock.shutdown(socket.SHUT_RDWR)

        watch = threading.Timer(self.timeout or 0, hang_up)
        watch.start()
        try:
            answer = super().getresponse()
        except (OSError, HTTPException):
            if late.is_set():
                raise TimeoutError from None
            raise
        finally:
            watch.cancel()
        if late.is_set():
            answer.close()
            raise TimeoutError
        return answer


class _TlsInTime(_InTime, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _InTime


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsInTime


def keep_time(session: requests.Session) -> None:
    """Let every connection that `session` will make keep the deadline."""
    for adapter in session.adapters.values():
        if isinstance(adapter, HTTPAdapter):
            adapter.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
