"""How the dialogue goes on: the policy that closes triage, and the words with what they need from the conversation."""
