"""What happened in conversations, without personal data: for the staff's pages and for better training examples."""
