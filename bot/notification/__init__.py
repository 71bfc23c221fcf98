"""Tells the front desk of booking requests by mail: the outbox, the mails, and the worker that sends what is due."""
