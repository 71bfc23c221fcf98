"""The tests, a folder for each kind; the driver of conversations is tests/driver.py."""
