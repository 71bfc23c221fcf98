"""Rasa's own command line without telemetry and stock noise: `python -m bot.run.rasa_cli run ...`."""

import logging
import os
import sys

os.environ["RASA_TELEMETRY_ENABLED"] = "false"

# What webhooks tell is written by a thread, which waits so long for the interpreter at each step while Rasa thinks;
# Python's own 5 ms would make a tenth of a second of it.
sys.setswitchinterval(0.0005)

# Rasa opens the warnings' filters again, whatever PYTHONWARNINGS says. Its libraries' warnings of one another's age
# go to a logger that is silent below errors.
logging.captureWarnings(True)
logging.getLogger("py.warnings").setLevel(logging.ERROR)

from rasa.__main__ import main  # noqa: E402

from bot.run.environment import end_with_supervisor  # noqa: E402

if __name__ == "__main__":
    end_with_supervisor()
    main()
