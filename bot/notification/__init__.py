"""Tells the front desk of booking requests by mail: the outbox, the mails, and the worker that sends what is due."""

from bot.notification.settings import MailSettingsError, SmtpSettings, mail_line, smtp_settings
from bot.notification.worker import deliver_due, run_worker

__all__ = ["MailSettingsError", "SmtpSettings", "deliver_due", "mail_line", "run_worker", "smtp_settings"]
