"""What becomes of personal data: how long it is kept, and how a patient's is erased."""
