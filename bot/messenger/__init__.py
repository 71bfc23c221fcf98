"""What Facebook Messenger asks for: settings, signatures, messages in its form, the way to send them, the profile."""
