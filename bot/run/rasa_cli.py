"""Rasa's own command line, started faster: `python -m bot.run.rasa_cli run ...`."""

# Loaded before TensorFlow: once that is there, skops scans every module for each function it
# looks up, which costs seconds at every start.
import scipy.special
import skops.io
import sklearn.linear_model  # noqa: F401

from rasa.__main__ import main  # isort: skip

if __name__ == "__main__":
    main()
