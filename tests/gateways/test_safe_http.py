"""Connecting only where a supplier's address may lead, by the name that was asked for, for a limited time and size."""

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from planner.gateways.safe_http import AddressRefused, NoReply, SafeHttp, is_public

NAME = "supplier.test"
NOT_PUBLIC = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.8.9.10", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::", "2001:0:7f00:1::",
    "2001:db8::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
    "not-an-address", "",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "2606:4700:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


def leads_to(*addresses: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: list(addresses)


def asked(http: SafeHttp, url: str) -> str:
    """Return how a request ends."""
    try:
        return str(http.send("GET", url, {}, within_s=5).status)
    except (AddressRefused, NoReply) as ended:
        return ended.code


# --- where it may lead --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", [one for one in NOT_PUBLIC if one])
def test_a_name_that_leads_to_what_is_not_public_is_refused(address: str) -> None:
    assert asked(SafeHttp(resolve=leads_to(address)), f"https://{NAME}/octo") == "address_refused"


def test_one_bad_address_among_good_ones_is_enough() -> None:
    assert asked(SafeHttp(resolve=leads_to("8.8.8.8", "127.0.0.1")), f"https://{NAME}/octo") == "address_refused"


@pytest.mark.parametrize(
    "url",
    [
        "http://supplier.test/octo", "ftp://supplier.test/", "file:///etc/passwd", "gopher://supplier.test/",
        "//supplier.test",
        "supplier.test", "", "https://", "https:///octo", "https://me:secret@supplier.test/", "https://me@supplier.test/",
        "https://supplier.test/octo?to=x", "https://supplier.test/octo#x", "https://supplier.test:99999/",
        "https://supplier.test/a b", "https://supplier.test/\r\nX-Injected: 1", "https://süpplier.test/", "https://[::1",
    ],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_refused(url: str) -> None:
    http = SafeHttp(resolve=leads_to("8.8.8.8"))
    with pytest.raises(AddressRefused):
        http.target(url)
    assert asked(http, url) == "address_refused"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_loopback_is_refused_however_it_is_written(host: str) -> None:
    assert asked(SafeHttp(), f"https://{host}/octo") in ("address_refused", "no_address")


def test_an_exception_is_for_one_port_and_for_loopback_only(port: int) -> None:
    assert asked(SafeHttp([f"127.0.0.1:{port}"]), f"http://127.0.0.1:{port}/") == "200"
    assert asked(SafeHttp([f"127.0.0.1:{port + 1}"]), f"http://127.0.0.1:{port}/") == "address_refused"
    elsewhere = SafeHttp([f"{NAME}:{port}"], resolve=leads_to("169.254.169.254"))
    assert asked(elsewhere, f"http://{NAME}:{port}/") == "address_refused"


def test_a_name_without_an_address_is_told(port: int) -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    assert asked(SafeHttp(resolve=nowhere), f"https://{NAME}/") == "no_address"


def test_a_name_is_resolved_once_and_the_connection_goes_to_what_was_checked(port: int) -> None:
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    http = SafeHttp([f"{NAME}:{port}"], resolve=lambda host, port: next(answers))
    assert asked(http, f"http://{NAME}:{port}/") == "200"
    assert next(answers) == ["169.254.169.254"], "it was not asked for a second time"


def test_the_machines_proxies_are_not_used(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert asked(SafeHttp([f"127.0.0.1:{port}"]), f"http://127.0.0.1:{port}/") == "200"


# --- what comes back ----------------------------------------------------------------------------------------------


@contextmanager
def server(answer: bytes, context: ssl.SSLContext | None = None, heard: list[bytes] | None = None) -> Iterator[int]:
    """Give every connection the same answer, on a port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(connection, server_side=True) if context else connection as line:
                    request = line.recv(65536)
                    if heard is not None:
                        heard.append(request)
                    line.sendall(answer)
            except OSError:
                continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def reply(status: str = "200 OK", body: bytes = b"{}", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
def port() -> Iterator[int]:
    with server(reply()) as port:
        yield port


def ends(answer: bytes) -> str:
    with server(answer) as port:
        return asked(SafeHttp([f"127.0.0.1:{port}"]), f"http://127.0.0.1:{port}/octo")


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    assert ends(reply("302 Found", Location="http://127.0.0.1:1/")) == "302"


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (reply(body=b"x" * 1_000_000), "200"),
        (reply(body=b"x" * 1_000_001), "too_large"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_001, "too_large"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}", "broken_off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}", "broken_off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", "broken_off"),
        (b"", "broken_off"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "broken_off"),
        (b"HTTP/1.1 abc\r\n\r\n", "broken_off"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000 + b"\r\n", "broken_off"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n\r\n", "broken_off"),
    ],
)
def test_a_reply_is_whole_or_lost(answer: bytes, how: str) -> None:
    assert ends(answer) == how


def test_a_server_that_takes_no_connection_is_told() -> None:
    with socket.socket() as unheard:  # bound, so that nobody else takes the port, but nobody listens
        unheard.bind(("127.0.0.1", 0))
        port = unheard.getsockname()[1]
        assert asked(SafeHttp([f"127.0.0.1:{port}"]), f"http://127.0.0.1:{port}/") == "refused"


def test_time_that_is_over_before_it_begins_sends_nothing(port: int) -> None:
    with pytest.raises(NoReply) as lost:
        SafeHttp([f"127.0.0.1:{port}"]).send("GET", f"http://127.0.0.1:{port}/", {}, within_s=0)
    assert lost.value.code == "timeout"


# --- by its name --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make an authority, and a certificate by it for the supplier's name; return its file and the certificate's."""
    folder = tmp_path_factory.mktemp("certificates")
    now = datetime.datetime.now(datetime.UTC)

    def make(name: str, issuer: str, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey) -> bytes:
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=name == issuer, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        )
        if name != issuer:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        else:
            usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_file, file = folder / "authority.pem", folder / "supplier.pem"
    ca_file.write_bytes(make("Authority of tests", "Authority of tests", authority, authority))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + make(NAME, "Authority of tests", key, authority))
    return ca_file, file


def over_tls(file: Path, names: list[str | None]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.sni_callback = lambda sock, name, _: names.append(name)
    return context


def test_the_address_is_pinned_and_the_name_is_kept(certificates: tuple[Path, Path]) -> None:
    ca_file, file = certificates
    names: list[str | None] = []
    heard: list[bytes] = []
    with server(reply(), over_tls(file, names), heard) as port:
        http = SafeHttp([f"{NAME}:{port}"], resolve=leads_to("127.0.0.1"), ca_file=str(ca_file))
        assert asked(http, f"https://{NAME}:{port}/octo") == "200"
    assert names == [NAME]
    assert f"Host: {NAME}:{port}\r\n".encode() in heard[0]
    assert heard[0].startswith(b"GET /octo HTTP/1.1\r\n")


def test_another_servers_certificate_is_refused(certificates: tuple[Path, Path]) -> None:
    ca_file, file = certificates
    heard: list[bytes] = []
    with server(reply(), over_tls(file, []), heard) as port:
        http = SafeHttp([f"other.test:{port}"], resolve=leads_to("127.0.0.1"), ca_file=str(ca_file))
        assert asked(http, f"https://other.test:{port}/octo") == "tls"
        unknown = SafeHttp([f"{NAME}:{port}"], resolve=leads_to("127.0.0.1"))
        assert asked(unknown, f"https://{NAME}:{port}/octo") == "tls"
    assert heard == [], "nothing was sent to it"
