"""What a plugin author implements or is given, and nothing else."""
