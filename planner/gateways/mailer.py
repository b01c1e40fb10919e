"""Carry mails with Flask-Mailman: into files by default, by SMTP where a server is named."""

from __future__ import annotations

import smtplib

from flask_mailman import EmailMultiAlternatives

from planner.booking.letter import Mail
from planner.errors import Unavailable


class MailUnavailable(Unavailable):
    """No mail server takes the mail."""

    default_code = "mail_unavailable"


class Postman:
    """Sends with the back end that the configuration names; needs an application at hand."""

    def send(self, mail: Mail) -> None:
        """Hand a mail over.

        Raises:
            MailUnavailable: the server does not answer or refuses.
        """
        letter = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to])
        if mail.html:
            letter.attach_alternative(mail.html, "text/html")
        for file in mail.attachments:
            letter.attach(file.name, file.content, file.mime)
        try:
            letter.send()
        except (OSError, smtplib.SMTPException) as trouble:
            raise MailUnavailable(f"no mail server takes it: {type(trouble).__name__}") from trouble
