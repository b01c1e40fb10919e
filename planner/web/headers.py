"""Send the headers that tell a browser what this site never does."""

from flask import Flask, Response, current_app, request

CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'{payment_pages}",
        "frame-ancestors 'none'",
    )
)
ONE_YEAR_S = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Add the headers to every answer, errors and static files included."""
    app.after_request(add_safety_headers)


def add_safety_headers(response: Response) -> Response:
    """Add what is missing; a view that set a header of its own keeps it."""
    headers = response.headers
    pages = "".join(f" {page}" for page in current_app.config.get("PAYMENT_PAGES", ()))
    headers.setdefault("Content-Security-Policy", CONTENT_POLICY.replace("{payment_pages}", pages))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR_S}; includeSubDomains")
    return response


def keep_secret(response: Response) -> Response:
    """Tell nobody of a page behind a secret link: no other site, no search engine, no shared cache.

    Our own forms still say where they come from, which the check against forged forms asks for on https.
    """
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    return response
