"""Rasa's own command line without telemetry and stock noise: `python -m bot.run.rasa_cli run ...`."""

import logging
import os

os.environ["RASA_TELEMETRY_ENABLED"] = "false"

# Rasa opens the warnings' filters again, whatever PYTHONWARNINGS says. Its libraries' warnings of one another's age
# go to a logger that is silent below errors.
logging.captureWarnings(True)
logging.getLogger("py.warnings").setLevel(logging.ERROR)

from rasa.__main__ import main  # noqa: E402

from bot.run.adapters import adapt_rasa  # noqa: E402
from bot.run.environment import end_with_supervisor  # noqa: E402

if __name__ == "__main__":
    end_with_supervisor()
    adapt_rasa()
    main()
