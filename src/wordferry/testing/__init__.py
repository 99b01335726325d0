"""What Wordferry ships for the tests of others: pytest fixtures around the sandbox."""
