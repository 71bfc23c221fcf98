"""Where the assistant meets Rasa's training and understanding: importer, graph component, slot type."""
