"""The front desk's inbox."""
