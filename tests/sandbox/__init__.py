"""The Stripe sandbox, driven over HTTP by the real ``stripe`` library.

``stripe-openapi.json`` is cut from Stripe's public OpenAPI description, https://github.com/stripe/openapi, version
2026-08-26.dahlia, MIT licence (``stripe-openapi.LICENSE``): the paths that the sandbox answers, cards only,
without prose. ``contract`` holds every request and answer of these tests against it.
"""
