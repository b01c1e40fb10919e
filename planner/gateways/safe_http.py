"""Ask somebody else's server without being led astray by it: only to public addresses, for a limited time and size.

The address of a server is typed in by suppliers. So it is resolved once, every address that it has must be public, and
the connection goes to exactly that address, under the name that was asked for (SNI, certificate, Host). Redirects are
not followed and the machine's proxies not used. Servers in an allow-list, for tests and for a supplier's system on the
same machine, may be on loopback and speak plain http.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urlsplit

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from planner.errors import Invalid, Unavailable

TOTAL_S = 10.0
CONNECT_S = 3.0
LARGEST_BYTES = 1_000_000
CHUNK_BYTES = 65_536
NAT64 = ipaddress.ip_network("64:ff9b::/96")
LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")
V4_COMPATIBLE = ipaddress.ip_network("::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]


class AddressRefused(Invalid):
    """An address that we do not connect to: not https, not public, or no address at all. Nothing was sent."""

    default_code = "address_refused"


class NoReply(Unavailable):
    """No whole reply came: the server may have acted or not. `code` says how it was lost."""

    default_code = "no_reply"


@dataclass(frozen=True)
class Reply:
    """A whole reply, whatever it says."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Target:
    """What an address names."""

    is_https: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return what the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_https else 80) else f"{host}:{self.port}"


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet; one hidden in another is judged by both."""
    try:
        ip: Address = ipaddress.ip_address(address)
    except ValueError:
        return False
    inner = _hidden_in(ip)
    if inner is not None:
        return is_public(str(inner))
    if isinstance(ip, ipaddress.IPv6Address) and (ip.is_site_local or ip in LOCAL_NAT64 or ip.scope_id):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_link_local)


def _hidden_in(ip: Address) -> ipaddress.IPv4Address | None:
    """Return the v4 address that a v6 address leads to: mapped, 6to4, NAT64, or in the old compatible form."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour
    if ip in NAT64 or (ip in V4_COMPATIBLE and int(ip) > 1):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def _is_loopback(address: str) -> bool:
    ip: Address = ipaddress.ip_address(address)
    return (_hidden_in(ip) or ip).is_loopback


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name.

    Raises:
        OSError: it has none.
    """
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


class SafeHttp:
    """Sends requests to servers that others named. `allowed` are the exceptions, each a `host:port`."""

    def __init__(
        self,
        allowed: Collection[str] = (),
        total_s: float = TOTAL_S,
        resolve: Resolve = resolve,
        ca_file: str | None = None,
    ) -> None:
        self._allowed = frozenset(one.strip().lower() for one in allowed if one.strip())
        self.total_s = total_s
        self._resolve = resolve
        self._tls = ssl.create_default_context(cafile=ca_file or certifi.where())

    def target(self, url: str) -> Target:
        """Read an address.

        Raises:
            AddressRefused: it is not one that we connect to.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as trouble:
            raise AddressRefused("this is no address") from trouble
        host = (parts.hostname or "").rstrip(".")
        is_plain = parts.username is None and parts.password is None and not parts.query and not parts.fragment
        if not host or not is_plain or not url.isascii() or any(not 32 < ord(sign) < 127 for sign in url):
            raise AddressRefused("this is no plain address of a server")
        target = Target(parts.scheme == "https", host, port, parts.path or "/")
        if parts.scheme not in ("https", "http") or not (target.is_https or self._is_allowed(target)):
            raise AddressRefused("the address must begin with https://")
        return target

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        within_s: float | None = None,
    ) -> Reply:
        """Send a request and wait for the whole reply.

        Raises:
            AddressRefused: nothing was sent.
            NoReply: no whole reply came in time; `refused` and `no_address` are certain not to have reached anybody.
        """
        until = time.monotonic() + (self.total_s if within_s is None else within_s)
        target = self.target(url)
        with _losses_told():
            connection = self._connect(target, self._addresses(target, until), until)
            try:
                return _exchange(connection, method, target, headers, body, until)
            finally:
                connection.close()

    def _is_allowed(self, target: Target) -> bool:
        return f"{target.host}:{target.port}" in self._allowed

    def _addresses(self, target: Target, until: float) -> list[str]:
        """Return the addresses of a server, all of which we may connect to."""
        found: list[str] = []
        finder = threading.Thread(target=_into, args=(found, self._resolve, target), daemon=True)
        finder.start()
        finder.join(min(CONNECT_S, _left(until)))
        addresses = list(found)
        if not addresses:
            raise NoReply("its name leads nowhere", code="no_address")
        for address in addresses:
            if not (is_public(address) or (self._is_allowed(target) and _is_loopback(address))):
                raise AddressRefused("its name leads to an address that is not public")
        return addresses

    def _connect(self, target: Target, addresses: list[str], until: float) -> HTTPConnection:
        """Connect to the first address that answers."""
        for address in addresses:
            connection = self._connection(target, address, min(CONNECT_S, _left(until)))
            try:
                with _cut_off_at(until, connection):
                    connection.connect()
            except ssl.SSLError:
                connection.close()
                raise
            except (OSError, HTTPError) as trouble:
                connection.close()
                if address == addresses[-1] or time.monotonic() >= until:
                    raise NoReply("it takes no connection", code="refused") from trouble
            else:
                return connection
        raise AssertionError("no address")

    def _connection(self, target: Target, address: str, within_s: float) -> HTTPConnection:
        if not target.is_https:
            return HTTPConnection(address, target.port, timeout=within_s)
        return HTTPSConnection(
            address,
            target.port,
            timeout=within_s,
            ssl_context=self._tls,
            server_hostname=target.host,
        )


def _into(found: list[str], resolve: Resolve, target: Target) -> None:
    try:
        found.extend(resolve(target.host, target.port))
    except OSError:
        return


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise NoReply("it took too long", code="timeout")
    return left


def _exchange(
    connection: HTTPConnection,
    method: str,
    target: Target,
    headers: Mapping[str, str],
    body: bytes | None,
    until: float,
) -> Reply:
    with _cut_off_at(until, connection):
        assert connection.sock is not None
        connection.sock.settimeout(_left(until))
        named = {"Host": target.authority, **headers}
        connection.request(method, target.path, body, named, preload_content=False, decode_content=False)
        response = connection.getresponse()
        parts, size = [], 0
        while part := response.read(CHUNK_BYTES, decode_content=False):
            size += len(part)
            if size > LARGEST_BYTES:
                raise NoReply("its reply is too large", code="too_large")
            parts.append(part)
        return Reply(response.status, b"".join(parts))


@contextmanager
def _cut_off_at(until: float, connection: HTTPConnection) -> Iterator[None]:
    """Cut a connection when its time is over: a server that sends a byte now and then would be waited for for ever."""
    held = connection.sock
    over = threading.Event()

    def cut() -> None:
        over.set()
        sock = held or connection.sock
        if sock is not None:
            try:
                # Not through the TLS layer, which must not be taken apart while another thread reads from it.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                return

    timer = threading.Timer(_left(until), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
        if over.is_set():  # what was read may end where the connection was cut
            raise NoReply("it took too long", code="timeout")
    except (OSError, HTTPError, HTTPException, ValueError) as trouble:
        if over.is_set():
            raise NoReply("it took too long", code="timeout") from trouble
        raise
    finally:
        timer.cancel()


@contextmanager
def _losses_told() -> Iterator[None]:
    """Turn whatever a broken connection or reply makes the libraries say into one error, with nothing of ours in it."""
    try:
        yield
    except ssl.SSLError as trouble:
        raise NoReply("its certificate does not fit, or it broke off", code="tls") from trouble
    except TimeoutError as trouble:
        raise NoReply("it took too long", code="timeout") from trouble
    except (OSError, HTTPError, HTTPException, ValueError) as trouble:
        raise NoReply("its reply broke off", code="broken_off") from trouble
