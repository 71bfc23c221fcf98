"""Mail to the front desk: its settings, its words, its queue, and the worker, with a real mail server and databases."""
