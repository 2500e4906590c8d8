"""Pictures, sentences and tables for a reader. Computes nothing about people or money."""
