"""A Stripe of our own for demonstrations and tests: it speaks Stripe's HTTP and moves no money.

It is a separate program. It imports nothing of the planner and the planner nothing of it; the site talks to it with
the real ``stripe`` library, and only the address differs::

    python -m planner.sandbox --port 4242 --data instance/sandbox.sqlite3 \\
        --webhook http://127.0.0.1:8000/hooks/stripe --webhook-secret whsec_sandbox

    StripeClient("sk_test_sandbox", base_addresses={"api": "http://127.0.0.1:4242"})

It answers the paths in ``routes``: Checkout Sessions with a hosted card page and 3-D Secure, PaymentIntents with
authorise, capture, cancel, refunds, customers, payment methods, events, webhook endpoints and disputes. Any other
path answers Stripe's 404, and a parameter it does not understand is refused rather than ignored.

Who reads on: ``app`` puts it together, ``frame`` is what every request passes through, ``attempts`` is where a card
is tried, ``control`` is what tests use to make trouble.

How a payment with manual capture travels::

    session open --card--> intent requires_action --3-D Secure--> requires_capture --capture--> succeeded
        |                        |                                      |                          |
        |                        +--fails--> requires_payment_method    +--cancel, 7 days--> canceled   refund(s)
        +--expires_at--> expired
"""
