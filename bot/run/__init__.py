"""Set-up, training and the processes: what `make chat`, `make shell` and the tests start."""
