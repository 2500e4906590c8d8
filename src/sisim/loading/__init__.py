"""Loading files: documents, places, overrides, validation, and the models they become."""
