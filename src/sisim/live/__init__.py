"""The live page: the two figures follow the hand."""
