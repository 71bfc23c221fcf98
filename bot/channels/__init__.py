"""Where patients meet the assistant."""
