"""The commands as a person uses them."""
